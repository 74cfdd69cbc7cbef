"""Which callers does the emulator let in, and what does it say to those that it refuses?"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import anyio
import pytest

from qovery_async import AsyncQovery, Forbidden, RateLimited, Unauthorized
from qovery_async.emulator import Emulator
from tests.support.server import SECONDS

pytestmark = pytest.mark.anyio

JWT = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0.x"


async def ask(emulator: Emulator, path: str, *, authorization: str | None, method: str = "GET") -> tuple[int, Any]:
    headers = {"Authorization": authorization} if authorization else {}
    async with aiohttp.request(method, emulator.url + path, headers=headers) as answer:
        return answer.status, await answer.json()


@pytest.mark.parametrize("authorization", [None, "Token", "Token wrong", "Basic eA==", "Bearer opaque", "x"])
async def test_strangers_are_refused(emulator: Emulator, authorization: str | None) -> None:
    status, body = await ask(emulator, "/organization", authorization=authorization)
    assert (status, body["status"]) == (401, 401)
    assert body["detail"]


async def test_no_request_is_logged(emulator: Emulator, caplog: pytest.LogCaptureFixture) -> None:
    """The addresses of shells hold their commands, and with them passwords."""
    with caplog.at_level("DEBUG"):
        await ask(emulator, "/shell/exec?command[0]=hunter2", authorization=f"Token {emulator.token}")
    assert "hunter2" not in caplog.text


async def test_only_addresses_need_no_token(emulator: Emulator) -> None:
    status, _ = await ask(emulator, "/ips", authorization=None)
    assert status == 200


async def test_people_come_as_bearers_and_see_every_organization(emulator: Emulator, client: AsyncQovery) -> None:
    async with AsyncQovery(JWT, base_url=emulator.url) as person:
        made = await person.organizations.create({"name": "other", "plan": "FREE"})
        assert {one.name for one in await person.organizations.list()} == {"acme", "other"}
        project = await person.projects.create({"name": "theirs"}, organization_id=made.id)
    assert [one.name for one in await client.organizations.list()] == ["acme"]
    with pytest.raises(Forbidden):
        await client.projects.get(project.id)
    with pytest.raises(Forbidden):
        await client.projects.list(organization_id=made.id)


async def token_of(emulator: Emulator, client: AsyncQovery, role: str) -> AsyncQovery:
    roles = {role.name: role.id for role in await client.organizations.list_available_roles()}
    made = await client.api_tokens.create({"name": f"as {role}", "role_id": roles[role]})
    assert made.token
    return AsyncQovery(made.token, base_url=emulator.url)


async def test_viewers_only_look(emulator: Emulator, client: AsyncQovery) -> None:
    async with await token_of(emulator, client, "Viewer") as viewer:
        assert await viewer.projects.list()
        with pytest.raises(Forbidden, match="only allows to read"):
            await viewer.projects.create({"name": "new"})
    async with await token_of(emulator, client, "Admin") as admin:
        await admin.projects.create({"name": "new"})


async def test_a_token_is_told_once_and_ends_with_its_deletion(emulator: Emulator, client: AsyncQovery) -> None:
    made = await client.api_tokens.create({"name": "ci", "role_id": None})
    assert made.token
    own, listed = await client.api_tokens.list()
    assert (own.name, own.role_name) == ("emulator", "Admin")
    assert (listed.id, listed.extra) == (made.id, {})
    await client.api_tokens.delete(made.id)
    async with AsyncQovery(made.token, base_url=emulator.url) as late:
        with pytest.raises(Unauthorized):
            await late.organizations.list()


async def test_a_policy_refuses_with_401(emulator: Emulator, client: AsyncQovery) -> None:
    policy = 'default allow := false\nallow if input.request.method == "GET"\n'
    made = await client.policy_api_tokens.create({"name": "reader", "opa_policy": policy})
    assert (made.token or "").startswith("sk-qov-01-")
    async with AsyncQovery(made.token, base_url=emulator.url) as reader:
        assert await reader.projects.list()
        with pytest.raises(Unauthorized, match="policy"):
            await reader.projects.create({"name": "new"})


async def test_errors_of_before() -> None:
    async with Emulator(error_style="message") as emulator:
        status, body = await ask(emulator, "/project/nowhere", authorization=f"Token {emulator.token}")
    assert status == 404
    assert body.keys() == {"status", "error", "message", "timestamp", "path"}
    assert (body["error"], body["path"]) == ("Not Found", "/project/nowhere")


async def test_a_token_has_so_many_requests_an_hour() -> None:
    def limits(headers: Mapping[str, str]) -> tuple[str, str]:
        assert int(headers["X-RateLimit-Reset"]) > 1_700_000_000
        return headers["X-RateLimit-Limit"], headers["X-RateLimit-Remaining"]

    async with Emulator(rate_limit=2) as emulator:
        headers = {"Authorization": f"Token {emulator.token}"}
        async with aiohttp.ClientSession(headers=headers) as session:
            answers = [await session.get(f"{emulator.url}/organization") for _ in range(3)]
        assert [answer.status for answer in answers] == [200, 200, 429]
        assert [limits(answer.headers) for answer in answers] == [("2", "1"), ("2", "0"), ("2", "0")]
        async with AsyncQovery(emulator.token, base_url=emulator.url) as client:
            with pytest.raises(RateLimited):
                await client.organizations.list()


@asynccontextmanager
async def limited(speed: float | None) -> AsyncIterator[tuple[Emulator, aiohttp.ClientSession]]:
    """An emulator that allows one request an hour, and a session with its token."""
    async with Emulator(rate_limit=1, speed=speed) as emulator:
        headers = {"Authorization": f"Token {emulator.token}"}
        async with aiohttp.ClientSession(emulator.url, headers=headers) as session:
            with anyio.fail_after(SECONDS):
                yield emulator, session


async def status_and_reset(session: aiohttp.ClientSession) -> tuple[int, float]:
    """The status of the response, and the seconds of real time until the hour ends, as its header says."""
    async with session.get("/organization") as answer:
        assert "Retry-After" not in answer.headers
        return answer.status, int(answer.headers["X-RateLimit-Reset"]) - time.time()


async def test_the_hour_stands_still_with_the_clock() -> None:
    async with limited(speed=None) as (emulator, session):
        assert [(await status_and_reset(session))[0] for _ in range(2)] == [200, 429]
        emulator.clock.advance(3599)
        status, left = await status_and_reset(session)
        assert (status, left) == (429, pytest.approx(1, abs=1.1))
        emulator.clock.advance(1)
        status, left = await status_and_reset(session)
        assert (status, left) == (200, pytest.approx(3600, abs=1.1))


async def test_the_hour_passes_with_the_speed_of_the_clock() -> None:
    async with limited(speed=600) as (_, session):
        await status_and_reset(session)
        status, left = await status_and_reset(session)
        assert status == 429
        assert left == pytest.approx(6, abs=1.1)
    async with limited(speed=36_000) as (_, session):
        statuses: list[int] = []
        while statuses.count(200) < 2:
            statuses.append((await status_and_reset(session))[0])
            await asyncio.sleep(0.02)
        assert statuses[1] == 429


async def test_when_the_hour_is_said_to_end_it_has_ended() -> None:
    async with limited(speed=36_000) as (_, session):
        await status_and_reset(session)
        _, left = await status_and_reset(session)
        await asyncio.sleep(left)
        assert (await status_and_reset(session))[0] == 200
