"""Faults that answer with success: with what was true before, or with what a newer API would say."""

from __future__ import annotations

import pytest

from qovery_async.emulator import Fault, Faults
from tests.support.faulty_api import Api, api

pytestmark = pytest.mark.anyio


class TestStale:
    """A GET returns what was true before."""

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
    """Responses as a newer API would send them."""

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
