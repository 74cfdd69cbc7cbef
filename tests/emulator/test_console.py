"""What does the console of the emulator show, and what does it change? Asked without a browser."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest

from qovery_async import NO_RETRIES, AsyncQovery, Conflict, ServerError
from qovery_async.emulator import Fault
from tests.support.consoles import BROWSER, act, detail, following, page, until, visited

pytestmark = pytest.mark.anyio


async def test_the_page_shows_projects_environments_and_services_with_their_states() -> None:
    async with visited() as (_, session):
        text = await page(session)
    assert "<title>acme - Qovery emulator</title>" in text
    assert re.findall(r"<h3>(\w+)</h3>", text) == ["shop", "payments", "analytics", "platform"]
    assert text.count("<article>") == 12
    assert '<span class="name">storefront</span><span class="state good">Deployed</span>' in text


async def test_programs_get_no_page() -> None:
    async with visited() as (_, session):
        for accept in ("*/*", "application/json"):
            async with session.get("/", headers={"Accept": accept}) as response:
                assert response.status == 404
                assert "a browser gets the console" in detail(await response.text())


async def test_a_deployment_is_seen_as_it_goes() -> None:
    async with visited() as (emulator, session), AsyncQovery(emulator.token, base_url=emulator.url) as client:
        staging = await client.find.environment("shop/staging")
        async with following(session, "?find=shop+staging") as parts:
            assert "Build error" in await until(parts, "organization", "staging")
            await client.environments.deploy(staging.id)
            emulator.clock.advance(5)
            assert "Queued" in await until(parts, "organization", "Deploying")
            emulator.clock.advance(60)
            assert (await until(parts, "organization", "Deployed")).count('"state good">Deployed') == 5
            await client.environments.update(staging.id, {"name": "staging-2"})
            assert "storefront" in await until(parts, "organization", "<h4>staging-2</h4>")


async def test_only_what_has_changed_is_sent() -> None:
    async with visited() as (emulator, session), following(session) as parts:
        first = [(await anext(parts))[0] for _ in range(4)]
        assert first == ["clock", "organization", "requests", "faults"]
        emulator.clock.advance(1)
        emulator.clock.advance(1)
        name, markup = await anext(parts)
        assert name == "clock"
        assert "2026-01-05 09:00:0" in markup
        async with session.get("/organization"):
            pass
        assert await until(parts, "requests", "/organization")


async def test_requests_are_shown_with_their_status_and_never_with_a_token() -> None:
    async with visited(token="a-token-of-no-known-form") as (emulator, session):
        client = AsyncQovery(emulator.token, base_url=emulator.url)
        async with client:
            await client.projects.list()
        async with session.get(f"/project/{emulator.token}?key={emulator.token}") as response:
            assert response.status == 401
        async with session.get("/project/qov_0123456789abcdef", headers={"Authorization": "Token nobody"}) as response:
            assert response.status == 401
        async with session.get("/organization", headers={"Host": "evil.example"}) as response:
            assert response.status == 403
        text = await page(session)
    shown = html.unescape(re.sub(r"<[^>]+>", " ", text.partition('id="requests"')[2]))
    rows = re.findall(r"(GET|POST)\s+(\S+)\s+[\d:]+\s+(\d+)\s+[\d.]+ ms", shown)
    assert rows[:3] == [
        ("GET", "/organization", "403"), ("GET", "/project/[token]", "401"), ("GET", "/project/[token]", "401"),
    ]  # fmt: skip
    assert re.fullmatch(r"/organization/[\w-]+/project", rows[3][1])
    assert emulator.token not in text
    assert "qov_0123456789abcdef" not in text


async def test_requests_that_are_kept_are_bounded() -> None:
    async with visited() as (_, session):
        for number in range(300):
            async with session.get(f"/{number:03}/{'x' * 1000}"):
                pass
        text = await page(session)
    assert "/299/xxx" in text
    assert "/200/xxx" not in text
    assert "x" * 200 not in text


async def test_the_clock_is_advanced() -> None:
    async with visited() as (emulator, session):
        before = emulator.clock.now()
        assert await act(session, "clock", {"seconds": "90"}) == (200, "The clock was advanced by 90 s.")
        assert (emulator.clock.now() - before).total_seconds() == 90
        assert await act(session, "clock", {"seconds": "1"}, **BROWSER) == (303, "")
        for wrong in ("", "-1", "nan", "inf", "1e300", "x" * 999):
            status, text = await act(session, "clock", {"seconds": wrong})
            assert status == 400
            assert detail(text).startswith("seconds: must be a number from 0 to ")
            assert len(text) < 200
        assert (emulator.clock.now() - before).total_seconds() == 91


async def test_a_running_clock_skips_ahead() -> None:
    async with visited(speed=1) as (emulator, session):
        async with AsyncQovery(emulator.token, base_url=emulator.url) as client:
            staging = await client.find.environment("shop/staging")
            await client.environments.deploy(staging.id)
            assert (await act(session, "clock", {"seconds": "600"}))[0] == 200
            status = await client.environments.get_status(staging.id)
        assert status.state == "DEPLOYED"


async def test_faults_are_injected_and_removed() -> None:
    async with (
        visited() as (emulator, session),
        AsyncQovery(emulator.token, base_url=emulator.url, retries=NO_RETRIES) as client,
    ):
        form = {"kind": "status", "amount": "503", "call": "projects.*", "probability": "1", "count": "1"}
        said = await act(session, "faults", form)
        assert said == (200, "Injected: status 503 for projects.*.")
        await client.organizations.list()
        with pytest.raises(ServerError):
            await client.projects.list()
        await client.projects.list()
        assert "status 503 for projects.*, at most 1: struck 1 of 1" in await page(session)
        await act(session, "faults", {"kind": "status", "amount": "409", "seconds": "60"})
        with pytest.raises(Conflict):
            await client.organizations.list()
        text = await page(session)
        assert "status 409 for all requests, for 60 s more" in text, "the console itself is not struck"
        assert await act(session, "faults/clear", {}) == (200, "All faults were removed.")
        await client.organizations.list()


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({}, "kind: must be one of status, latency"),
        ({"kind": "plague"}, "kind: must be one of status, latency"),
        ({"kind": "status", "amount": "99"}, "a status is from 200 to 599, got 99"),
        ({"kind": "latency", "amount": "much"}, "amount: must be a number from 0"),
        ({"kind": "drop", "probability": "2"}, "probability must be between 0 and 1"),
        ({"kind": "drop", "count": "0"}, "count must be at least 1"),
        ({"kind": "drop", "seconds": "0"}, "seconds must be a finite number above 0"),
        ({"kind": "stale", "amount": "65"}, "answers must be between 1 and 64"),
        ({"kind": "drop", "call": "x" * 201}, "call: must be an operation or a pattern"),
    ],
)
async def test_a_fault_that_cannot_be_is_refused(form: dict[str, str], said: str) -> None:
    async with visited() as (emulator, session):
        status, text = await act(session, "faults", form)
        assert status == 400
        assert said in detail(text)
        assert emulator.faults.rules == ()


async def test_an_unknown_action_is_refused() -> None:
    async with visited() as (_, session):
        status, text = await act(session, "launch", {})
        assert (status, detail(text)[:14]) == (404, "no such action")


async def test_the_duration_of_a_request_is_in_milliseconds() -> None:
    async with visited() as (emulator, session):
        emulator.faults.add(Fault.latency(0.2), count=1)
        async with session.get("/organization", headers={"Authorization": f"Token {emulator.token}"}):
            pass
        (shown,) = re.findall(r"([\d.]+) ms", await page(session))
    assert 200 <= float(shown) < 10_000


async def test_services_that_are_out_of_date_say_so() -> None:
    async with visited() as (emulator, session), AsyncQovery(emulator.token, base_url=emulator.url) as client:
        production = await client.find.environment("shop/production")
        assert "out of date" not in await page(session)
        where: Any = {"variable_scope": "ENVIRONMENT", "variable_parent_id": production.id}
        await client.variables.create({"key": "NEW", "value": "1", "is_secret": False, **where})
        assert "out of date" in await page(session)
        await client.environments.deploy(production.id)
        emulator.clock.run_out()
        assert "out of date" not in await page(session)
