"""In which states are the environments of an organization, however many there are?

    QOVERY_API_TOKEN=... python examples/states.py --concurrency 32

Sends two requests and one for each environment, many at once. The exit code is 1 if an environment has failed, 2 if the
state of one could not be read.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from qovery_async import AsyncQovery, BulkOutcome, BulkProgress, QoveryError
from qovery_async.models import EnvironmentStatuses, OrganizationEnvironmentResponse, Project

Outcomes = Sequence[BulkOutcome[str, EnvironmentStatuses]]


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Counts the environments of an organization by state.")
    parser.add_argument("--concurrency", type=int, default=16, help="how many requests are sent at once")
    return parser.parse_args()


def progress(now: BulkProgress) -> None:
    """A line that is written over, in a terminal only."""
    if sys.stderr.isatty():
        end = "\n" if now.done == now.total else ""
        print(f"\r{now.done} of {now.total}, {now.failed} failed", end=end, file=sys.stderr, flush=True)


def names(projects: Iterable[Project], environments: Iterable[OrganizationEnvironmentResponse]) -> list[str]:
    project_names = {project.id: project.name for project in projects}
    return [f"{project_names.get(one.project.id, one.project.id)}/{one.name}" for one in environments]


def report(names: Sequence[str], outcomes: Outcomes) -> Iterator[str]:
    """The counts, then the environments that have failed or could not be asked about."""
    counts = Counter(state for outcome in outcomes if (state := state_of(outcome)))
    for state, count in counts.most_common():
        yield f"{count:6} {state}"
    for name, outcome in zip(names, outcomes, strict=True):
        if outcome.error is not None:
            yield f"not read: {name}: {outcome.error}"
        elif has_failed(outcome):
            yield f"failed: {name} {state_of(outcome)}"


def state_of(outcome: BulkOutcome[str, EnvironmentStatuses]) -> str | None:
    return None if outcome.error is not None else str(outcome.result.environment.last_deployment_state)


def has_failed(outcome: BulkOutcome[str, EnvironmentStatuses]) -> bool:
    return (state_of(outcome) or "").endswith("_ERROR")


def exit_code(outcomes: Outcomes) -> int:
    if any(outcome.error is not None for outcome in outcomes):
        return 2
    return 1 if any(has_failed(outcome) for outcome in outcomes) else 0


async def main() -> int:
    args = arguments()
    try:
        async with AsyncQovery() as client:
            projects = await client.projects.list()
            environments = await client.organizations.list_environments()
            outcomes = await client.bulk.map(
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
    sys.exit(asyncio.run(main()))
