"""How is the cyclic garbage collector kept from searching while a long list is decoded?

Decoding makes many objects and no cycles, and the collector looks through them again and again: half of the time.
Its threshold is raised meanwhile. `gc.disable()` is not called: what another thread turns off then would be turned on
again. A threshold that another thread sets meanwhile stays, too.
"""

from __future__ import annotations

import gc
import os

# Objects; so unusual that a program which sets its own threshold sets another.
_PAUSED = 1_000_000_007

_usual: tuple[int, ...] = gc.get_threshold()
"""The thresholds when a pause began last."""


def pause() -> None:
    """No collection begins by itself until `resume`."""
    global _usual  # noqa: PLW0603  # a process has one collector
    usual = gc.get_threshold()
    if usual[0] != _PAUSED:
        _usual = usual
        gc.set_threshold(_PAUSED)  # the others stay


def resume() -> None:
    """Ends a pause. Where those of several threads overlap, the first that ends ends them all."""
    if gc.get_threshold()[0] == _PAUSED:
        gc.set_threshold(*_usual)


if hasattr(os, "register_at_fork"):
    # The thread that would end the pause does not exist in the child.
    os.register_at_fork(after_in_child=resume)
