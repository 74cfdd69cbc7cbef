"""Which projects, environments and services can a token see, and in which state are they?

    QOVERY_API_TOKEN=... python examples/inventory.py

Takes few of the 1000 requests that a token has in an hour: five for each organization, and one for each project
and for each environment with services. `QOVERY_API_URL` is the address of another API than Qovery's own.
"""

from __future__ import annotations

import asyncio

from qovery_async import AsyncQovery


async def main() -> None:
    async with AsyncQovery() as client:
        for organization in await client.organizations.list():
            print(f"{organization.name} ({organization.plan})")
            inventory = await client.inventory(organization_id=organization.id, service_states=True)
            print(inventory.tree())


if __name__ == "__main__":
    asyncio.run(main())
