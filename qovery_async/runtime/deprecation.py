"""Who is told that an operation is deprecated? The caller, once, in either style."""

from __future__ import annotations

import inspect
import warnings
from contextvars import ContextVar, Token
from types import TracebackType

_OURS = ("qovery_async", "qovery_sync")
_announced: ContextVar[bool] = ContextVar("qovery_deprecation_announced", default=False)


def _caller() -> int:
    """The stack level of the first frame outside this SDK, as `warnings.warn` counts them."""
    level, frame = 0, inspect.currentframe()
    while frame and frame.f_globals.get("__name__", "").partition(".")[0] in _OURS:
        level, frame = level + 1, frame.f_back
    return level


class deprecated_call:  # noqa: N801  # used like a function, as the context managers of contextlib are
    """Warns unless an outer call has: the blocking face calls the asynchronous one inside."""

    def __init__(self, call: str, replacement: str) -> None:
        if not _announced.get():
            message = f"client.{call} is deprecated by Qovery; use client.{replacement}"
            warnings.warn(message, DeprecationWarning, stacklevel=_caller())
        self._token: Token[bool] | None = None

    def __enter__(self) -> None:
        self._token = _announced.set(True)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._token is not None:
            _announced.reset(self._token)
