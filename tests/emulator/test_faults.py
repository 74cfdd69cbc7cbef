"""Trouble on demand: whom it strikes, what it looks like on the wire, and whether the request took effect."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, nullcontext
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import aiohttp
import anyio
import attrs
import pytest
from aiohttp import web
from aiohttp.typedefs import Handler

from qovery_async.emulator.faults.kinds import Fault
from qovery_async.emulator.faults.rules import Faults, matches, strikes
from qovery_async.emulator.http.keys import CALL

pytestmark = pytest.mark.anyio


@attrs.define
class Api:
    """A little API behind faults: GET tells how often POST took effect, and names its call in a header."""

    faults: Faults
    url: str = ""
    port: int = 0
    effects: int = 0
    gone: bool = False

    async def get(self, request: web.Request) -> web.Response:
        if self.gone:
            raise web.HTTPNotFound
        body = {
            "results": [{"id": "a1", "state": "DEPLOYED", "key": "DATABASE_URL", "effects": self.effects}],
            "mode": "PRODUCTION",
            "kind": "terraform",
        }
        return web.json_response(body, headers={"X-Kept": "yes"})

    async def post(self, request: web.Request) -> web.Response:
        await request.read()
        self.effects += 1
        return web.json_response({"effects": self.effects}, status=201)

    async def delete(self, request: web.Request) -> web.Response:
        self.gone = True
        return web.Response(status=204)

    async def empty(self, request: web.Request) -> web.Response:
        return web.Response(status=204)

    async def ask(self, method: str = "GET", call: str = "projects.list", path: str = "/thing") -> Reply:
        """One request over a connection of its own."""
        async with (
            aiohttp.ClientSession() as session,
            session.request(method, self.url + path, headers={"X-Call": call}) as response,
        ):
            text = await response.text()
            return Reply(response.status, response.headers, text, response.content_type)

    async def raw(self, method: str = "GET") -> bytes:
        """What comes over the wire until the connection ends; raises `ConnectionResetError` where it is reset."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            writer.write(f"{method} /thing HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nbody".encode())
            return await reader.read()
        finally:
            writer.close()


@attrs.frozen
class Reply:
    status: int
    headers: Any
    text: str
    kind: str

    @property
    def json(self) -> Any:
        return json.loads(self.text)


@asynccontextmanager
async def api(faults: Faults | None = None) -> AsyncGenerator[Api]:
    served = Api(faults or Faults())

    @web.middleware
    async def naming(request: web.Request, handler: Handler) -> web.StreamResponse:
        if "X-Call" in request.headers:
            request[CALL] = request.headers["X-Call"]
        response = await handler(request)
        if not response.prepared:
            response.headers["X-Added"] = "by the API"
        return response

    app = web.Application(middlewares=[naming, served.faults.middleware])
    app.router.add_get("/thing", served.get)
    app.router.add_post("/thing", served.post)
    app.router.add_delete("/thing", served.delete)
    app.router.add_get("/empty", served.empty)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    served.port = runner.addresses[0][1]
    served.url = f"http://127.0.0.1:{served.port}"
    try:
        with anyio.fail_after(10):
            yield served
    finally:
        await runner.cleanup()


async def test_without_rules_nothing_happens() -> None:
    async with api() as served:
        reply = await served.ask()
        assert (reply.status, reply.headers["X-Kept"]) == (200, "yes")


async def test_a_rule_strikes_only_its_calls_and_only_so_often() -> None:
    async with api() as served:
        rule = served.faults.add(Fault.status(503), call="projects.*", count=2)
        statuses = [(await served.ask(call=call)).status for call in ("environments.list", *["projects.list"] * 4)]
        assert statuses == [200, 503, 503, 200, 200]
        assert rule.inflicted == 2
        assert rule.seen == 2, "a spent rule looks at nothing"


async def test_clear_takes_all_rules_away() -> None:
    async with api() as served:
        served.faults.add(Fault.status(500))
        assert (await served.ask()).status == 500
        served.faults.clear()
        assert (await served.ask()).status == 200
        assert served.faults.rules == ()


