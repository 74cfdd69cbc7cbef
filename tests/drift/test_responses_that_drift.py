"""Is anything lost when the API is not the one that the SDK was generated from?

Servers here are older, newer or odd. Nothing that they send is lost or silently empty, and no call raises, unless the
client is strict or the list that an operation returns cannot be found.
"""

from __future__ import annotations

import json
import os
import random
import re
from collections.abc import AsyncGenerator, Iterator
from contextlib import asynccontextmanager
from operator import attrgetter
from pathlib import Path
from typing import Any

import anyio.to_thread
import attrs
import pytest

from codegen.decisions.named import Operation
from qovery_async import NO_RETRIES, AsyncQovery, DecodeError, Page, WithResponse, to_json
from qovery_sync import Qovery
from tests.support import older
from tests.support.answers import Answers, response
from tests.support.drifted import NOWHERE, drifted, list_in
from tests.support.lossless import lost, unfaithful
from tests.support.samples import Sample
from tests.support.server import TOKEN, Answer, serve

pytestmark = pytest.mark.anyio

SEED = int(os.environ.get("QOVERY_DRIFT_SEED", "1"))
"""Another seed tries other places; a failure names the one that it had."""

API = older.named(older.TODAY)
READABLE = [operation for operation in API.operations if response(operation)]
LISTING = {o.call for o in READABLE for found in [response(o)] if found and (found.items or o.lists)}


@attrs.define
class Place:
    """A server that sends the current `body` to every request, and clients of it."""

    clients: dict[bool, AsyncQovery]
    """By whether they are strict."""
    blocking: Qovery
    body: Any = None

    async def ask(self, operation: Operation, body: Any, *, strict: bool = False) -> WithResponse[Any] | DecodeError:
        client = self.clients[strict]
        self.body = body
        try:
            return await client.with_response(attrgetter(operation.call)(client))(**_arguments(operation))
        except DecodeError as error:
            return error

    async def ask_blocking(self, operation: Operation, body: Any) -> WithResponse[Any] | DecodeError:
        self.body = body
        return await anyio.to_thread.run_sync(self._ask_blocking, operation)

    def _ask_blocking(self, operation: Operation) -> WithResponse[Any] | DecodeError:
        client = self.blocking
        try:
            return client.with_response(attrgetter(operation.call)(client))(**_arguments(operation))
        except DecodeError as error:
            return error


@asynccontextmanager
async def place() -> AsyncGenerator[Place]:
    def current(_: object) -> Any:
        return Answer(made.body).response()

    async with serve(current) as server:
        options: dict[str, Any] = {"base_url": server.url, "retries": NO_RETRIES}
        async with AsyncQovery(TOKEN, **options) as tolerant, AsyncQovery(TOKEN, strict=True, **options) as strict:
            blocking = Qovery(TOKEN, **options)
            made = Place({False: tolerant, True: strict}, blocking)
            yield made
            await anyio.to_thread.run_sync(blocking.close)


def _arguments(operation: Operation) -> dict[str, Any]:
    sample = Sample()
    body = sample.body(operation)
    query = {parameter.name: value for parameter, value in sample.query(operation).items()}
    return {**sample.path_values(operation), **query, **({} if body is None else {"body": body})}


def faults(
    operation: Operation, sent: Any, got: WithResponse[Any] | DecodeError, *, strict: bool = False
) -> Iterator[str]:
    """What became of a response against the rules."""
    whole = list_in(operation, sent) if operation.call in LISTING else sent
    if isinstance(got, DecodeError):
        if whole is not NOWHERE and not strict:
            yield f"raised {got}"
        return
    if whole is NOWHERE:
        yield f"returned {got.result!r:.100} where no list can be found"
        return
    result: Any = got.result.items if isinstance(got.result, Page) else got.result
    yield from lost(whole, json.loads(to_json(result)))
    yield from unfaithful(result)
    if json.loads(got.body) != sent:
        yield "with_response has another body"


def told(operation: Operation, sent: Any, found: list[str]) -> list[str]:
    return [f"seed {SEED}, {operation.call}, {json.dumps(sent):.600}: {'; '.join(found)}"] if found else []


@pytest.mark.parametrize("file", older.FILES, ids=lambda file: file.stem)
async def test_what_an_older_api_sends_is_read_without_loss(file: Path) -> None:
    die = random.Random(f"{SEED} {file.stem}")
    before = older.named(older.then(file))
    today = API.calls
    changed = [o for o in before.operations if (o.call in today and o in READABLE) or response(o)]
    found: list[str] = []
    async with place() as at:
        for operation in die.sample([o for o in changed if response(today[o.call])], 100):
            sent = Answers(before, die).to(operation)
            now = today[operation.call]
            found += told(now, sent, [*faults(now, sent, await at.ask(now, sent))])
    assert found == []


async def test_a_response_that_is_odd_somewhere_is_read_without_loss(caplog: pytest.LogCaptureFixture) -> None:
    die = random.Random(SEED)
    found: list[str] = []
    displaced: set[str] = set()
    async with place() as at:
        for operation in die.sample(READABLE, 300):
            for _ in range(2):
                sent = drifted(operation, Answers(API, die).to(operation), die)
                strict = die.randrange(3) == 0
                got = await at.ask(operation, sent, strict=strict)
                found += told(operation, sent, [*faults(operation, sent, got, strict=strict)])
                if not strict and operation.call in LISTING and _is_displaced(operation, sent):
                    displaced.add(operation.call)
    assert found == []
    lines = [record.getMessage() for record in caplog.records]
    assert displaced - {line.partition(":")[0] for line in lines} == set()
    assert [line for line in lines if re.search("missing|converted", line) and "unchanged" in line] == []


def _is_displaced(operation: Operation, sent: Any) -> bool:
    """Whether the list is found, with something in it, elsewhere than the facts say."""
    where = list_in(operation, sent)
    found = response(operation)
    return (
        where is not NOWHERE
        and bool(where)
        and where
        is not (
            sent.get("results")
            if found and found.items and isinstance(sent, dict)
            else sent
            if found and not found.items
            else None
        )
    )


async def test_the_blocking_client_reads_the_same() -> None:
    die = random.Random(SEED + 1)
    found: list[str] = []
    async with place() as at:
        for operation in die.sample(READABLE, 60):
            sent = drifted(operation, Answers(API, die).to(operation), die)
            found += told(operation, sent, [*faults(operation, sent, await at.ask_blocking(operation, sent))])
    assert found == []


@pytest.mark.parametrize("sent", [{}, {"results": None}, {"results": []}])
async def test_an_envelope_without_a_list_is_empty_for_strict_clients_too(sent: Any) -> None:
    die = random.Random(SEED)
    listing = [o for o in READABLE for found in [response(o)] if found and found.items]
    async with place() as at:
        for operation in die.sample(listing, 20):
            got = await at.ask(operation, sent, strict=True)
            assert isinstance(got, WithResponse), (operation.call, got)
            assert [*getattr(got.result, "items", got.result)] == []


async def test_a_body_where_none_is_declared_is_within_reach() -> None:
    die = random.Random(SEED)
    silent = [o for o in API.operations if not any(found.type for found in o.responses)]
    async with place() as at:
        for operation in die.sample(silent, 20):
            got = await at.ask(operation, {"id": "new"})
            assert isinstance(got, WithResponse)
            assert (got.result, json.loads(got.body)) == (None, {"id": "new"})
