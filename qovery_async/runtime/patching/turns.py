"""Which patch of an object comes next?

Two patches of one object that run at once would both read it before either writes, and the second write would undo the
first. On one event loop, and so in all threads that use one blocking client, they take turns.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Any
from weakref import WeakKeyDictionary, WeakValueDictionary

_Locks = WeakValueDictionary[tuple[object, ...], asyncio.Lock]

_of_loop: WeakKeyDictionary[asyncio.AbstractEventLoop, _Locks] = WeakKeyDictionary()


def one_at_a_time(operation: str, write: Callable[..., Any]) -> asyncio.Lock:
    """The lock of an object; `write` replaces it, and has the ids of it as its arguments."""
    locks = _of_loop.setdefault(asyncio.get_running_loop(), WeakValueDictionary())
    ids = (write.args, *write.keywords.values()) if isinstance(write, partial) else ()
    lock = locks.get(key := (operation, *ids))
    if lock is None:
        lock = locks[key] = asyncio.Lock()
    return lock
