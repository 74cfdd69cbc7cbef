"""Does Prism accept every body that `patch` makes of a response? The response is ours, the request goes on to Prism."""

from __future__ import annotations

import json
import random
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from operator import attrgetter
from typing import Any

import pytest
from aiohttp import ClientSession, web

from codegen.facts import ObjectSchema, UnionSchema, references
from qovery_async import ApiError, AsyncQovery, ConfigurationError
from tests.support.asking import asked_for, filled, joined
from tests.support.kept import PATCHES, branch_of
from tests.support.objects import ID, Kind, ids, kinds
from tests.support.samples import API, LISTED, Sample
from tests.support.server import Server, serve

pytestmark = pytest.mark.anyio

DRAWS = 12
KINDS = [*kinds()]


@pytest.mark.parametrize("kind", KINDS, ids=str)
async def test_prism_accepts_what_a_patch_sends(kind: Kind, prism: str) -> None:
    refusals: set[str] = set()
    async with _before(prism) as (server, held):
        async with AsyncQovery("t", base_url=server.url, organization_id=ID) as client:
            for response in responses(kind):
                listed = PATCHES.patched[kind.namespace].read == "list" or PATCHES.patched[kind.namespace].into
                held[:] = [{"results": [response]} if listed else response]
                try:
                    await _patched(client, kind)
                except ApiError as error:
                    refusals |= {*_why(error)}
        methods = [seen.method for seen in server.requests]
    assert methods.count("PUT") >= DRAWS
    expected = LISTED.patched.get(str(kind), {"says": []})["says"]
    assert [why for why in refusals if not any(said in why for said in expected)] == []
    assert [said for said in expected if not any(said in why for why in refusals)] == [], "no longer refused"


def test_what_is_listed_has_a_patch() -> None:
    assert {*LISTED.patched} <= {str(kind) for kind in KINDS}


def responses(kind: Kind) -> Iterator[Any]:
    """One with everything for each branch of the unions in it, then some of which parts are missing or null."""
    union = API.schemas[kind.source]
    for number in range(DRAWS):
        sample = Sample(everything=True, turn=number)
        if isinstance(union, UnionSchema):
            (tag,) = [tag for tag, name in union.mapping.items() if name == kind.branch] or [""]
            response = {**sample.value(kind.branch), str(union.tag): tag}
        else:
            response = sample.value(kind.source)
        yield (
            _thinned(kind.branch or kind.source, response, random.Random(number)) if number >= DRAWS // 2 else response
        )


def _thinned(name: str, value: Any, die: random.Random) -> Any:
    """A response without some of its optional keys, and with null for some that may be null."""
    schema = API.schemas.get(name)
    if isinstance(schema, UnionSchema) and isinstance(value, dict):
        branch = branch_of(schema, value)
        return _thinned(branch, value, die) if branch else value
    if isinstance(value, list):
        return [_thinned(name, item, die) for item in value]
    if not isinstance(schema, ObjectSchema) or not isinstance(value, dict):
        return value
    out = dict(value)
    for field in schema.fields:
        if field.wire not in out:
            continue
        inner = next(iter(references(field.type)), "")
        out[field.wire] = _thinned(inner, out[field.wire], die)
        if field.nullable and die.random() < 0.3:
            out[field.wire] = None
        elif not field.required and die.random() < 0.3:
            del out[field.wire]
    return out


@asynccontextmanager
async def _before(prism: str) -> AsyncIterator[tuple[Server, list[Any]]]:
    """A server that returns what it holds, and passes the rest on to Prism."""
    held: list[Any] = []
    async with ClientSession() as session:

        async def handle(request: web.BaseRequest) -> web.Response:
            if request.method == "GET":
                return web.json_response(held[0])
            body, headers = await request.read(), {"Content-Type": "application/json", "Authorization": "Token t"}
            async with session.put(prism + request.raw_path, data=body, headers=headers) as response:
                told = {"sl-violations": response.headers.get("sl-violations", "[]")}
                return web.Response(
                    status=response.status,
                    body=await response.read(),
                    headers=told,
                    content_type=response.content_type,
                )

        async with serve(handle) as server:
            yield server, held


async def _patched(client: AsyncQovery, kind: Kind) -> None:
    """A patch of nothing, with all that it asks for."""
    changes: dict[str, Any] = {}
    for _ in range(10):
        try:
            await attrgetter(kind.namespace)(client).patch(*ids(kind.namespace), changes, on_conflict="ignore")
        except ConfigurationError as refused:
            key, form = asked_for(refused)
            value = _example(kind.target, key) if form == "..." else filled(form, ID)
            changes = joined(changes, {key: value})
        else:
            return
    raise AssertionError("nothing is enough")


def _example(target: str, key: str) -> Any:
    """A value for a key of a request."""
    schema = API.schemas[target]
    names = schema.branches if isinstance(schema, UnionSchema) else [target]
    values = [Sample(everything=True).value(name) for name in names]
    return next((value[key] for value in values if key in value), None)


def _why(error: ApiError) -> list[str]:
    violations = json.loads(error.headers.get("sl-violations", "[]"))
    if isinstance(error.body, dict):
        violations += error.body.get("validation", [])
    return [violation["message"] for violation in violations] or [str(error)]
