"""How did each call end? One row for each, in a file, so that the memory of the run does not grow."""

from __future__ import annotations

import json
import tempfile
import threading
import traceback
from collections.abc import Iterator
from typing import Any, Literal

import attrs

from chaos.workers import Step, Verb
from qovery_async import ApiError, QoveryError

Face = Literal["async", "sync"]
OK = "ok"
EMPTY = "empty"
"""Stands for the result of a call that returned None."""
CANCELED = "canceled"
UNREADABLE = "unreadable"
"""Stands for the result of a call that lacks the expected attributes."""


@attrs.frozen
class Ended:
    """The end of a call: a result, an exception or a cancellation. Times are in seconds."""

    began: float
    elapsed: float
    result: Any = None
    error: BaseException | None = None
    canceled_after: float | None = None


@attrs.frozen
class Row:
    """A call that has ended. `outcome` is `ok`, `canceled` or the name of the error."""

    call: int
    face: Face
    worker: str
    operation: str
    verb: Verb
    kind: str
    key: str
    timeout: float
    began: float
    """The time of the monotonic clock, which all processes share."""
    elapsed: float
    outcome: str
    late: float
    """Seconds from the timeout or the cancellation to the end of the call."""
    id_from: int | None = None
    """The call whose result had the id of the object."""
    status: int = 0
    typed: bool = True
    """False if the call raised an exception that is no `QoveryError`."""
    detail: str = ""
    seen: Any = None
    must_see: Any = None

    @property
    def is_idempotent(self) -> bool:
        return self.verb not in ("create", "deploy")


class Journal:
    """The rows of all calls, in the order in which they ended."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115  # open as long as the run
        self._lock = threading.Lock()
        self.count = 0

    def enter(self, step: Step, face: Face, worker: str, ended: Ended) -> None:
        row = Row(
            call=step.call,
            face=face,
            worker=worker,
            operation=step.operation,
            verb=step.verb,
            kind=step.kind,
            key=step.key,
            timeout=step.timeout,
            began=ended.began,
            elapsed=ended.elapsed,
            late=max(0.0, ended.elapsed - (ended.canceled_after or step.timeout)),
            id_from=step.id_from,
            **_outcome(step, ended),
            must_see=step.must_see,
        )
        line = json.dumps(attrs.asdict(row)) + "\n"
        with self._lock:
            self._file.write(line)
            self.count += 1

    def rows(self) -> Iterator[Row]:
        self._file.seek(0)
        for line in self._file:
            yield Row(**json.loads(line))

    def close(self) -> None:
        self._file.close()


def _outcome(step: Step, ended: Ended) -> dict[str, Any]:
    error = ended.error
    if ended.canceled_after is not None:
        return {"outcome": CANCELED}
    if error is None:
        return {"outcome": OK, "seen": _seen(step, ended.result)}
    typed = isinstance(error, QoveryError)
    detail = (
        "; ".join([str(error), *getattr(error, "__notes__", ())])
        if typed
        else "".join(traceback.format_exception(error))
    )
    status = error.status if isinstance(error, ApiError) else 0
    return {"outcome": type(error).__name__, "status": status, "typed": typed, "detail": detail[-1000:]}


def _seen(step: Step, result: Any) -> Any:
    if result is None:
        return EMPTY
    try:
        return step.read(result)
    except (AttributeError, KeyError, TypeError):
        return UNREADABLE
