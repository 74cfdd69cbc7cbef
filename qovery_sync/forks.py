"""What happens to the loops at a fork?

They rest while a thread forks, so that none of the locks they take (of imports, of logging) is held in
the child for ever. Threads may fork at once: a loop goes on when the last of them has forked.
"""

from __future__ import annotations

import os
import sys
import threading
from functools import partial

from qovery_sync.loop_thread import LoopThread, loop_threads

# Seconds a fork waits for a loop that is in the midst of something.
PAUSE_SECONDS = 5.0


class _Forks:
    """The forks under way in this process, and the loops that rest for them."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._under_way = 0
        self._resting: set[LoopThread] = set()
        self._threads: set[LoopThread] = set()

    def begin(self) -> None:
        here = threading.current_thread()
        with self._changed:
            self._under_way += 1
            if isinstance(here, LoopThread):
                self._resting.add(here)  # it forks, and does nothing else meanwhile
        threads = loop_threads()
        asked = [thread for thread in threads if thread is not here and thread.when_idle(partial(self._rest, thread))]
        with self._changed:
            self._threads.update(threads)
            self._changed.wait_for(lambda: self._resting.issuperset(asked), PAUSE_SECONDS)

    def end(self) -> None:
        here = threading.current_thread()
        with self._changed:
            self._under_way -= 1
            if isinstance(here, LoopThread):
                self._resting.discard(here)
            if not self._under_way:
                self._threads.clear()
            self._changed.notify_all()

    def _rest(self, here: LoopThread) -> None:
        with self._changed:
            self._resting.add(here)
            self._changed.notify_all()
            self._changed.wait_for(lambda: not self._under_way, PAUSE_SECONDS)
            self._resting.discard(here)


_forks = _Forks()
# Of the parent's loops and what hangs on them nothing may be finalized here: it would wake them.
_inherited: list[_Forks] = []


def rest_at_forks() -> None:
    """Have the loops of this process rest at each fork from now on."""
    if sys.platform != "win32":
        os.register_at_fork(before=_begin, after_in_parent=_end, after_in_child=_forget_parent)


def _begin() -> None:
    _forks.begin()


def _end() -> None:
    _forks.end()


def _forget_parent() -> None:
    global _forks  # noqa: PLW0603  # a process has one
    _inherited.append(_forks)
    _forks = _Forks()  # a thread that does not exist here may have held the old one