@pytest.mark.parametrize(
    ("pattern", "call", "expected"),
    [
        (None, "projects.list", True),
        (None, None, True),
        ("projects.list", "projects.list", True),
        ("projects.list", "projects.list_all", False),
        ("projects.*", "projects.environments.list", True),
        ("*.delete", "projects.delete", True),
        ("*", None, False),
    ],
)
def test_calls_match_by_name_or_glob(pattern: str | None, call: str | None, expected: object) -> None:
    assert matches(pattern, call) is expected


def test_the_same_seed_strikes_the_same_calls() -> None:
    one, again, other = ([strikes(seed, nth, 0.3) for nth in range(2000)] for seed in ("7/0", "7/0", "8/0"))
    assert one == again != other
    assert 0.25 < sum(one) / 2000 < 0.35
    assert not any(strikes("7/0", nth, 0.0) for nth in range(100))


async def test_who_is_struck_depends_on_the_seed_and_not_on_other_rules() -> None:
    async def statuses(*before: Fault, seed: int) -> list[int]:
        async with api(Faults(seed)) as served:
            for fault in before:
                served.faults.add(fault, call="nobody.*")
            served.faults.add(Fault.status(502), probability=0.5, seed=seed)
            return [(await served.ask()).status for _ in range(12)]

    alone = await statuses(seed=3)
    assert {200, 502} == set(alone)
    assert await statuses(Fault.drop(), Fault.latency(1), seed=3) == alone
    assert await statuses(seed=4) != alone


@pytest.mark.parametrize("options", [{"probability": 1.1}, {"probability": -0.1}, {"count": 0}])
def test_nonsense_is_refused(options: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="must be"):
        Faults().add(Fault.drop(), **options)


@pytest.mark.parametrize("options", [{}, {"answers": 1, "seconds": 1}, {"answers": 0}, {"answers": 65}])
def test_stale_by_nothing_is_refused(options: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="stale: "):
        Fault.stale(**options)


@pytest.mark.parametrize(
    ("fault", "effects"),
    [
        (Fault.status(500), 0),
        (Fault.status(500, when="after"), 1),
        (Fault.rate_limited(), 0),
        (Fault.rate_limited(when="after"), 1),
        (Fault.not_json(), 1),
        (Fault.not_json(502, when="before"), 0),
        (Fault.drop(), 0),
        (Fault.drop(when="after"), 1),
        (Fault.reset(), 1),
        (Fault.reset(when="before"), 0),
        (Fault.truncated(), 1),
    ],
    ids=str,
)
async def test_a_fault_says_whether_the_request_took_effect(fault: Fault, effects: int) -> None:
    async with api() as served:
        rule = served.faults.add(fault)
        broken = fault.name in {"drop", "reset", "truncated"}
        with pytest.raises(aiohttp.ClientError) if broken else nullcontext():
            await served.ask("POST")
        assert served.effects == effects == (1 if fault.when == "after" else 0)
        assert rule.inflicted == 1


