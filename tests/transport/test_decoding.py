"""Does decoding end with the timeout, let the loop turn, and stay small, whatever the body becomes?"""

from __future__ import annotations

import asyncio
import gzip
import json
import logging
import time
import tracemalloc
from collections.abc import Callable
from typing import Any

import attrs
import pytest

from qovery_async import (
    AsyncQovery,
    BadRequest,
    DecodeError,
    Model,
    QoveryError,
    RequestTimeout,
    ResponseEvent,
    ResponseTooLarge,
    models,
)
from qovery_async.codec.reader import Codec
from qovery_async.codec.repair import MOST_PLACES
from tests.support.server import PROJECT, TOKEN, Answer, Ask, serve

pytestmark = pytest.mark.anyio

MANY = 20_000
MIB = 2**20


def projects(client: Any) -> Any:
    return client.projects.list(organization_id="o1")


def listing(items: bytes) -> Answer:
    """A list as the API sends it."""
    return compressed(b'{"results": [%b]}' % items)


def nesting(items: bytes) -> Answer:
    """An application that does not fit, with a list in it."""
    return compressed(b'{"id": 1, "ports": [%b]}' % items)


def compressed(body: bytes) -> Answer:
    headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    return Answer(body=gzip.compress(body), headers=headers)


def empties(count: int) -> bytes:
    return b",".join([b"{}"] * count)


def shop(number: int, **changes: Any) -> dict[str, Any]:
    return {**PROJECT, "id": f"p{number}", **changes}


class TestTimeout:
    async def test_is_over_while_a_list_of_misfits_is_decoded(self, ask: Ask) -> None:
        async with serve(listing(empties(240_000))) as server:
            began = time.monotonic()
            with pytest.raises(RequestTimeout, match="the response came, but was not decoded within") as failed:
                await ask(server.url, projects, timeout=0.5)
            assert time.monotonic() - began < 5
            assert str(failed.value).startswith("projects.list: GET http://")
            assert (failed.value.attempts, server.only.method) == (1, "GET")

    async def test_says_that_a_change_may_have_taken_effect(self, ask: Ask) -> None:
        async with serve(nesting(empties(240_000))) as server:
            with pytest.raises(RequestTimeout, match=r"the response came, but .* may have taken effect"):
                await ask(server.url, lambda client: client.applications.create("e1", {"name": "a"}), timeout=0.5)


class TestLoop:
    @pytest.mark.parametrize(
        ("item", "count"),
        [(b"{}", 100_000), (b"5", 100_000), (json.dumps(shop(1)).encode(), 300_000)],
        ids=["empty", "number", "clean"],
    )
    async def test_turns_while_a_long_list_is_decoded(self, item: bytes, count: int) -> None:
        async with serve(listing(b",".join([item] * count))) as server:
            found, turns = await turning(server.url, projects)
        assert len(found) == count
        assert turns > 10

    async def test_turns_while_a_nested_list_is_repaired(self) -> None:
        async with serve(nesting(empties(100_000))) as server:
            application, turns = await turning(server.url, lambda client: client.applications.get("a1"))
        assert len(application.ports) == 100_000
        assert turns > 10


async def turning(url: str, call: Callable[[Any], Any]) -> tuple[Any, int]:
    """The result of a call, and how often the loop turned once its response had come."""
    turns = 0

    async def turn() -> None:
        nonlocal turns
        while True:
            await asyncio.sleep(0)
            turns += 1

    def begin(_: ResponseEvent) -> None:
        nonlocal turns
        turns = 0

    async with AsyncQovery(TOKEN, base_url=url, max_response_bytes=256 * MIB, on_response=begin) as client:
        turner = asyncio.create_task(turn())
        try:
            result = await call(client)
            return result, turns
        finally:
            turner.cancel()


