"""Can any JSON do harm where a model is expected? It becomes a usable model, or a DecodeError."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.checks import decodes_or_refuses
from tests.support.hostile import ANSWERS, HOSTILE, NAMES, TIMES, examples, misfit, type_of
from tests.support.payloads import Payloads

STRICT = pytest.mark.parametrize("strict", [False, True], ids=["tolerant", "strict"])

ANY_JSON = st.recursive(
    st.sampled_from(HOSTILE) | st.integers() | st.floats() | st.text() | st.booleans(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@pytest.mark.parametrize("type_", [*NAMES, *(type_ for type_ in ANSWERS if type_ not in NAMES)])
def test_payloads_that_have_been_tampered_with(type_: str) -> None:
    die = random.Random(type_)
    for turn in range(6 * TIMES):
        payload = misfit(type_of(type_), die)
        try:
            decodes_or_refuses(payload, type_of(type_), strict=turn % 3 == 0)
        except BaseException as error:
            error.add_note(f"in turn {turn}: {payload!r:.2000}")
            raise


@STRICT
@pytest.mark.parametrize("value", HOSTILE, ids=lambda value: ascii(value)[:20])
def test_answers_that_are_something_else(value: Any, *, strict: bool) -> None:
    for type_ in ANSWERS:
        decodes_or_refuses(value, type_of(type_), strict=strict)


@STRICT
@examples(200)
@given(type_=st.sampled_from([*NAMES, *ANSWERS]), value=ANY_JSON)
def test_any_json(type_: str, value: Any, *, strict: bool) -> None:
    decodes_or_refuses(value, type_of(type_), strict=strict)


@STRICT
@examples(100)
@given(data=st.data())
def test_payloads_with_hostile_values_in_their_place(data: st.DataObject, *, strict: bool) -> None:
    name = data.draw(st.sampled_from(NAMES))
    payload = data.draw(Payloads().of(name))
    if isinstance(payload, dict) and payload:
        payload = {**payload, data.draw(st.sampled_from(sorted(payload))): data.draw(ANY_JSON)}
    decodes_or_refuses(payload, type_of(name), strict=strict)