class TestErrors:
    """An error takes the place of the answer."""

    @pytest.mark.parametrize(
        ("shape", "kind"),
        [
            ("detail", "application/json"),
            ("message", "application/json"),
            ("html", "text/html"),
            ("text", "text/plain"),
            ("empty", "application/octet-stream"),
        ],
    )
    async def test_has_the_shape_that_was_chosen(self, shape: Any, kind: str) -> None:
        async with api() as served:
            served.faults.add(Fault.status(503, shape=shape, detail="Try later", headers={"X-Extra": "1"}))
            reply = await served.ask()
            assert (reply.status, reply.kind, reply.headers["X-Extra"]) == (503, kind, "1")
            if shape == "detail":
                assert reply.json == {"status": 503, "detail": "Try later"}
            elif shape == "message":
                assert reply.json.keys() == {"status", "error", "message", "timestamp", "path"}
                assert (reply.json["error"], reply.json["path"]) == ("Service Unavailable", "/thing")
            else:
                assert ("Try later" in reply.text) is (shape != "empty")

    async def test_is_not_the_api_s_own(self) -> None:
        async with api() as served:
            served.faults.add(Fault.status(503), count=1)
            served.faults.add(Fault.unknown_keys())
            replies = [await served.ask(), await served.ask()]
            assert ["X-Added" in reply.headers for reply in replies] == [False, True]

    async def test_may_have_a_status_without_a_name(self) -> None:
        async with api() as served:
            served.faults.add(Fault.status(599))
            assert (await served.ask()).json == {"status": 599, "detail": "Status 599"}

    async def test_too_many_requests_say_nothing_more_unless_told_to(self) -> None:
        async with api() as served:
            served.faults.add(Fault.rate_limited())
            reply = await served.ask()
            assert reply.status == 429
            assert not {"Retry-After", "X-RateLimit-Reset"} & set(reply.headers)

    async def test_retry_after_is_in_seconds_or_a_date(self) -> None:
        async with api() as served:
            served.faults.add(Fault.rate_limited(retry_after=7), count=1)
            served.faults.add(Fault.rate_limited(retry_after=60, as_date=True), count=1)
            assert (await served.ask()).headers["Retry-After"] == "7"
            date = parsedate_to_datetime((await served.ask()).headers["Retry-After"])
            assert 55 < (date - datetime.now(UTC)).total_seconds() <= 60

    async def test_reset_is_a_time_or_a_delay(self) -> None:
        async with api() as served:
            served.faults.add(Fault.rate_limited(reset=60), count=1)
            served.faults.add(Fault.rate_limited(reset=60, reset_as_delay=True), count=1)
            first, second = await served.ask(), await served.ask()
            assert 55 < int(first.headers["X-RateLimit-Reset"]) - time.time() <= 60
            assert first.headers["X-RateLimit-Remaining"] == "0"
            assert second.headers["X-RateLimit-Reset"] == "60"

    async def test_of_the_handler_pass_as_they_are(self) -> None:
        async with api() as served:
            rule = served.faults.add(Fault.unknown_enums())
            assert (await served.ask(path="/nowhere")).status == 404
            assert rule.inflicted == 0


class TestConnections:
    """What a raw socket sees."""

    async def test_dropped_ends_in_order_without_a_byte(self) -> None:
        async with api() as served:
            served.faults.add(Fault.drop())
            assert await served.raw() == b""
            assert await served.raw("POST") == b""

    async def test_dropped_after_the_effect_ends_without_a_byte_too(self) -> None:
        async with api() as served:
            served.faults.add(Fault.drop(when="after"))
            assert await served.raw("POST") == b""
            assert served.effects == 1

    @pytest.mark.parametrize("when", ["before", "after"])
    async def test_reset_is_a_reset(self, when: Any) -> None:
        async with api() as served:
            served.faults.add(Fault.reset(when=when))
            with pytest.raises(ConnectionResetError):
                await served.raw()

    async def test_reset_strikes_in_the_middle_of_the_answer(self) -> None:
        async with api() as served:
            served.faults.add(Fault.reset())
            reader, writer = await asyncio.open_connection("127.0.0.1", served.port)
            writer.write(b"GET /thing HTTP/1.1\r\nHost: x\r\n\r\n")
            head = await reader.readuntil(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 200")
            with pytest.raises(ConnectionResetError):
                await reader.read()
            writer.close()

    async def test_truncated_promises_more_than_it_sends(self) -> None:
        async with api() as served:
            served.faults.add(Fault.truncated())
            head, _, body = (await served.raw()).partition(b"\r\n\r\n")
            promised = int(head.lower().partition(b"content-length:")[2].split()[0])
            assert len(body) == promised // 2 > 0
            with pytest.raises(aiohttp.ClientPayloadError):
                await served.ask()

    async def test_truncated_needs_a_body(self) -> None:
        async with api() as served:
            rule = served.faults.add(Fault.truncated())
            assert (await served.ask(path="/empty")).status == 204
            assert rule.inflicted == 0

    async def test_not_json_is_a_page(self) -> None:
        async with api() as served:
            served.faults.add(Fault.not_json())
            reply = await served.ask()
            assert (reply.status, reply.kind) == (200, "text/html")
            assert reply.text.startswith("<!DOCTYPE html>")


class TestLatency:
    """Time passes before the request takes effect, or after."""

    @pytest.mark.parametrize(("when", "effects"), [("before", 0), ("after", 1)])
    async def test_who_gives_up_knows_by_the_rule_what_has_happened(self, when: Any, effects: int) -> None:
        async with api() as served:
            served.faults.add(Fault.latency(0.4, when))
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.2):
                    await served.ask("POST")
            await asyncio.sleep(0.3)
            assert served.effects == effects

    async def test_adds_up_with_other_trouble(self) -> None:
        async with api() as served:
            served.faults.add(Fault.latency(0.05))
            served.faults.add(Fault.latency(0.05))
            served.faults.add(Fault.status(504))
            start = time.perf_counter()
            assert (await served.ask()).status == 504
            assert time.perf_counter() - start >= 0.1

    async def test_counts_while_it_still_lasts(self) -> None:
        async with api() as served:
            rule = served.faults.add(Fault.latency(0.1), count=1)
            await asyncio.gather(*(served.ask() for _ in range(5)))
            assert rule.inflicted == 1


