"""What happens to a call when the token's budget is used up?"""

from __future__ import annotations

import math
from typing import Any, Literal

import attrs

from qovery_async.errors import ConfigurationError
from qovery_async.pacing.rate import WINDOW
from qovery_async.vocabulary.values import frozen

Mode = Literal["wait", "raise"]


def _ceiling(_: object, attribute: attrs.Attribute[Any], value: Any) -> None:
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if not number or not value >= 0:
        raise ConfigurationError(f"pace: {attribute.name} must be seconds, 0 or more, got {value!r}")


def _mode(_: object, __: object, value: Mode) -> None:
    given: object = value
    if given not in ("wait", "raise"):
        raise ConfigurationError(f"pace must be 'wait' or 'raise', or a Pace of one of them, got {given!r}")


@frozen
class Pace:
    """What happens to a call when the token's budget of requests is used up.

    `mode="wait"`: the call waits for its turn. The first four fifths of an hour's requests are sent
    at once, the last fifth is spread over the rest of the hour, then calls wait for the next one. No
    call waits more than `ceiling` seconds (an hour and a minute): where its turn would come later, it
    raises `RateBudgetExhausted` at once. `mode="raise"`: the call raises `RateBudgetExhausted`.

    Raises:
        ConfigurationError: `mode` is neither of the two, or `ceiling` is not 0 or more.
    """

    mode: Mode = attrs.field(default="wait", validator=_mode)
    ceiling: float = attrs.field(default=WINDOW + 60, validator=_ceiling)


def renewal(seconds: float | None, pace: Pace | None) -> str:
    """What the error for a 429 says: when the token's budget renews, and what to do."""
    when = "within the hour" if seconds is None else f"in {math.ceil(seconds)} s"
    if pace is None or pace.mode != "wait":
        advice = 'with pace="wait", calls wait for their turn instead'
    else:
        advice = "others use the token too: let all share one rate_limiter"
    return f"The token's budget renews {when}; {advice}."
