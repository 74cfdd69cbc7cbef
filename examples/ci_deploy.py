"""How does a CI job deploy commits and image tags, and fail when the deployment fails?

    QOVERY_API_TOKEN=... python examples/ci_deploy.py ENVIRONMENT_ID SERVICE_ID=VERSION SERVICE_ID=VERSION

All services are deployed in one deployment. A version is a commit, an image tag or a chart version, whatever the
service takes. Each change is one line. The exit status is 0 if the services run, 1 if the deployment failed or could
not be started, and 2 if it did not end in time, was canceled, or the command line is wrong.
"""

from __future__ import annotations

import argparse
import asyncio
import sys

from qovery_async import AsyncQovery, DeploymentCanceled, DeploymentTimeout, EnvironmentSnapshot, QoveryError


def service_and_version(argument: str) -> tuple[str, str]:
    service, _, version = argument.partition("=")
    if not service or not version:
        raise argparse.ArgumentTypeError(f"{argument!r} is not SERVICE_ID=VERSION")
    return service, version


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Deploy versions of services and wait for the end.")
    parser.add_argument("environment_id")
    parser.add_argument("versions", nargs="+", type=service_and_version, metavar="SERVICE_ID=VERSION")
    parser.add_argument("--timeout", type=float, default=1800, metavar="SECONDS", help="default: %(default)s")
    return parser.parse_args()


async def deploy(environment_id: str, versions: dict[str, str], seconds: float) -> int:
    states: dict[str, str] = {}

    def show(now: EnvironmentSnapshot) -> None:
        for service in now.services:
            if service.id in versions and states.get(service.id) != service.state:
                states[service.id] = service.state
                print(service, flush=True)

    try:
        async with AsyncQovery() as client:
            await client.deployments.deploy(environment_id, services=versions, timeout=seconds, on_update=show)
    except (DeploymentTimeout, DeploymentCanceled) as error:
        print(error, file=sys.stderr)  # says how to cancel what goes on
        return 2
    except QoveryError as error:
        print(error, file=sys.stderr)  # says which services failed, in which step, and the end of the log
        return 1
    print(f"Deployed: {', '.join(f'{service} {version}' for service, version in versions.items())}")
    return 0


if __name__ == "__main__":
    given = arguments()
    try:
        sys.exit(asyncio.run(deploy(given.environment_id, dict(given.versions), given.timeout)))
    except KeyboardInterrupt:
        sys.exit(2)  # a warning in the log says that the deployment goes on, and how to cancel it
