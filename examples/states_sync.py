"""How does `states.py` look with blocking calls? The requests of `bulk.map` run concurrently all the same.

QOVERY_API_TOKEN=... python examples/states_sync.py --concurrency 32
"""

from __future__ import annotations

import sys

from states import arguments, exit_code, names, progress, report

from qovery_sync import Qovery, QoveryError


def main() -> int:
    args = arguments()
    try:
        client = Qovery()
        projects = client.projects.list()
        environments = client.organizations.list_environments()
        outcomes = client.bulk.map(
            client.environments.get_statuses,
            [environment.id for environment in environments],
            concurrency=args.concurrency,
            on_error="return",
            progress=progress,
        )
    except QoveryError as error:
        print(f"states: {error}", file=sys.stderr)
        return 2
    print("\n".join(report(names(projects, environments), outcomes)))
    return exit_code(outcomes)


if __name__ == "__main__":
    sys.exit(main())
