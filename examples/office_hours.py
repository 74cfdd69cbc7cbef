"""How do environments stop at night and start in the morning? This prints the plan; `--yes` carries it out.

    QOVERY_API_TOKEN=... python examples/office_hours.py stop
    QOVERY_API_TOKEN=... python examples/office_hours.py start --mode DEVELOPMENT --name 'shop/*' --name '*/sandbox' --yes

The rule: environments of the modes given, production only if `--mode PRODUCTION` says so, whose `project/environment`
matches one of the patterns. `stop` stops what is up or has failed, `start` deploys what is stopped. What fails does not
keep the others from their turn; the exit status is 1 if any failed.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Iterable
from fnmatch import fnmatchcase
from functools import partial

from qovery_async import AsyncQovery, Inventory, InventoryEnvironment, QoveryError
from qovery_async.models import EnvironmentModeEnum, StateEnum

MODES = (EnvironmentModeEnum.DEVELOPMENT, EnvironmentModeEnum.PREVIEW, EnvironmentModeEnum.STAGING)
NOTHING_RUNS = (None, StateEnum.READY, StateEnum.STOPPED, StateEnum.DELETED)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Stop or start environments by rule.")
    parser.add_argument("what", choices=("stop", "start"))
    parser.add_argument("--mode", action="append", choices=[*EnvironmentModeEnum], help=f"default: {', '.join(MODES)}")
    parser.add_argument("--name", action="append", metavar="PATTERN", help="of project/environment, such as 'shop/*'")
    parser.add_argument("--timeout", type=float, default=1800, metavar="SECONDS", help="default: %(default)s")
    parser.add_argument("--yes", action="store_true", help="do it")
    return parser.parse_args()


def path(environment: InventoryEnvironment) -> str:
    return f"{environment.project.name}/{environment.name}"


def chosen(
    inventory: Inventory, what: str, modes: Iterable[str | None], patterns: list[str]
) -> list[InventoryEnvironment]:
    return [
        environment
        for environment in inventory.environments
        if environment.mode in modes
        and any(fnmatchcase(path(environment), pattern) for pattern in patterns)
        and (environment.state == StateEnum.STOPPED if what == "start" else environment.state not in NOTHING_RUNS)
    ]


async def main(given: argparse.Namespace) -> int:
    async with AsyncQovery(pace="wait") as client:  # a stop takes some 15 of the 1000 requests of an hour
        environments = chosen(await client.inventory(), given.what, given.mode or MODES, given.name or ["*"])
        if not given.yes:
            for environment in environments:
                print(f"would {given.what}  {path(environment):<40} {environment.mode:<12} {environment.state}")
            print(f"{len(environments)} environments; nothing was done, --yes does it")
            return 0
        deployments = client.deployments
        act = partial(deployments.stop if given.what == "stop" else deployments.deploy, timeout=given.timeout)
        ids = [environment.id for environment in environments]
        outcomes = await client.bulk.map(act, ids, on_error="return")
    for environment, outcome in zip(environments, outcomes, strict=True):
        end = f"failed: {outcome.error}" if outcome.error else outcome.result.state
        print(f"{path(environment):<40} {environment.mode:<12} {end}")
    failed = sum(outcome.error is not None for outcome in outcomes)
    print(f"{given.what}: {len(outcomes) - failed} done, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    try:
        sys.exit(asyncio.run(main(arguments())))
    except QoveryError as error:
        sys.exit(str(error))
