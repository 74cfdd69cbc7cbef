"""What does a process do that makes one call and ends?

    python -m peers.once CLIENT URL

Its CPU time is that of a start.
"""

from __future__ import annotations

import importlib
import sys
from typing import Any


def main(name: str, url: str) -> None:
    opened: Any = importlib.import_module(f"peers.clients.{name}").calling(url)
    if not hasattr(opened, "__aenter__"):
        with opened as call:
            call()
        return
    import asyncio

    async def once() -> None:
        async with opened as call:
            await call()

    asyncio.run(once())


if __name__ == "__main__":
    main(*sys.argv[1:])
