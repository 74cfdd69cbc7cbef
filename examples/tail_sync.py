"""How does `tail.py` look with blocking calls? One loop follows all services here, too.

QOVERY_API_TOKEN=... python examples/tail_sync.py shop/production --since 10m
"""

from __future__ import annotations

import sys

from tail import PAST, Printer, arguments, hang_up, safe

from qovery_sync import Qovery, QoveryError


def main() -> int:
    args = arguments()
    client = Qovery()
    environment = client.find.environment(args.environment)
    services = [one for one in environment.services() if not args.service or one.name in args.service]
    if not services:
        sys.exit("tail: the environment has no such service")
    printer = Printer([str(one.name) for one in services], args)
    limit = None if args.since else PAST
    logs = {one: client.streams.service_logs(one, start=args.since, limit=limit) for one in services}
    with client.streams.merge(logs, on_error="skip") as merged:
        for lines in merged.pages():
            printer.print((str(service.name), line) for service, line in lines)
    for service, error in merged.failures.items():
        print(f"tail: {safe(str(service.name))}: {error}", file=sys.stderr)
    return 1 if len(merged.failures) == len(services) else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except QoveryError as error:
        sys.exit(f"tail: {error}")
    except KeyboardInterrupt:
        pass
    except BrokenPipeError:
        hang_up()
