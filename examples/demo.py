"""Runs both inventories against an emulated Qovery, for who has no account: `python examples/demo.py`."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

from qovery_async.emulator import Emulator

HERE = Path(__file__).parent


async def main() -> int:
    async with Emulator(world="demo") as emulator:
        environ = {**os.environ, "QOVERY_API_URL": emulator.url, "QOVERY_API_TOKEN": emulator.token}
        for example in ("inventory.py", "inventory_sync.py"):
            print(f"--- examples/{example}", flush=True)
            command = [sys.executable, "-X", "dev", "-W", "error", str(HERE / example)]
            process = await asyncio.create_subprocess_exec(*command, env=environ)
            if await process.wait():
                return 1
    return 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
