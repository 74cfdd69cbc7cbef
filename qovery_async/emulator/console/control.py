"""What can be done to a running emulator from outside? The forms of the console, which programs may send, too.

curl -d seconds=60 http://127.0.0.1:8787/_emulator/clock
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import attrs

from qovery_async.emulator.facts.refusals import Refusal
from qovery_async.emulator.faults.kinds import Fault
from qovery_async.emulator.faults.rules import Faults
from qovery_async.emulator.life.clock import Clock
from qovery_async.emulator.life.environments import Life
from qovery_async.emulator.world import following
from qovery_async.emulator.world.state import State

Form = Mapping[str, str]

LONGEST_ADVANCE = 366 * 86_400
"""The most seconds that the clock is advanced by at once."""
_LONGEST_WORD = 200
_LARGEST = 1e9

KINDS: Mapping[str, tuple[str, Callable[[float | None], Fault]]] = {
    "status": ("Respond with a status (503)", lambda amount: Fault.status(_status(amount))),
    "latency": ("Delay by seconds (2)", lambda amount: Fault.latency(2.0 if amount is None else amount)),
    "rate_limited": (
        "Respond with 429, retry after seconds (1)",
        lambda amount: Fault.rate_limited(retry_after=1.0 if amount is None else amount),
    ),
    "drop": ("Close the connection without a response", lambda _: Fault.drop()),
    "reset": ("Reset the connection in the response", lambda _: Fault.reset()),
    "truncated": ("Truncate the response", lambda _: Fault.truncated()),
    "not_json": ("Respond with an HTML page", lambda _: Fault.not_json()),
    "unknown_enums": ("Use enum values that nobody knows", lambda _: Fault.unknown_enums()),
    "unknown_keys": ("Add keys that nobody knows", lambda _: Fault.unknown_keys()),
    "stale": ("Respond as some responses ago (1)", lambda amount: Fault.stale(answers=int(amount or 1))),
}
"""The faults of the form: what each does, and how it is made of the amount."""


@attrs.frozen
class Control:
    """The actions, each with a form of its own. All raise `Refusal` with 400 for a form that says nothing possible."""

    clock: Clock
    faults: Faults
    state: State
    life: Life
    write: Callable[[Path], None]
    state_file: Path | None

    def actions(self) -> Mapping[str, Callable[[Form], str]]:
        """The actions by path. Each returns what it has done."""
        return {
            "clock": self.advance,
            "faults": self.inject,
            "faults/clear": self.clear,
            "save": self.save,
            "push": self.push,
            "image": self.publish,
        }

    def advance(self, form: Form) -> str:
        """Advances the clock by `seconds`."""
        seconds = _number(form, "seconds")
        if seconds is None or not 0 <= seconds <= LONGEST_ADVANCE:
            raise Refusal(
                400, f"seconds: must be a number from 0 to {LONGEST_ADVANCE}, got {form.get('seconds', '')!r:.50}"
            )
        self.clock.advance(seconds)
        return f"The clock was advanced by {seconds:g} s."

    def inject(self, form: Form) -> str:
        """Adds the fault of a `kind`, with its `amount`, for `call`, with `probability`, `count` and `seconds`."""
        kind = form.get("kind", "")
        if kind not in KINDS:
            raise Refusal(400, f"kind: must be one of {', '.join(KINDS)}, got {kind!r:.50}")
        call = form.get("call", "").strip()
        if len(call) > _LONGEST_WORD:
            raise Refusal(
                400, f"call: must be an operation or a pattern such as 'projects.*', got {len(call)} characters"
            )
        amount, probability, count = (_number(form, name) for name in ("amount", "probability", "count"))
        try:
            rule = self.faults.add(
                KINDS[kind][1](amount),
                call or None,
                probability=1.0 if probability is None else probability,
                count=None if count is None else int(count),
                seconds=_number(form, "seconds"),
            )
        except ValueError as error:
            raise Refusal(400, str(error)) from None
        return f"Injected: {rule.fault.name} for {rule.call or 'all requests'}."

    def clear(self, _: Form) -> str:
        """Removes all faults."""
        self.faults.clear()
        return "All faults were removed."

    def save(self, _: Form) -> str:
        """Writes the state to its file."""
        if self.state_file is None:
            raise Refusal(
                409, "the emulator has no file for its state; start it with --state FILE or Emulator(state=...)"
            )
        try:
            self.write(self.state_file)
        except OSError as error:
            raise Refusal(500, f"the state cannot be saved: {error}") from None
        return "The state was saved."

    def push(self, form: Form) -> str:
        """Tells of a `commit` on the `branch` of the repository at `url`, which changes `paths` (with commas between)."""
        url, commit, branch = _word(form, "url"), _word(form, "commit"), form.get("branch", "").strip() or "main"
        paths = [path for path in form.get("paths", "").split(",") if path]
        return _deployed(following.push(self.state, self.life, url, commit, branch=branch, paths=paths))

    def publish(self, form: Form) -> str:
        """Tells of a `tag` of an `image`."""
        return _deployed(following.publish(self.state, self.life, _word(form, "image"), _word(form, "tag")))


def _deployed(ids: Sequence[str]) -> str:
    return f"Deploying {len(ids)} services: {', '.join(ids)}" if ids else "No service follows that automatically."


def _word(form: Form, name: str) -> str:
    word = form.get(name, "").strip()
    if not 0 < len(word) <= _LONGEST_WORD:
        raise Refusal(400, f"{name}: must have 1 to {_LONGEST_WORD} characters, got {word!r:.50}")
    return word


def _status(amount: float | None) -> int:
    status = 503 if amount is None else int(amount)
    if not 200 <= status <= 599:
        raise ValueError(f"amount: a status is from 200 to 599, got {status}")
    return status


def _number(form: Form, name: str) -> float | None:
    """A number of a form, or None where its field is empty."""
    text = form.get(name, "").strip()
    if not text:
        return None
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not 0 <= number <= _LARGEST:
        raise Refusal(400, f"{name}: must be a number from 0 to {_LARGEST:g}, got {text!r:.50}")
    return number
