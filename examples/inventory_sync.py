"""How does the inventory of `inventory.py` look with blocking calls? Its requests run concurrently all the same.

QOVERY_API_TOKEN=... python examples/inventory_sync.py
"""

from __future__ import annotations

from qovery_sync import Qovery


def main() -> None:
    client = Qovery()
    for organization in client.organizations.list():
        print(f"{organization.name} ({organization.plan})")
        inventory = client.inventory(organization_id=organization.id, service_states=True)
        print(inventory.tree())


if __name__ == "__main__":
    main()
