"""How do both styles look in action? Runs the two inventories against an emulated Qovery, so it needs no account.

python examples/demo.py
"""

from __future__ import annotations

import asyncio
import os
import sys
from asyncio.subprocess import PIPE
from pathlib import Path

from qovery_async.emulator import Emulator

HERE = Path(__file__).parent
STYLES = {
    "inventory.py": "asyncio: `await client.projects.list()` with AsyncQovery",
    "inventory_sync.py": "blocking: `client.projects.list()` with Qovery, in threads",
}
NEXT = f"""
To try next, in this folder and with the Python that ran this:

  {sys.executable} -m qovery_async.emulator
      keeps an emulated Qovery running, and prints what to export so that your own code calls it
  QOVERY_API_TOKEN=... {sys.executable} examples/inventory.py
      prints the inventory of your own organizations; it only reads"""


async def main() -> int:
    async with Emulator(world="demo") as emulator:
        print(f"An emulated Qovery runs at {emulator.url} until this program ends.")
        environ = {**os.environ, "QOVERY_API_URL": emulator.url, "QOVERY_API_TOKEN": emulator.token}
        shown: list[str] = []
        for example, style in STYLES.items():
            print(f"\n--- {style} (examples/{example})", flush=True)
            command = [sys.executable, "-W", "error", str(HERE / example)]
            process = await asyncio.create_subprocess_exec(*command, env=environ, stdout=PIPE)
            printed, _ = await process.communicate()
            lines = printed.decode().splitlines()
            print("\n".join(lines) if lines != shown else f"It prints the same {len(lines)} lines.")
            shown = lines
            if process.returncode:
                return 1
    print(NEXT)
    return 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
