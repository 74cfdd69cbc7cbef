"""Do the WebSockets of a running emulator refuse what its HTTP side refuses: by role, policy, object and rate?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import aiohttp
import anyio
import pytest

from qovery_async import NO_RETRIES, AsyncQovery, RateLimited
from qovery_async.emulator import Emulator
from qovery_async.emulator.streams.handshake import REQUIRED
from tests.support.server import SECONDS

pytestmark = pytest.mark.anyio

ACTING = sorted(path for path in REQUIRED if path.startswith("/shell/"))
READING = sorted(REQUIRED.keys() - set(ACTING))
READER = 'default allow := false\nallow if input.request.path[1] == "service"\n'


def everything(emulator: Emulator) -> dict[str, str]:
    """A value for every parameter of a stream, about one application."""
    service = emulator.state.every("application")[0]
    ids = {entity.kind: entity.id for entity in service.ancestors()}
    ids |= {"service": ids.pop("application"), "cluster": emulator.state.every("cluster")[0].id}
    size = {"tty_width": "80", "tty_height": "24", "port": "80", "mode": "clone", "flavor": "REGULAR_PRIVILEGE"}
    return {**ids, **size, "preview_id": "v1", "service_type": "APPLICATION", "infra_component_type": "nginx"}


async def status(emulator: Emulator, token: str | None, path: str, **changed: str) -> tuple[int, Mapping[str, str]]:
    """The status of a handshake and the headers of its response."""
    parameters = {**everything(emulator), **changed}
    given = {name: parameters[name] for name in REQUIRED[path]}
    async with aiohttp.ClientSession(headers={"Authorization": f"Token {token}"}) as session:
        try:
            with anyio.fail_after(SECONDS):
                socket = await session.ws_connect(emulator.ws_url + path, params=given)
                await socket.close()
        except aiohttp.WSServerHandshakeError as refused:
            return refused.status, refused.headers or {}
        return 101, socket._response.headers


async def token_of(client: AsyncQovery, role: str) -> str:
    roles = {role.name: role.id for role in await client.organizations.list_available_roles()}
    return (await client.api_tokens.create({"name": f"as {role}", "role_id": roles[role]})).token or ""


@pytest.mark.parametrize("path", ACTING)
async def test_a_viewer_opens_no_shell_and_no_port(emulator: Emulator, client: AsyncQovery, path: str) -> None:
    assert (await status(emulator, await token_of(client, "Viewer"), path))[0] == 403
    assert (await status(emulator, await token_of(client, "DevOps"), path))[0] == 101


@pytest.mark.parametrize("path", READING)
async def test_a_viewer_reads(emulator: Emulator, client: AsyncQovery, path: str) -> None:
    assert (await status(emulator, await token_of(client, "Viewer"), path))[0] == 101


async def test_a_custom_role_that_only_views_opens_no_shell(emulator: Emulator, client: AsyncQovery) -> None:
    role = await client.custom_roles.create({"name": "looks"})
    made = await client.api_tokens.create({"name": "looks", "role_id": role.id})
    assert (await status(emulator, made.token, "/service/logs"))[0] == 101
    assert (await status(emulator, made.token, "/shell/exec"))[0] == 403


async def test_a_policy_decides_by_the_path_of_a_stream(emulator: Emulator, client: AsyncQovery) -> None:
    made = await client.policy_api_tokens.create({"name": "reader", "opa_policy": READER})
    assert (await status(emulator, made.token, "/service/pods"))[0] == 101
    for path in (*ACTING, "/deployment/logs", "/cluster/status"):
        assert (await status(emulator, made.token, path))[0] == 401


async def test_a_deleted_token_opens_nothing(emulator: Emulator, client: AsyncQovery) -> None:
    made = await client.api_tokens.create({"name": "ci", "role_id": None})
    await client.api_tokens.delete(made.id)
    assert (await status(emulator, made.token, "/service/pods"))[0] == 401


async def test_objects_of_another_organization_are_refused(emulator: Emulator, client: AsyncQovery) -> None:
    own = everything(emulator)
    other = emulator.tokens.accept("qov_theirs", organizations=frozenset(["elsewhere"]))
    assert (await status(emulator, other.token, "/shell/exec"))[0] == 403
    elsewhere = await client.projects.create({"name": "elsewhere"})
    for wrong in (
        {"service": own["project"]},
        {"cluster": own["service"]},
        {"project": elsewhere.id},
        {"organization": own["environment"]},
    ):
        assert (await status(emulator, emulator.token, "/shell/exec", **wrong))[0] == 403


async def test_handshakes_and_requests_draw_on_one_budget() -> None:
    async with Emulator(world="demo", rate_limit=3, speed=None) as emulator:
        seen: list[Any] = []
        for path in ("/service/pods", "/shell/exec"):
            code, headers = await status(emulator, emulator.token, path)
            seen.append((code, headers["X-RateLimit-Remaining"]))
        code, headers = await status(emulator, emulator.token, "/service/pods", service="nowhere")
        seen.append((code, headers["X-RateLimit-Remaining"]))
        code, headers = await status(emulator, emulator.token, "/service/pods")
        seen.append((code, headers["X-RateLimit-Limit"]))
        assert seen == [(101, "2"), (101, "1"), (403, "0"), (429, "3")]
        async with AsyncQovery(emulator.token, base_url=emulator.url, retries=NO_RETRIES) as client:
            with pytest.raises(RateLimited):
                await client.organizations.list()
        emulator.clock.advance(3600)
        assert (await status(emulator, emulator.token, "/service/pods"))[0] == 101
