"""How is a caller warned, once per call, that an operation is deprecated?"""

from __future__ import annotations

import functools
import inspect
import warnings
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any, ParamSpec, TypeVar, cast

P = ParamSpec("P")
T = TypeVar("T")

_OURS = ("qovery_async", "qovery_sync")
_announced: ContextVar[bool] = ContextVar("qovery_deprecation_announced", default=False)


def deprecated_call(call: str, replacement: str) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Warns at each call, unless an outer call has warned: a blocking method calls the async one."""
    message = f"client.{call} is deprecated by Qovery; use client.{replacement}"

    def decorate(method: Callable[P, T]) -> Callable[P, T]:
        if not inspect.iscoroutinefunction(method):
            blocking: Callable[P, T] = method

            @functools.wraps(method)
            def warned(*args: P.args, **kwargs: P.kwargs) -> T:
                with _Announcement(message):
                    return blocking(*args, **kwargs)

            return warned

        @functools.wraps(method)
        async def warned_async(*args: P.args, **kwargs: P.kwargs) -> Any:
            with _Announcement(message):
                return await method(*args, **kwargs)

        return cast("Callable[P, T]", warned_async)

    return decorate


class _Announcement:
    """Warns on entry; nested calls do not warn."""

    def __init__(self, message: str) -> None:
        self._message = message

    def __enter__(self) -> None:
        if not _announced.get():
            warnings.warn(self._message, DeprecationWarning, stacklevel=_caller())
        self._token = _announced.set(True)

    def __exit__(self, *_: object) -> None:
        _announced.reset(self._token)


def _caller() -> int:
    """The stack level of the first frame outside this SDK, as `warnings.warn` counts levels."""
    level, frame = 0, inspect.currentframe()
    while frame and frame.f_globals.get("__name__", "").partition(".")[0] in _OURS:
        level, frame = level + 1, frame.f_back
    return level
