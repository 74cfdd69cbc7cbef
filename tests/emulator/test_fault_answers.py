"""What does a fault look like on the wire: errors, broken connections, latency?"""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import aiohttp
import pytest

from qovery_async.emulator import Fault
from tests.support.faulty_api import api

pytestmark = pytest.mark.anyio


class TestErrors:
    """An error takes the place of the response."""

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
