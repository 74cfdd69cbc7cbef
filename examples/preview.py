"""How does a pull request get a preview environment, and lose it again?

    QOVERY_API_TOKEN=... python examples/preview.py up ENVIRONMENT_ID pr-42 --version api=4f2c1d7 > comment.md
    QOVERY_API_TOKEN=... python examples/preview.py down ENVIRONMENT_ID pr-42

`up` clones an environment as a preview, deploys it with the versions given (commits, image tags, chart versions), waits,
and prints the links of its services as Markdown, for a comment on the pull request. If the preview exists, it is deployed
again. `down` deletes the preview and waits; it is content if there is none. Both end with status 1 if they fail, and
leave alone what is no preview.
"""

from __future__ import annotations

import argparse
import asyncio
import sys

from qovery_async import AsyncQovery, EnvironmentSnapshot, QoveryError, models

NEVER_DEPLOYED_BY_THE_API = ("ARGOCD_APP", "AGENTIC_WORKFLOW")


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Make or delete the preview environment of a pull request.")
    parser.add_argument("what", choices=("up", "down"))
    parser.add_argument("environment_id", help="the environment to clone")
    parser.add_argument("name", help="the name of the preview")
    parser.add_argument("--version", action="append", default=[], metavar="SERVICE=VERSION", help="by name; repeat it")
    parser.add_argument("--timeout", type=float, default=1800, metavar="SECONDS", help="default: %(default)s")
    return parser.parse_args()


async def find_preview(client: AsyncQovery, original_id: str, name: str) -> models.Environment | None:
    original = await client.environments.get(original_id)
    for environment in await client.environments.list(original.project.id):
        if environment.name == name:
            if environment.mode != models.EnvironmentModeEnum.PREVIEW:
                sys.exit(f"{name} is of mode {environment.mode}: it is no preview, and stays as it is")
            return environment
    return None


async def up(client: AsyncQovery, original_id: str, name: str, versions: dict[str, str], seconds: float) -> None:
    preview = await find_preview(client, original_id, name)
    if preview is None:
        now = await client.deployments.clone_and_deploy(
            original_id, name, mode="PREVIEW", versions=versions, timeout=seconds, on_update=show
        )
    else:
        there = await client.services.list(environment_id=preview.id)
        if missing := versions.keys() - {service.name for service in there}:
            sys.exit(f"{name} has no service {', '.join(sorted(missing))}")
        chosen = {s.id: versions.get(s.name) for s in there if s.service_type not in NEVER_DEPLOYED_BY_THE_API}
        now = await client.deployments.deploy(preview.id, services=chosen, timeout=seconds, on_update=show)
    print(markdown(name, now, await client.environments.list_links(now.environment_id)))


async def down(client: AsyncQovery, original_id: str, name: str, seconds: float) -> None:
    preview = await find_preview(client, original_id, name)
    if preview is None:
        print(f"There is no preview {name}.")
    else:
        await client.deployments.delete(preview.id, timeout=seconds, on_update=show)
        print(f"The preview {name} is deleted.")


def markdown(name: str, now: EnvironmentSnapshot, links: list[models.Link]) -> str:
    names = {service.id: service.name for service in now.services}
    rows = [f"| {names.get(link.service_id, link.service_id)} | {link.url} |" for link in links]
    return "\n".join([f"**Preview `{name}`**", "", "| Service | Link |", "| --- | --- |", *sorted(rows)])


def show(now: EnvironmentSnapshot) -> None:
    print(now, file=sys.stderr)  # stdout is for the Markdown


async def main() -> None:
    given = arguments()
    async with AsyncQovery() as client:
        if given.what == "down":
            await down(client, given.environment_id, given.name, given.timeout)
        else:
            versions = dict(version.split("=", 1) for version in given.version)
            await up(client, given.environment_id, given.name, versions, given.timeout)


if __name__ == "__main__":
    try:
        asyncio.run(main())
    except QoveryError as error:
        sys.exit(str(error))
