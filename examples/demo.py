"""How do both styles look in action? Runs the two inventories against an emulated Qovery, so it needs no account.

python examples/demo.py
"""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

from qovery_async.emulator import Emulator

HERE = Path(__file__).parent
STYLES = {
    "inventory.py": "asyncio: AsyncQovery, await client.projects.list()",
    "inventory_sync.py": "blocking: Qovery, client.projects.list()",
}
NEXT = f"""
Both styles made the same calls. To try next, with the Python that ran them:
  {sys.executable} -m qovery_async.emulator
      keeps an emulated Qovery running and prints what to export for your own code
  QOVERY_API_TOKEN=... {sys.executable} examples/inventory.py
      prints the inventory of your own organizations"""


async def main() -> int:
    async with Emulator(world="demo") as emulator:
        print(f"An emulated Qovery runs at {emulator.url} until this program ends.")
        environ = {**os.environ, "QOVERY_API_URL": emulator.url, "QOVERY_API_TOKEN": emulator.token}
        for example, style in STYLES.items():
            print(f"\n--- {style} (examples/{example})", flush=True)
            command = [sys.executable, "-X", "dev", "-W", "error", str(HERE / example)]
            process = await asyncio.create_subprocess_exec(*command, env=environ)
            if await process.wait():
                return 1
    print(NEXT)
    return 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
