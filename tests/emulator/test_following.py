"""Which services deploy by themselves once a commit or an image was pushed, and which registries can they name?"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from qovery_async import AsyncQovery, NotFound
from qovery_async.emulator import Emulator
from qovery_async.emulator.world.topology import find_service
from tests.support.consoles import act, detail, visited
from tests.support.every_get import ask
from tests.support.versions import NEW, OLD, VALUES, body

pytestmark = pytest.mark.anyio


@pytest.fixture
async def emulator() -> AsyncIterator[Emulator]:
    async with Emulator(world="demo", speed=None, rate_limit=None) as running:
        yield running


URL = "https://github.com/acme/x.git"
FAMILIES = {"application": "applications", "container": "containers", "image job": "jobs", "git job": "jobs",
            "git chart": "helms", "terraform": "terraforms"}  # fmt: skip


async def made(emulator: Emulator, kind: str, **more: Any) -> str:
    """A new service that deploys automatically."""
    environment = emulator.state.every("environment")[0].id
    content: dict[str, Any] = {"name": f"new {kind}", "auto_deploy": True, **body(emulator, kind), **more}
    content |= {"auto_deploy": True} | more
    if kind == "terraform":
        content["auto_deploy_config"] = {"auto_deploy": True, "terraform_action": "DEFAULT"} | more
    return str((await ask(emulator, f"{FAMILIES[kind]}.create", environment, **content))["id"])


def version(emulator: Emulator, id_: str) -> str:
    service = find_service(emulator.state, id_)
    assert service is not None
    return service.version


@pytest.mark.parametrize("kind", ["application", "git job", "git chart", "terraform"])
async def test_a_pushed_commit_is_deployed(emulator: Emulator, kind: str) -> None:
    automatic, by_hand = await made(emulator, kind), await made(emulator, kind, name="other", auto_deploy=False)
    assert emulator.push(URL, NEW, branch="other") == []
    assert emulator.push("https://github.com/acme/y", NEW) == []
    assert emulator.push("git@github.com:acme/X", NEW) == [automatic]
    emulator.clock.run_out()
    assert version(emulator, automatic) == NEW
    assert version(emulator, by_hand) != NEW


@pytest.mark.parametrize("kind", ["container", "image job"])
async def test_a_published_tag_is_deployed(emulator: Emulator, kind: str) -> None:
    automatic, by_hand = await made(emulator, kind), await made(emulator, kind, name="other", auto_deploy=False)
    assert emulator.publish("acme/none", NEW) == []
    assert emulator.publish("acme/new", NEW) == [automatic]
    emulator.clock.run_out()
    assert (version(emulator, automatic), version(emulator, by_hand)) == (NEW, OLD)


async def test_the_history_says_that_git_has_deployed(emulator: Emulator, client: AsyncQovery) -> None:
    await made(emulator, "application")
    environment = emulator.state.every("environment")[0].id
    emulator.push(URL, NEW)
    emulator.clock.run_out()
    status = await client.environments.get_status(environment)
    assert (status.origin, status.triggered_by) == ("GIT", "Git")


async def test_values_of_a_chart_follow_their_own_repository(emulator: Emulator) -> None:
    environment = emulator.state.every("environment")[0].id
    content = body(emulator, "values of a chart") | {"name": "chart", "auto_deploy": True, "values_override": VALUES}
    chart = (await ask(emulator, "helms.create", environment, **content))["id"]
    assert emulator.push(URL, NEW) == [chart]
    emulator.clock.run_out()
    shown = await ask(emulator, "helms.get", chart)
    assert shown["values_override"]["file"]["git"]["git_repository"]["deployed_commit_id"] == NEW
    assert shown["source"]["repository"]["chart_version"] == OLD


@pytest.mark.parametrize(
    ("mode", "paths", "deploys"),
    [
        ("MATCH", [], True),
        ("MATCH", ["src/a.py"], True),
        ("MATCH", ["docs/a.md"], False),
        ("EXCLUDE", ["src/a.py"], False),
        ("EXCLUDE", ["src/a.py", "docs/a.md"], True),
    ],
)
async def test_deployment_restrictions_decide(
    emulator: Emulator,
    mode: str,
    paths: list[str],
    deploys: bool,  # noqa: FBT001
) -> None:
    service = await made(emulator, "application")
    rule = {"mode": mode, "type": "PATH", "value": "src/"}
    await ask(emulator, "applications.deployment_restrictions.create", service, **rule)
    assert emulator.push(URL, NEW, paths=paths) == ([service] if deploys else [])


@pytest.mark.parametrize(("action", "deploys"), [("PLAN", True), ("NOOP", False)])
async def test_terraform_does_what_it_is_configured_to_do(emulator: Emulator, action: str, deploys: bool) -> None:  # noqa: FBT001
    service = await made(emulator, "terraform", terraform_action=action)
    assert emulator.push(URL, NEW) == ([service] if deploys else [])
    if deploys:
        emulator.clock.run_out()
        assert emulator.life.service(service).part.service.sub_action == "TERRAFORM_PLAN_ONLY"  # type: ignore[union-attr]


async def test_the_console_is_told() -> None:
    async with visited() as (emulator, session):
        service = await made(emulator, "container")
        said = await act(session, "image", {"image": "acme/new", "tag": NEW})
        assert said == (200, f"Deploying 1 services: {service}")
        said = await act(session, "push", {"url": URL, "commit": NEW, "paths": "a,b"})
        assert said == (200, "No service follows that automatically.")
        status, text = await act(session, "push", {"url": URL})
        assert (status, detail(text)) == (400, "commit: must have 1 to 200 characters, got ''")


@pytest.mark.parametrize(
    ("kind", "place"), [("container", "registry_id"), ("image job", "registry_id"), ("chart", "repository")]
)
async def test_a_registry_that_does_not_exist_is_refused(
    emulator: Emulator, client: AsyncQovery, kind: str, place: str
) -> None:
    environment = emulator.state.every("environment")[0].id
    text = str(body(emulator, kind))
    source = emulator.state.every("containerRegistry" if place == "registry_id" else "helmRepository")[0].id
    family = {"container": client.containers, "image job": client.jobs, "chart": client.helms}[kind]
    content: dict[str, Any] = {"name": "new", **body(emulator, kind)}
    unknown = "00000000-0000-4000-8000-000000000001"

    def with_unknown(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: with_unknown(item) for key, item in value.items()}
        return unknown if value == source else value

    assert source in text
    with pytest.raises(NotFound, match=unknown):
        await family.create(environment, with_unknown(content))  # type: ignore[attr-defined]
    service = await family.create(environment, content)  # type: ignore[attr-defined]
    with pytest.raises(NotFound, match=unknown):
        await family.update(service.id, with_unknown(content))  # type: ignore[attr-defined]


async def test_a_push_deploys_the_services_that_follow_its_branch(emulator: Emulator) -> None:
    repository = body(emulator, "application")["git_repository"]
    following = await made(emulator, "application", git_repository={**repository, "branch": "next"})
    assert emulator.push(URL, OLD) == []
    assert emulator.push(URL, NEW, branch="next") == [following]
    emulator.clock.run_out()
    assert version(emulator, following) == NEW
