"""How is a connection closed in a task that is being cancelled?

A cancelled scope of anyio interrupts each `await` inside it, so what closes a connection needs a shield. anyio loads what
makes scopes with the first of them, which takes a sixth of the time of `import aiohttp`. Until then there is nothing to
shield from.
"""

from __future__ import annotations

import sys
from contextlib import AbstractContextManager, nullcontext
from importlib import import_module

SCOPES = "anyio._backends._asyncio"
"""The module of all scopes under asyncio. anyio has no public way to ask whether there are any."""


def shielded() -> AbstractContextManager[object]:
    """What shields its block from the cancel scopes around it, where there can be any."""
    if SCOPES not in sys.modules:
        return nullcontext()
    scope: AbstractContextManager[object] = import_module("anyio").CancelScope(shield=True)
    return scope
