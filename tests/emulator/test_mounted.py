"""Do the WebSockets and faults of a running emulator use the services that it holds?"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import anyio
import pytest
from aiohttp import web
from aiohttp.typedefs import Handler

from qovery_async import NO_RETRIES, AsyncQovery, NotFound, RateLimited, ServerError, models
from qovery_async.emulator import Emulator, Fault

pytestmark = pytest.mark.anyio


@pytest.fixture
async def emulator() -> AsyncIterator[Emulator]:
    async with Emulator(world="demo", rate_limit=None, speed=None) as running:
        yield running


@pytest.fixture
async def session(emulator: Emulator) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(headers={"Authorization": f"Token {emulator.token}"}) as opened:
        yield opened


async def asked(client: AsyncQovery) -> dict[str, str]:
    """What every stream about a service is asked with."""
    service = next(s for s in await client.services.list() if s.service_type == "APPLICATION")
    organization = (await client.organizations.list())[0]
    return {
        "organization": organization.id,
        "cluster": service.cluster_id,
        "project": service.project_id,
        "environment": service.environment_id,
        "service": service.id,
    }


@pytest.mark.parametrize(
    ("path", "key"),
    [
        ("/deployment/status", "environment"),
        ("/service/status", "environments"),
        ("/service/metrics", 0),
        ("/service/pods", "pods"),
        ("/cluster/status", "computed_status"),
        ("/cluster/metrics", "nodes"),
    ],
)
async def test_states_are_told(
    emulator: Emulator, client: AsyncQovery, session: aiohttp.ClientSession, path: str, key: Any
) -> None:
    parameters = {**await asked(client), "service_type": "APPLICATION"}
    async with session.ws_connect(emulator.ws_url + path, params=parameters) as stream:
        with anyio.fail_after(10):
            assert json.loads(await stream.receive_str())[key]


async def test_a_deployment_is_told_as_it_goes(
    emulator: Emulator, client: AsyncQovery, session: aiohttp.ClientSession
) -> None:
    parameters = await asked(client)
    here = {name: parameters[name] for name in ("organization", "project", "environment")}
    await client.environments.deploy(parameters["environment"])
    states, messages = set[str](), list[Any]()
    async with (
        session.ws_connect(f"{emulator.ws_url}/deployment/status", params=here) as status,
        session.ws_connect(f"{emulator.ws_url}/deployment/logs", params=here) as logs,
    ):
        with anyio.fail_after(20):
            while "DEPLOYED" not in states or "DEPLOYING" not in states:
                emulator.clock.advance(1)
                # A second without a change sends nothing.
                with anyio.move_on_after(0.3):
                    states.add(json.loads(await status.receive_str())["environment"]["state"])
            messages += json.loads(await logs.receive_str())
    assert messages


async def test_a_stranger_is_turned_away_at_the_handshake(emulator: Emulator, client: AsyncQovery) -> None:
    parameters = await asked(client)
    async with aiohttp.ClientSession() as nobody:
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await nobody.ws_connect(f"{emulator.ws_url}/service/pods", params=parameters)
        assert refused.value.status == 401


async def test_a_shell_answers(emulator: Emulator, client: AsyncQovery, session: aiohttp.ClientSession) -> None:
    size = {"tty_width": "80", "tty_height": "24", "command[0]": "sh", "command[1]": "-c", "command[2]": "echo hi"}
    async with session.ws_connect(f"{emulator.ws_url}/shell/exec", params={**await asked(client), **size}) as shell:
        with anyio.fail_after(10):
            assert b"hi" in b"".join([frame.data async for frame in shell if isinstance(frame.data, bytes)])


async def test_trouble_comes_as_ordered(emulator: Emulator, client: AsyncQovery) -> None:
    rule = emulator.faults.add(Fault.status(503), call="projects.*", count=2)
    for _ in range(2):
        with pytest.raises(ServerError):
            await client.projects.list()
    assert await client.projects.list()
    assert rule.inflicted == 2
    emulator.faults.add(Fault.rate_limited(retry_after=7), call="services.list", count=1)
    with pytest.raises(RateLimited) as limited:
        await client.services.list()
    assert limited.value.retry_after == 7


async def test_unknown_values_survive_in_a_client(emulator: Emulator, client: AsyncQovery) -> None:
    emulator.faults.add(Fault.unknown_enums("TELEPORTED", keys=("state",)))
    environment = (await client.organizations.list_environments())[0]
    state = (await client.environments.get_status(environment.id)).state
    assert state == "TELEPORTED"
    assert isinstance(state, models.StateEnum)
    assert not state.is_known


async def test_refusals_are_answers_that_trouble_can_strike(emulator: Emulator, client: AsyncQovery) -> None:
    emulator.faults.add(Fault.status(502, when="after"), call="projects.get", count=1)
    with pytest.raises(ServerError):
        await client.projects.get("nobody")
    with pytest.raises(NotFound):
        await client.projects.get("nobody")


async def test_middlewares_see_what_takes_effect() -> None:
    seen: list[tuple[str, int]] = []

    @web.middleware
    async def witness(request: web.Request, handler: Handler) -> web.StreamResponse:
        response = await handler(request)
        seen.append((request.path, response.status))
        return response

    async with (
        Emulator(middlewares=[witness]) as emulator,
        AsyncQovery(emulator.token, base_url=emulator.url, retries=NO_RETRIES) as client,
    ):
        emulator.faults.add(Fault.status(503), call="projects.get")
        emulator.faults.add(Fault.status(503, when="after"), call="organizations.list")
        with pytest.raises(ServerError):
            await client.projects.get("nobody")
        with pytest.raises(ServerError):
            await client.organizations.list()
    assert seen == [("/organization", 200)]


async def test_who_leaves_in_the_middle_of_a_body_is_no_bug(
    emulator: Emulator, caplog: pytest.LogCaptureFixture
) -> None:
    host, _, port = emulator.url.removeprefix("http://").partition(":")
    _, writer = await asyncio.open_connection(host, int(port))
    authorization = f"Authorization: Token {emulator.token}"
    writer.write(
        f"POST /organization HTTP/1.1\r\nHost: localhost\r\n{authorization}\r\nContent-Length: 9\r\n\r\n{{".encode()
    )
    await asyncio.sleep(0.05)
    writer.close()
    await asyncio.sleep(0.05)
    assert not caplog.records
