"""Which environments has nobody deployed for a while, and how are they deleted?

    QOVERY_API_TOKEN=... python examples/sweep.py --days 30             # only says which
    QOVERY_API_TOKEN=... python examples/sweep.py --days 30 --delete

Production environments stay unless `--include-production` is given. Environments that were never deployed, or in
which something is under way, always stay. It waits until each is gone. The exit code is 1 if an environment could not
be deleted, or not in time, and 2 if the environments could not be listed.
"""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial

from qovery_sync import Inventory, Qovery, QoveryError
from qovery_sync.models import EnvironmentStatus

AT_ONCE = 3
"""A deletion is looked at up to 300 times an hour, and a token has 1000 requests."""
IDLE = ("DEPLOYED", "RESTARTED", "STOPPED", "CANCELED")
Stale = tuple[datetime, str, str]
"""When it was deployed last, its id, its project and name."""


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Deletes environments that were not deployed for a while.")
    parser.add_argument("--days", type=float, default=30, help="since the last deployment; 30 unless given")
    parser.add_argument("--project", help="the name of the only project to sweep")
    parser.add_argument("--include-production", action="store_true", help="production environments too")
    parser.add_argument("--delete", action="store_true", help="delete them, instead of only saying which")
    parser.add_argument("--timeout", type=float, default=1800, metavar="SECONDS", help="of each; default: %(default)s")
    args = parser.parse_args()
    if not args.days > 0:
        parser.error(f"--days must be above 0, got {args.days}")
    if not 0 < args.timeout < math.inf:
        parser.error(f"--timeout must be a positive number, got {args.timeout}")
    return args


def stale(inventory: Inventory, statuses: list[EnvironmentStatus], args: argparse.Namespace) -> Iterator[Stale]:
    limit = datetime.now(UTC) - timedelta(days=args.days)
    by_id = {status.id: status for status in statuses}
    for environment in inventory.environments:
        status = by_id.get(environment.id)
        if status is None or environment.mode is None:
            continue  # created or deleted just now
        if environment.mode == "PRODUCTION" and not args.include_production:
            continue
        if args.project not in (None, environment.project.name):
            continue
        if not (status.state in IDLE or status.state.endswith("_ERROR")):
            continue
        if status.last_deployment_date is not None and status.last_deployment_date < limit:
            yield status.last_deployment_date, environment.id, f"{environment.project.name}/{environment.name}"


def delete(client: Qovery, found: list[Stale], timeout: float) -> int:
    """Delete the environments, wait until they are gone, and return how many are not."""
    failed = 0
    gone = partial(client.deployments.delete, timeout=timeout)
    for outcome in client.bulk.stream(gone, [id_ for _, id_, _ in found], concurrency=AT_ONCE):
        name = found[outcome.index][2]
        if outcome.error is None:
            print(f"{name}: deleted", flush=True)
        else:
            print(f"{name}: {outcome.error}", file=sys.stderr)
            failed += 1
    return failed


def main() -> int:
    args = arguments()
    try:
        client = Qovery()
        inventory = client.inventory()
        lists = client.bulk.map(client.environments.list_statuses, [project.id for project in inventory.projects])
    except (QoveryError, ExceptionGroup) as error:
        print(f"sweep: {error}", *getattr(error, "exceptions", ()), sep="\n", file=sys.stderr)
        return 2
    found = sorted(stale(inventory, [status for statuses in lists for status in statuses], args))
    for deployed, _, name in found:
        print(f"{name}: last deployed {deployed:%Y-%m-%d}")
    if not args.delete:
        print(f"{len(found)} environments would be deleted; --delete does it", file=sys.stderr)
        return 0
    return 1 if delete(client, found, args.timeout) else 0


if __name__ == "__main__":
    sys.exit(main())
