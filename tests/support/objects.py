"""A server that holds an object as Qovery does: a PUT replaces all of it, and what its body lacks is gone."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager
from operator import attrgetter
from typing import Any

import attrs
from aiohttp import web

from codegen.decisions import tables
from codegen.decisions.named import Operation
from codegen.facts import ObjectSchema, UnionSchema, references
from qovery_async import models
from qovery_async.codec.plain import is_list, is_object
from qovery_async.emulator.facts.samples import sample
from tests.support.payloads import API, Payload, as_json
from tests.support.server import Ask, Server, serve

PATCHES = tables.read().patches
ID = "497f6eca-6276-4993-bfeb-53cbbbba6f08"
GONE = "gone"
"""In `changed`: the key is no longer there."""


def example(model: str, **values: Any) -> Payload:
    """A response with every key, and with these values."""
    return {**sample(getattr(models, model), model), **values}


def patch(namespace: str, *arguments: Any, **named: Any) -> Callable[[Any], Any]:
    """A call of `patch` for each face, with ids for the path."""
    return lambda client: attrgetter(namespace)(client).patch(*ids(namespace), *arguments, **named)


def preview(namespace: str, *arguments: Any, **named: Any) -> Callable[[Any], Any]:
    read = API.calls[f"{namespace}.{PATCHES.patched[namespace].read}"]
    count = len(ids(namespace)) if PATCHES.patched[namespace].read == "list" else len(_wanted(read))
    return lambda client: attrgetter(namespace)(client).patch_preview(*[ID] * count, *arguments, **named)


def ids(namespace: str) -> list[str]:
    """What stands before the changes: an id for each parameter of the path but a defaulted organization."""
    return [ID] * len(_wanted(API.calls[f"{namespace}.update"]))


def _wanted(operation: Operation) -> list[str]:
    defaulted = operation.path.startswith("/organization/{organizationId}/")
    names = [parameter.name for parameter in operation.path_parameters]
    return [name for name in names if not (defaulted and name == "organization_id")]


def changed(before: Any, after: Any, path: str = "") -> dict[str, Any]:
    """In what two bodies differ: the new values by their places, lists as a whole."""
    if not (is_object(before) and is_object(after)):
        return {} if as_json(before) == as_json(after) else {path: after}
    found: dict[str, Any] = {}
    for key in {**before, **after}:
        place = f"{path}.{key}" if path else key
        found |= changed(before.get(key, GONE), after.get(key, GONE), place)
    return found


def declared(name: str) -> set[str]:
    """The keys that a schema declares, in all branches of a union."""
    schema = API.schemas[name]
    if isinstance(schema, UnionSchema):
        return {key for branch in schema.branches for key in declared(branch)}
    return {field.wire for field in schema.fields} if isinstance(schema, ObjectSchema) else set()


@attrs.frozen
class Kind:
    """A namespace with the schemas of its response and its request, and a branch if the response is of several kinds."""

    namespace: str
    source: str
    target: str
    branch: str = ""

    def __str__(self) -> str:
        return f"{self.namespace} {self.branch}".strip()


def kinds() -> Iterator[Kind]:
    """All that can be patched."""
    for namespace, row in PATCHES.patched.items():
        body = API.calls[f"{namespace}.update"].body
        assert body is not None
        (source,) = references(str(API.calls[f"{namespace}.{row.read}"].responses[0].type))
        union, target = API.schemas[source], API.schemas[body.type]
        takes = target.branches if isinstance(target, UnionSchema) else [body.type]
        for branch in union.branches if isinstance(union, UnionSchema) else [""]:
            decided = PATCHES.branches(branch)
            if not decided or any(name in takes for name in decided):
                yield Kind(namespace, source, body.type, branch)


@attrs.define
class Holder:
    """Holds what the namespace's `get` or `list` returns: an object, or a list of which `update` replaces the first.

    `sent` are the bodies of PUT, `asked` the methods of all requests. `meanwhile` is called after each response to a
    GET with the number of it: someone else, who may change `held`. A status other than 200 is what a method gets.
    """

    namespace: str
    held: Any
    sent: list[Any] = attrs.Factory(list[Any])
    asked: list[str] = attrs.Factory(list[str])
    meanwhile: Callable[[int], None] = lambda _: None
    status: dict[str, int] = attrs.Factory(dict[str, int])

    def __call__(self, request: web.BaseRequest) -> Any:
        self.asked.append(request.method)
        status = self.status.get(request.method, 200)
        if status != 200:
            return web.json_response({"status": status, "detail": "for this reason"}, status=status)
        return self._read() if request.method == "GET" else self._replaced(request)

    def serve(self) -> AbstractAsyncContextManager[Server]:
        return serve(self)

    async def gets(self, ask: Ask, call: Callable[[Any], Any], **options: Any) -> Any:
        """The result of a call, made by a client whose organization is known."""
        async with self.serve() as server:
            return await ask(server.url, call, **{"organization_id": "o1", **options})

    @property
    def only(self) -> Any:
        """The body, where exactly one was sent."""
        (body,) = self.sent
        return body

    def _read(self) -> web.Response:
        response = _json({"results": self.held} if is_list(self.held) else self.held)
        self.meanwhile(self.asked.count("GET"))
        return response

    async def _replaced(self, request: web.BaseRequest) -> web.Response:
        body = json.loads(await request.read())
        self.sent.append(body)
        operation = API.calls[f"{self.namespace}.update"]
        if operation.responses[0].items:
            self.held = next(iter(body.values()))
            return self._read()
        old: Payload = self.held[0] if is_list(self.held) else self.held
        replaced = declared(operation.body.type) if operation.body else set[str]()
        given = declared(str(operation.responses[0].type)) - replaced
        new = {key: value for key, value in old.items() if key in given} | body
        if "updated_at" in old:
            new["updated_at"] = f"2026-11-30T00:00:{len(self.sent):02}Z"
        self.held = [new, *self.held[1:]] if is_list(self.held) else new
        return _json(new)


def _json(value: Any) -> web.Response:
    return web.Response(text=json.dumps(value), content_type="application/json")
