"""What becomes of a call when the token's hour is used up?"""

from __future__ import annotations

from typing import Any, Literal

import attrs

from qovery_async.errors import ConfigurationError
from qovery_async.pacing.budget import WINDOW

Mode = Literal["wait", "raise"]


def _ceiling(_: object, attribute: attrs.Attribute[Any], value: Any) -> None:
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if not number or not value >= 0:
        raise ConfigurationError(f"pace: {attribute.name} must be seconds, 0 or more, got {value!r}")


def _mode(_: object, __: object, value: Mode) -> None:
    given: object = value
    if given not in ("wait", "raise"):
        raise ConfigurationError(f"pace must be 'wait' or 'raise', or a Pace of one of them, got {given!r}")


@attrs.frozen
class Pace:
    """What becomes of a call when the token's hour is used up.

    `"wait"` lets it wait for its turn, at most `ceiling` seconds: the first calls of an hour go
    out at once, the last fifth is spread over the time that is left, and then the next hour is
    waited for. `"raise"` raises `RateBudgetExhausted` instead of sending what would get 429; so
    does `"wait"` where the turn would come too late.
    """

    mode: Mode = attrs.field(default="wait", validator=_mode)
    ceiling: float = attrs.field(default=WINDOW + 60, validator=_ceiling)
