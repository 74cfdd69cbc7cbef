"""What happens to the loops at a fork?

The loops pause while a thread forks, so that the child inherits none of their locks (of imports, of logging) in a
locked state. Several threads may fork at once: a loop goes on after the last fork.
"""

from __future__ import annotations

import os
import sys
import threading
from functools import partial

from qovery_sync.loop_thread import LoopThread, loop_threads

# Seconds a fork waits for a loop to pause.
PAUSE_SECONDS = 5.0


class _Forks:
    """The forks under way in this process, and the loops that pause for them."""

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
                self._resting.add(here)  # it forks itself
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
# Nothing of the parent's loops may be finalized in a child: that would wake the loops of the parent.
_inherited: list[_Forks] = []


def rest_at_forks() -> None:
    """Have the loops of this process pause at each fork from now on."""
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
