"""How does the export of `audit_log.py` look with blocking calls?

QOVERY_API_TOKEN=... python examples/audit_log_sync.py --since 2026-11-01 --output november.csv
"""

from __future__ import annotations

import csv
import sys

from audit_log import COLUMNS, LIMITED, arguments, opened, query, row

from qovery_sync import Qovery, QoveryError


def main() -> int:
    args = arguments()
    count = 0
    try:
        with opened(args.output) as file:
            writer = csv.writer(file)
            writer.writerow(COLUMNS)
            client = Qovery()
            if client.events.list(page_size=1, **query(args)).limit_reached:
                print(LIMITED, file=sys.stderr)
            for event in client.events.iterate(page_size=100, **query(args)):
                writer.writerow(row(event))
                count += 1
    except QoveryError as error:
        print(f"audit_log: incomplete after {count} events: {error}", file=sys.stderr)
        return 1
    print(f"audit_log: {count} events", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
