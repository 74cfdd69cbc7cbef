"""Do `to_dict` and `to_json` hold nothing but plain JSON values, which every other writer takes?"""

from __future__ import annotations

import enum
import json
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from qovery_async import UNSET, ConfigurationError, UnknownVariant, models, to_dict, to_json
from qovery_async.codec.writer import encode_body
from qovery_async.secrecy.masking import SecretText
from tests.support.fast_road import FULL, decode
from tests.support.payloads import API, MODELS, UNIONS, as_json, few
from tests.support.samples import samples


def odd_types(value: Any) -> set[type]:
    """The types in a value that are not those of plain JSON: exactly those, no subclasses."""
    if type(value) is dict:
        return set().union(*(odd_types(part) for pair in value.items() for part in pair))
    if type(value) is list:
        return set().union(*(odd_types(item) for item in value))
    return {type(value)} - {str, int, float, bool, type(None)}


@pytest.mark.parametrize("name", [*MODELS, *UNIONS])
@few(1)
@given(data=st.data())
def test_every_model_becomes_plain_values(name: str, data: st.DataObject) -> None:
    payload = data.draw(FULL.of(name))
    written = encode_body(decode(payload, name))
    assert odd_types(written) == set()
    assert as_json(yaml.safe_load(yaml.safe_dump(written))) == as_json(payload)


@pytest.mark.parametrize("operation", [o for o in API.operations if o.body], ids=lambda o: o.call)
def test_every_body_becomes_plain_values(operation: Any) -> None:
    for sample in samples(operation):
        body, model = sample.body(operation), sample.model(operation.body.type)
        if model is not None and body is not None:
            written = to_dict(decode(body, model))
            assert odd_types(written) == set()
            assert written == body


class Colour(enum.StrEnum):
    RED = "red"


class Level(enum.IntEnum):
    HIGH = 3


class Half(float): ...


def test_what_users_put_into_mappings_becomes_plain() -> None:
    day = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    identity = UUID(int=1)
    given: dict[Any, Any] = {
        Colour.RED: [Colour.RED, models.EnvironmentModeEnum.PRODUCTION, models.EnvironmentModeEnum("NEW")],
        identity: (Level.HIGH, Half(0.5), True, None),
        "days": [day, date(2026, 1, 2)],
        "secret": SecretText("kept"),
        "unset": UNSET,
        "variant": UnknownVariant({"level": Level.HIGH}),
        "model": models.ProjectRequest(name=Colour.RED),
    }
    written = to_dict(given)
    assert odd_types(written) == set()
    assert written == json.loads(to_json(given)) == {
        "red": ["red", "PRODUCTION", "NEW"],
        str(identity): [3, 0.5, True, None],
        "days": ["2026-01-02T03:04:05Z", "2026-01-02"],
        "secret": "kept",
        "variant": {"level": 3},
        "model": {"name": "red"},
    }  # fmt: skip


def test_a_list_of_models_becomes_a_list_of_objects() -> None:
    project, unknown = models.ProjectRequest(name="shop"), UnknownVariant({"kind": "new"})
    assert to_dict([project, unknown, {"nested": project}]) == [
        {"name": "shop"}, {"kind": "new"}, {"nested": {"name": "shop"}}
    ]  # fmt: skip
    assert json.loads(to_json((project,))) == to_dict((project,)) == [{"name": "shop"}]


@pytest.mark.parametrize(
    ("odd", "says"),
    [
        ({1, 2}, "JSON has no form for set"),
        (b"bytes", "JSON has no form for bytes"),
        (object(), "JSON has no form for object"),
        (datetime(2026, 1, 2), "has no timezone"),  # noqa: DTZ001  # that is the point
        ([UNSET], "UNSET omits"),
        ({5: "number"}, "the key 5 must be a string"),
    ],
)
def test_what_json_cannot_hold_is_refused(odd: object, says: str) -> None:
    for write in (to_dict, to_json):
        with pytest.raises(ConfigurationError, match=says):
            write({"odd": odd})


def test_a_string_that_is_no_text_is_refused_and_not_kept() -> None:
    with pytest.raises(ConfigurationError, match="cannot be written as JSON: 'utf-8' codec can't encode") as caught:
        to_json({"token": "s3cret-of-tests\udc80"})
    assert caught.value.__context__ is None
