"""How is the audit log of an organization exported to CSV?

    QOVERY_API_TOKEN=... python examples/audit_log.py --since 2026-11-01 --until 2026-12-01 --output november.csv
    QOVERY_API_TOKEN=... python examples/audit_log.py --since 2026-11-24T08:00+01:00 --event-type DELETE

Events are written as they come, a page at a time, so the memory stays flat over any number of them. The exit
code is 1 if the export is incomplete, 2 if an argument is wrong.
"""

from __future__ import annotations

import argparse
import asyncio
import csv
import sys
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TextIO

from qovery_async import UNSET, AsyncQovery, QoveryError
from qovery_async.models import (
    OrganizationEventOrigin,
    OrganizationEventResponse,
    OrganizationEventTargetType,
    OrganizationEventType,
)

COLUMNS = (
    "timestamp", "event_type", "target_type", "sub_target_type", "target_name", "target_id", "triggered_by", "origin",
    "user_agent", "project_name", "project_id", "environment_name", "environment_id", "id", "change", "original_change",
)  # fmt: skip
LIMITED = "audit_log: the plan of the organization hides its older events"


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Exports the audit log of an organization as CSV.")
    parser.add_argument("--since", type=moment, default=UNSET, help="a date or time, UTC unless it names a zone")
    parser.add_argument("--until", type=moment, default=UNSET, help="the same; events before then")
    parser.add_argument("--event-type", type=OrganizationEventType, default=UNSET, help="such as UPDATE or DELETE")
    parser.add_argument("--target-type", type=OrganizationEventTargetType, default=UNSET, help="such as CLUSTER")
    parser.add_argument("--origin", type=OrganizationEventOrigin, default=UNSET, help="such as CONSOLE or API")
    parser.add_argument("--triggered-by", default=UNSET, help="a user or an API token")
    parser.add_argument("--project", default=UNSET, help="the id of the project of services")
    parser.add_argument("--environment", default=UNSET, help="the id of the environment of services")
    parser.add_argument("--output", type=Path, help="the file to write; standard output unless given")
    return parser.parse_args()


def moment(text: str) -> str:
    """Unix seconds, as the API takes them."""
    when = datetime.fromisoformat(text)
    return str(int((when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp()))


def query(args: argparse.Namespace) -> dict[str, Any]:
    return {
        "from_timestamp": args.since,
        "to_timestamp": args.until,
        "event_type": args.event_type,
        "target_type": args.target_type,
        "origin": args.origin,
        "triggered_by": args.triggered_by,
        "service_project_id": args.project,
        "service_environment_id": args.environment,
    }


def opened(path: Path | None) -> AbstractContextManager[TextIO]:
    return path.open("w", newline="", encoding="utf-8") if path else nullcontext(sys.stdout)


def row(event: OrganizationEventResponse) -> list[str]:
    values = [getattr(event, column) for column in COLUMNS]
    return ["" if value is None else str(value) for value in values]


async def main() -> int:
    args = arguments()
    count = 0
    try:
        with opened(args.output) as file:
            writer = csv.writer(file)
            writer.writerow(COLUMNS)
            async with AsyncQovery() as client:
                if (await client.events.list(page_size=1, **query(args))).limit_reached:
                    print(LIMITED, file=sys.stderr)
                async for event in client.events.iterate(page_size=100, **query(args)):
                    writer.writerow(row(event))
                    count += 1
    except QoveryError as error:
        print(f"audit_log: incomplete after {count} events: {error}", file=sys.stderr)
        return 1
    print(f"audit_log: {count} events", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
