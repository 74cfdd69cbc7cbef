"""How is a response that drifted read by a real client, and is that as the rules say?"""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Iterator
from contextlib import asynccontextmanager
from operator import attrgetter
from typing import Any

import anyio.to_thread
import attrs

from codegen.decisions.named import Operation
from qovery_async import NO_RETRIES, AsyncQovery, DecodeError, Page, WithResponse, to_json
from qovery_sync import Qovery
from tests.support.drifted import NOWHERE, envelope, list_in
from tests.support.lossless import lost, unfaithful
from tests.support.samples import Sample
from tests.support.server import TOKEN, Answer, serve

Read = WithResponse[Any] | DecodeError


@attrs.define
class Place:
    """A server that sends the current `body` to every request, and clients of it."""

    clients: dict[bool, AsyncQovery]
    """By whether they are strict."""
    blocking: Qovery
    body: Any = None

    async def ask(self, operation: Operation, body: Any, *, strict: bool = False) -> Read:
        client = self.clients[strict]
        self.body = body
        try:
            return await client.with_response(attrgetter(operation.call)(client))(**_arguments(operation))
        except DecodeError as error:
            return error

    async def ask_blocking(self, operation: Operation, body: Any) -> Read:
        self.body = body
        return await anyio.to_thread.run_sync(self._ask_blocking, operation)

    def _ask_blocking(self, operation: Operation) -> Read:
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


def faults(operation: Operation, sent: Any, got: Read, *, strict: bool = False) -> Iterator[str]:
    """What became of a response against the rules."""
    wanted = envelope(operation)
    whole = sent if wanted.key is None else list_in(sent, wanted)
    if isinstance(got, DecodeError):
        if whole is not NOWHERE and not strict:
            yield f"raised {got}"
        return
    if whole is NOWHERE:
        yield f"returned {got.result!r:.100} where no list can be found"
        return
    result: Any = got.result
    if type(result) is Page:
        result = attrgetter("items")(result)
    yield from lost(whole, json.loads(to_json(result)))
    yield from unfaithful(result)
    if json.loads(got.body) != sent:
        yield "with_response has another body"


def told(operation: Operation, sent: Any, found: Iterator[str]) -> list[str]:
    """A line for a response that is not read as it should be."""
    listed = "; ".join(found)
    return [f"{operation.call}, {json.dumps(sent):.600}: {listed}"] if listed else []
