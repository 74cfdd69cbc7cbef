"""What do a registry, a git token and the services that come from them show of each other?"""

from __future__ import annotations

from typing import Any

import pytest

from qovery_async import AsyncQovery
from qovery_async.emulator import Emulator

pytestmark = pytest.mark.anyio

HEALTHY: dict[str, Any] = {"healthchecks": {}}
GIT: dict[str, Any] = {"url": "https://github.com/acme/api.git", "provider": "GITHUB"}


@pytest.fixture
def environment(emulator: Emulator) -> str:
    return emulator.state.every("environment")[0].id


@pytest.mark.parametrize(
    ("sent", "address"),
    [
        ({"type": "GITHUB"}, "https://api.github.com"),
        ({"type": "GITLAB"}, "https://gitlab.com/api/v4"),
        ({"type": "GITLAB", "git_api_url": "https://git.acme.example/api/v4"}, "https://git.acme.example/api/v4"),
    ],
)
async def test_a_git_token_knows_its_api_and_its_services(
    client: AsyncQovery, environment: str, sent: Any, address: str
) -> None:
    token = await client.git_tokens.create({"name": "new", "token": "secret", **sent})
    assert (token.git_api_url, token.associated_services_count) == (address, 0)
    body: Any = {"name": "new", "git_repository": {**GIT, "branch": "main", "git_token_id": token.id}, **HEALTHY}
    await client.applications.create(environment, body)
    assert len(await client.git_tokens.list_associated_services(token.id)) == 1
    renamed: Any = {"name": "renamed", "token": "secret", **sent}
    updated = await client.git_tokens.update(token.id, renamed)
    for shown in (updated, await client.git_tokens.get(token.id), *(await client.git_tokens.list())):
        assert (shown.name, shown.git_api_url, shown.associated_services_count) == ("renamed", address, 1)


async def test_the_image_of_a_job_shows_its_registry(client: AsyncQovery, environment: str) -> None:
    config: Any = {"name": "new", "kind": "GENERIC_CR", "url": "https://registry.acme.example", "config": {}}
    registry = await client.container_registries.create(config)
    image = {"image_name": "acme/job", "tag": "1", "registry_id": registry.id}
    body: Any = {"name": "new", "source": {"image": image}, "schedule": {"on_start": {}}, **HEALTHY}
    made = await client.jobs.create(environment, body)
    for job in (made, await client.jobs.get(made.id)):
        source: Any = job.source
        shown = source.image.registry
        assert (shown.id, shown.name, shown.url, shown.kind) == (registry.id, "new", config["url"], "GENERIC_CR")
