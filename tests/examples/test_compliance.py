"""What is in a compliance snapshot, what is not, and what does the difference of two say?"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from pathlib import Path

import anyio
import attrs
import pytest
from aiohttp import web

from qovery_async import AsyncQovery, to_dict
from qovery_async.emulator import Emulator, Fault
from tests.support.examples import Ran, run_example

pytestmark = pytest.mark.anyio


async def take(emulator: Emulator, out: Path) -> str:
    ran = await run_example("compliance", "snapshot", str(out), url=emulator.url, token=emulator.token)
    assert (ran.code, ran.out, ran.err) == (0, "", "")
    return await anyio.Path(out).read_text(encoding="utf-8")


async def difference(old: Path, new: Path) -> Ran:
    return await run_example("compliance", "diff", str(old), str(new), url="http://127.0.0.1:9")


@pytest.mark.slow
async def test_a_snapshot_is_stable_and_the_difference_says_what_changed(tmp_path: Path) -> None:
    old, new = tmp_path / "old.json", tmp_path / "new.json"
    async with Emulator(world="demo") as emulator, AsyncQovery(emulator.token, base_url=emulator.url) as client:
        assert await take(emulator, old) == await take(emulator, new)
        ran = await difference(old, new)
        assert (ran.code, ran.out) == (0, "Nothing has changed.\n")

        inventory = await client.inventory()
        shop = next(project for project in inventory.projects if project.name == "shop")
        await client.variables.create(
            {"key": "ADDED", "value": "v4lue", "is_secret": False, "variable_scope": "PROJECT",
             "variable_parent_id": shop.id}
        )  # fmt: skip
        tools = next(one for one in inventory.environments if one.name == "tools")
        await client.environments.update(tools.id, {"name": "tools", "mode": "STAGING"})
        cluster = inventory.clusters[0]
        settings = await client.clusters.advanced_settings.get(cluster.id)
        changed = attrs.evolve(settings, loki_log_retention_in_week=7)
        await client.clusters.advanced_settings.update(cluster.id, to_dict(changed))
        hook = {"kind": "STANDARD", "target_url": "https://hooks.example.com/t0p-secret", "target_secret": "hush-hush",
                "description": "deployments", "events": ["DEPLOYMENT_FAILURE"]}  # fmt: skip
        await client.webhooks.create(hook)
        role = (await client.organizations.list_available_roles())[0]
        token = await client.api_tokens.create({"name": "ci", "role_id": role.id})
        text = await take(emulator, new)

    for secret in ("v4lue", "t0p-secret", "hush-hush", str(token.token), "info"):
        assert secret not in text
    ran = await difference(old, new)
    assert ran.code == 1
    retention = settings.loki_log_retention_in_week
    assert ran.out.splitlines() == [
        "+ api tokens: ci",
        "+ variables: shop ADDED",
        "+ webhooks: deployments",
        f"~ advanced settings: {cluster.name}: loki.log_retention_in_week: {retention} -> 7",
        '~ environments: platform/tools: mode: "DEVELOPMENT" -> "STAGING"',
    ]
    ran = await difference(new, old)
    assert "- api tokens: ci" in ran.out.splitlines()


@web.middleware
async def backwards(request: web.Request, handler: Callable[[web.Request], Awaitable[web.Response]]) -> web.Response:
    """Each list the other way round: the API promises no order."""
    response = await handler(request)
    body = json.loads(response.body) if isinstance(response.body, bytes) and response.status == 200 else None
    if isinstance(body, dict) and "results" in body:
        return web.json_response({**body, "results": body["results"][::-1]})
    return response


async def test_the_order_of_lists_is_no_change(tmp_path: Path) -> None:
    old, new = tmp_path / "old.json", tmp_path / "new.json"
    async with Emulator(world="demo") as emulator:
        text = await take(emulator, old)
    async with Emulator(world="demo", middlewares=[backwards]) as emulator:
        assert await take(emulator, new) == text


async def test_a_snapshot_holds_names_of_secrets_but_no_value(tmp_path: Path) -> None:
    async with Emulator(world="demo") as emulator, AsyncQovery(emulator.token, base_url=emulator.url) as client:
        text = await take(emulator, tmp_path / "out.json")
        assert "shop/production API_KEY" in text
        assert "shop LOG_LEVEL" in text
        for project in await client.projects.list():
            found = await client.variables.list(parent_id=project.id, scope="PROJECT")
            assert [one.value for one in found if one.value and f'"{one.value}"' in text] == []


async def test_what_cannot_be_read_leaves_no_snapshot(tmp_path: Path) -> None:
    out = tmp_path / "out.json"
    async with Emulator(world="demo") as emulator:
        emulator.faults.add(Fault.status(403), call="environments.deployment_rule.get", count=1)
        ran = await run_example("compliance", "snapshot", str(out), url=emulator.url, token=emulator.token)
    assert (ran.code, out.exists()) == (2, False)
    assert "environments.deployment_rule.get: GET" in ran.err


async def test_a_file_that_is_no_snapshot_is_an_error_not_a_change(tmp_path: Path) -> None:
    (tmp_path / "odd.json").write_text("odd", encoding="utf-8")
    for other in ("odd.json", "missing.json"):
        ran = await difference(tmp_path / other, tmp_path / "odd.json")
        assert (ran.code, ran.out) == (2, "")
        assert ran.err.startswith("compliance: ")
