"""Who is told that the API wants fewer requests?"""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar

listener: ContextVar[Callable[[], None] | None] = ContextVar("qovery_pressure", default=None)
"""Called for each request of this task that is refused with a 429, or waits because the rate budget is spent."""


def tell() -> None:
    """Tell the listener of the running task, if there is one."""
    told = listener.get()
    if told is not None:
        told()
