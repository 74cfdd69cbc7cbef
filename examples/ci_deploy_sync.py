"""How does `ci_deploy.py` look with blocking calls? Arguments, output and exit status are the same.

QOVERY_API_TOKEN=... python examples/ci_deploy_sync.py ENVIRONMENT_ID SERVICE_ID=VERSION SERVICE_ID=VERSION
"""

from __future__ import annotations

import argparse
import sys

from qovery_sync import DeploymentCanceled, DeploymentTimeout, EnvironmentSnapshot, Qovery, QoveryError


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


def deploy(environment_id: str, versions: dict[str, str], seconds: float) -> int:
    states: dict[str, str] = {}

    def show(now: EnvironmentSnapshot) -> None:
        for service in now.services:
            if service.id in versions and states.get(service.id) != service.state:
                states[service.id] = service.state
                print(service, flush=True)

    try:
        Qovery().deployments.deploy(environment_id, services=versions, timeout=seconds, on_update=show)
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
        sys.exit(deploy(given.environment_id, dict(given.versions), given.timeout))
    except KeyboardInterrupt:
        sys.exit(2)  # a warning in the log says that the deployment goes on, and how to cancel it
