"""How are the variables of a service, an environment or a project kept as a `.env` file says? With a review in between.

    QOVERY_API_TOKEN=... python examples/env_sync.py shop/production/api app.env --secret API_KEY --plan plan.json
    QOVERY_API_TOKEN=... python examples/env_sync.py shop/production/api app.env --apply plan.json --redeploy 1800
    QOVERY_API_TOKEN=... python examples/env_sync.py shop/production/api app.env --drift

The first writes what would change to `plan.json`, without the values of secrets, and prints it. The second makes the
changes, and those only; if it fails half-way, run it again. The exit code of `--drift` is 1 if something differs. A path
of one name is a project, of two an environment, of three a service.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from qovery_sync import EnvironmentHandle, ProjectHandle, Qovery, QoveryError, ServiceHandle, VariablesPlan


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Keeps variables as a .env file says.")
    parser.add_argument("place", help="project, project/environment or project/environment/service")
    parser.add_argument("file", type=Path, help="the .env file")
    parser.add_argument("--secret", action="append", default=[], help="a key whose value is a secret; can be repeated")
    parser.add_argument("--prune", action="store_true", help="delete what the file does not have")
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--plan", type=Path, help="write the changes to this file, for a review")
    what.add_argument("--apply", type=Path, help="make the changes of this file")
    what.add_argument("--drift", action="store_true", help="only say what differs")
    parser.add_argument("--redeploy", type=float, help="deploy what has changed, and wait so many seconds for it")
    return parser.parse_args()


def find(client: Qovery, path: str) -> ProjectHandle | EnvironmentHandle | ServiceHandle:
    match path.count("/"):
        case 0:
            return client.find.project(path)
        case 1:
            return client.find.environment(path)
        case _:
            return client.find.service(path)


def run(client: Qovery, args: argparse.Namespace) -> int:
    variables = find(client, args.place).variables
    if args.drift:
        drift = variables.drift(args.file, secret_keys=args.secret)
        print(drift)
        return 1 if drift.changes else 0
    if args.plan:
        plan = variables.plan(args.file, prune=args.prune, secret_keys=args.secret)
        args.plan.write_text(plan.to_json(), encoding="utf-8")
        print(plan)
        return 0
    plan = VariablesPlan.from_json(args.apply.read_text(encoding="utf-8"), args.file)
    applied = variables.apply(
        plan, redeploy="if_changed" if args.redeploy else None, timeout=args.redeploy, progress="rich"
    )
    print(f"{len(applied.made)} changes made, {len(applied.already)} were made already")
    return 0


def main() -> int:
    try:
        with Qovery() as client:
            return run(client, arguments())
    except QoveryError as error:
        print(error, file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