class TestStale:
    """A GET answers with what was true before."""

    async def effects(self, served: Api) -> int:
        return int((await served.ask()).json["results"][0]["effects"])

    async def test_by_answers(self) -> None:
        async with api() as served:
            served.faults.add(Fault.stale(answers=2))
            seen: list[int] = []
            for _ in range(5):
                seen.append(await self.effects(served))
                await served.ask("POST")
            assert seen == [0, 0, 0, 1, 2]

    async def test_by_seconds(self) -> None:
        now = 100.0
        async with api(Faults(now=lambda: now)) as served:
            rule = served.faults.add(Fault.stale(seconds=10))
            seen: list[int] = []
            for now in (100.0, 105.0, 110.0, 116.0, 200.0):  # noqa: B007  the clock reads it
                seen.append(await self.effects(served))
                await served.ask("POST")
            assert seen == [0, 0, 0, 1, 3]
            assert rule.inflicted == 4

    async def test_tells_apart_what_was_asked(self) -> None:
        async with api() as served:
            served.faults.add(Fault.stale(answers=1))
            await served.ask(path="/thing?a=1")
            await served.ask("POST")
            assert await self.effects(served) == 1

    async def test_finds_what_is_gone(self) -> None:
        async with api() as served:
            served.faults.add(Fault.stale(answers=1))
            await served.ask()
            await served.ask("DELETE")
            assert [(await served.ask()).status for _ in range(2)] == [200, 404]

    async def test_leaves_other_methods_alone(self) -> None:
        async with api() as served:
            served.faults.add(Fault.stale(answers=1))
            assert [(await served.ask("POST")).json["effects"] for _ in range(3)] == [1, 2, 3]


class TestUnknown:
    """Answers from a newer API."""

    async def test_enum_values(self) -> None:
        async with api() as served:
            served.faults.add(Fault.unknown_enums())
            reply = await served.ask()
            body = reply.json
            assert (body["mode"], body["results"][0]["state"]) == ("FROM_THE_FUTURE", "FROM_THE_FUTURE")
            assert (body["kind"], body["results"][0]["key"]) == ("terraform", "DATABASE_URL")
            assert (reply.status, reply.headers["X-Kept"], reply.kind) == (200, "yes", "application/json")

    async def test_enum_values_of_chosen_keys(self) -> None:
        async with api() as served:
            served.faults.add(Fault.unknown_enums("pulumi", keys=("kind",)))
            body = (await served.ask()).json
            assert (body["kind"], body["mode"]) == ("pulumi", "PRODUCTION")

    async def test_keys_in_every_object(self) -> None:
        async with api() as served:
            served.faults.add(Fault.unknown_keys())
            body = (await served.ask()).json
            assert body["from_the_future"] == body["results"][0]["from_the_future"] == "surprise"

    async def test_both_at_once_and_cut_off(self) -> None:
        async with api() as served:
            served.faults.add(Fault.unknown_keys("a_new_key"))
            served.faults.add(Fault.unknown_enums())
            served.faults.add(Fault.truncated())
            rules = served.faults.rules
            await served.raw()
            assert [rule.inflicted for rule in rules] == [1, 1, 1]
