"""How deep may JSON be that no model describes?"""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest

from qovery_async import ConfigurationError, DecodeError, models, to_dict, to_json
from qovery_async.codec.reader import Codec
from tests.support.checks import decodes_or_refuses
from tests.support.hostile import DEEPEST, nested
from tests.support.server import PROJECT

CODEC = Codec()


def with_deep(levels: int, key: str = "tomorrow") -> dict[str, Any]:
    """A project with something deep in it, which `extra` is one more level of."""
    return {**PROJECT, key: nested(levels - 1, by="a")}


def test_what_is_read_can_be_compared_copied_shown_and_written() -> None:
    decodes_or_refuses(with_deep(DEEPEST), models.Project, strict=True)
    assert to_dict(CODEC.decode(with_deep(DEEPEST), models.Project, operation="fuzz")) == with_deep(DEEPEST)


@pytest.mark.parametrize("strict", [False, True])
@pytest.mark.parametrize("key", ["tomorrow", "name", "organization", "created_at"])
def test_what_is_deeper_is_refused(key: str, *, strict: bool) -> None:
    levels = DEEPEST + 1 if key == "tomorrow" else DEEPEST + 2
    with pytest.raises(DecodeError, match=f"{DEEPEST} levels"):
        Codec(strict=strict).decode(with_deep(levels, key), models.Project, operation="fuzz")


def test_the_message_says_where() -> None:
    payload = {"a": {**PROJECT, "name": nested(DEEPEST + 1)}}
    with pytest.raises(DecodeError, match=r"fuzz: a\.name is nested more than"):
        CODEC.decode(payload, dict[str, models.Project], operation="fuzz")


def test_a_program_that_is_deep_itself_gets_our_error() -> None:
    def deeper(frames: int, then: Callable[[], object]) -> object:
        return then() if frames == 0 else deeper(frames - 1, then)

    def used() -> int:
        frame, count = sys._getframe(), 0
        while frame.f_back is not None:
            frame, count = frame.f_back, count + 1
        return count

    room = sys.getrecursionlimit() - used()
    for left in range(60, 260, 20):
        with suppress(DecodeError):
            deeper(room - left, lambda: CODEC.decode(with_deep(DEEPEST), models.Project, operation="fuzz"))


def test_a_body_that_contains_itself_is_refused() -> None:
    circle: dict[str, Any] = {}
    circle["again"] = [circle]
    for write in (to_json, to_dict):
        with pytest.raises(ConfigurationError, match="cannot be written as JSON"):
            write(circle)  # type: ignore[operator]