class TestMemory:
    @pytest.mark.parametrize("items", [empties(2 * MIB), b",".join([b"[]"] * (20 * MIB))], ids=["objects", "lists"])
    async def test_is_not_taken_by_a_body_that_becomes_too_much(self, ask: Ask, items: bytes) -> None:
        answer = listing(items)
        assert len(answer.body) < len(items) // 500
        async with serve(answer) as server:
            error, memory = await weighed(ask, server.url)
        assert type(error) is ResponseTooLarge
        assert "so many values" in str(error)
        assert "max_response_bytes" in str(error)
        assert memory < 3 * len(items) + 4 * MIB

    async def test_is_not_taken_by_an_error_either(self, ask: Ask) -> None:
        answer = attrs.evolve(listing(empties(2 * MIB)), status=400)
        async with serve(answer) as server:
            error, memory = await weighed(ask, server.url)
        assert type(error) is BadRequest
        assert memory < 64 * MIB

    async def test_is_there_where_the_limit_was_raised(self, ask: Ask) -> None:
        async with serve(listing(empties(300_000))) as server:
            with pytest.raises(ResponseTooLarge):
                await ask(server.url, lambda client: client.request("GET", "/x"))
            raw = await ask(server.url, lambda client: client.request("GET", "/x"), max_response_bytes=256 * MIB)
        assert len(raw.data["results"]) == 300_000

    async def test_is_not_refused_to_ordinary_json(self, ask: Ask) -> None:
        body = json.dumps({"results": [shop(number) for number in range(MANY)]}).encode()
        async with serve(Answer(body=body)) as server:
            found = await ask(server.url, projects, max_response_bytes=len(body))
        assert [project.id for project in found] == [f"p{number}" for number in range(MANY)]


async def weighed(ask: Ask, url: str) -> tuple[QoveryError, int]:
    """The error of a call, and the most memory that it took."""
    tracemalloc.start()
    try:
        with pytest.raises(QoveryError) as failed:
            await ask(url, projects)
        return failed.value, tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


class TestRepair:
    async def test_reads_a_long_list_with_one_retyped_key(self, ask: Ask, caplog: pytest.LogCaptureFixture) -> None:
        retyped = [shop(number, associated_environments_count=str(number)) for number in range(MANY)]
        async with serve(Answer({"results": retyped})) as server:
            found = await ask(server.url, projects)
        assert [project.associated_environments_count for project in found] == [*range(MANY)]
        (record,) = (r for r in caplog.records if r.levelno == logging.WARNING)
        assert "results[0].associated_environments_count: expected int, got '0'; converted" in record.getMessage()

    async def test_names_the_place_of_one_misfit_in_a_long_list(self, ask: Ask) -> None:
        items = [shop(number) for number in range(MANY)]
        items[12_345]["name"] = items[19_999]["name"] = None
        async with serve(Answer({"results": items})) as server:
            with pytest.raises(DecodeError, match=r"results\[12345\]\.name: expected str, got null \(and 1 more\)"):
                await ask(server.url, projects, strict=True)
            found = await ask(server.url, projects)
        assert [project.id for project in found if project.name is None] == ["p12345", "p19999"]

    def test_gives_up_where_too_many_places_do_not_fit(self) -> None:
        fields = {f"key_{number}": attrs.field(type=int) for number in range(MOST_PLACES + 1)}
        wide: type[Model] = attrs.make_class("Wide", fields, bases=(Model,), kw_only=True)
        few = {f"key_{number}": 1 for number in range(MOST_PLACES)}
        assert Codec().decode(few, wide, operation="test") is not None
        with pytest.raises(DecodeError, match="test: does not fit in more than 1000 places"):
            Codec().decode({}, wide, operation="test")


def test_a_list_is_decoded_alike_in_one_step_and_in_many() -> None:
    items = [shop(number) for number in range(250)]
    codec = Codec(strict=True)
    apart = [codec.decode(item, models.Project, operation="test") for item in items]
    assert codec.decode(items, list[models.Project], operation="test") == apart
