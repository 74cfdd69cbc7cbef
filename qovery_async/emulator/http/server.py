"""How does a request become a call, and a reply an answer?"""

from __future__ import annotations

import functools
import json
import logging
import math
from collections.abc import Mapping, Sequence
from typing import Any

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from qovery_async.emulator.facts.families import ANY_SERVICE, families
from qovery_async.emulator.facts.operations import Operation, operations, python_type
from qovery_async.emulator.facts.refusals import ErrorStyle, Problem, not_found
from qovery_async.emulator.facts.validation import from_text, misfit, too_deep
from qovery_async.emulator.http.keys import CALL, ROUTE, Route
from qovery_async.emulator.http.router import Router
from qovery_async.emulator.world import crud
from qovery_async.emulator.world.calls import Behaviour, Behaviours, Call, Reply
from qovery_async.emulator.world.state import Entity, State
from qovery_async.emulator.world.tokens import Caller, Doors

_LARGEST = 4 * 2**20
# The only operation that asks for no token.
_OPEN = "ips.list"
_logger = logging.getLogger("qovery.emulator")


class Server:
    """All operations on one state. `behaviours` go before what the families do."""

    def __init__(
        self, state: State, doors: Doors, behaviours: Behaviours, *, error_style: ErrorStyle = "detail"
    ) -> None:
        self.state = state
        self.doors = doors
        self._behaviours = behaviours
        self._error_style: ErrorStyle = error_style
        self._router = Router(operations().values())

    def application(
        self, middlewares: Sequence[Middleware] = (), routes: Sequence[web.AbstractRouteDef] = ()
    ) -> web.Application:
        """The middlewares stand behind the doors: they find the operation's name in `request[CALL]`.

        The routes go before those of the operations, and have no doors but their own.
        """
        app = web.Application(middlewares=[self._doors, *middlewares], client_max_size=_LARGEST)
        app.router.add_routes([*routes, web.route("*", "/{path:.*}", self._answer)])
        return app

    @web.middleware
    async def _doors(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.match_info.handler != self._answer and request.match_info.http_exception is None:
            return await handler(request)
        headers: Mapping[str, str] = {}
        try:
            headers = self._enter(request)
            response = await handler(request)
        except Problem as problem:
            response = self._refusal(request, problem)
        except web.HTTPException as raised:
            response = self._refusal(request, Problem(raised.status, raised.reason))
        except ConnectionError:
            return web.Response()  # who asked has left: nobody hears an answer
        except Exception:
            _logger.exception("%s %s", request.method, request.path)
            response = self._refusal(request, Problem(500, "the emulator has a bug; its log says more"))
        if not response.prepared:
            response.headers.update(headers)
        return response

    def _enter(self, request: web.Request) -> Mapping[str, str]:
        is_open = request.method == "GET" and request.rel_url.raw_path == "/ips"
        caller = _ANYBODY if is_open else self.doors.identify(request.headers.get("Authorization"))
        headers: Mapping[str, str] = {} if is_open else self.doors.count(caller)
        try:
            operation, path = self._router.find(request.method, request.raw_path)
            self.doors.check(caller, request.method, request.path)
        except Problem as problem:
            problem.headers = {**headers, **problem.headers}
            raise
        request[CALL], request[ROUTE] = operation.call, Route(operation, path, caller)
        return headers

    async def _answer(self, request: web.Request) -> web.Response:
        try:
            return await self._reply(request)
        except Problem as problem:
            # A refusal is an answer as well: what troubles answers finds it here.
            return self._refusal(request, problem)

    async def _reply(self, request: web.Request) -> web.Response:
        route: Route = request[ROUTE]
        operation, path, caller = route.operation, route.path, route.caller
        call = Call(
            operation=operation,
            state=self.state,
            caller=caller,
            path=path,
            entities=self._entities(operation, path, caller),
            query=_query(operation, request.query),
            body=await _body(operation, request),
        )
        return _response(operation, self._behaviour(operation)(call))

    def _behaviour(self, operation: Operation) -> Behaviour:
        return self._behaviours.get(operation.call) or crud.behaviour(operation)

    def _entities(self, operation: Operation, path: Mapping[str, str], caller: Caller) -> dict[str, Entity]:
        found: dict[str, Entity] = {}
        parent = self.state.root
        for name, kind, is_below in _named(operation):
            id_ = path[name]
            if not id_.strip("0-"):
                continue  # the official CLI sends zeros for an organization it does not know
            if is_below and kind != ANY_SERVICE:
                crud.stock_kind(self.state, kind, parent)
            entity = self.state.find(id_)
            kinds = families().services if kind == ANY_SERVICE else (kind,)
            if entity is None or entity.kind not in kinds:
                raise not_found(kind, id_)
            caller.admitted(entity)
            if is_below and parent is not self.state.root and parent not in entity.ancestors():
                raise not_found(kind, id_)
            found[name] = parent = entity
        return found

    def _refusal(self, request: web.Request, problem: Problem) -> web.Response:
        body = problem.body(self._error_style, request.path)
        return web.Response(
            status=problem.status, headers=problem.headers, text=json.dumps(body), content_type="application/json"
        )


_ANYBODY = Caller("", "anybody")


@functools.cache
def _named(operation: Operation) -> Sequence[tuple[str, str, bool]]:
    """The path parameters that name entities: name, kind, and whether the path says that it is below the one before."""
    table = families()
    kinds = [(name, table.kind_of(operation, name)) for name in operation.parameters]
    return [(name, kind, table.is_below(name, kind)) for name, kind in kinds if kind is not None]


def _query(operation: Operation, given: Mapping[str, str]) -> Mapping[str, Any]:
    found: dict[str, Any] = {}
    for parameter in operation.query:
        text = given.get(parameter.wire)
        if text is None:
            if parameter.required:
                raise Problem(400, f"{parameter.wire}: the query parameter is missing")
            continue
        found[parameter.wire], wrong = from_text(text, python_type(parameter.type))
        if wrong:
            raise Problem(400, f"{parameter.wire}: {wrong}")
    return found


async def _body(operation: Operation, request: web.Request) -> Any:
    try:
        raw = await request.read()
    except web.RequestPayloadError:
        raise Problem(400, "the body is not encoded as its headers say") from None
    wanted = operation.body
    if wanted is None:
        return None
    if not raw.strip():
        if wanted.required:
            raise Problem(400, "the body is missing")
        return None
    if wanted.media_type != "application/json":
        try:
            return raw.decode()
        except UnicodeDecodeError:
            raise Problem(400, "the body is not UTF-8") from None
    try:
        body = json.loads(raw, parse_constant=_refuse_number, parse_float=_finite)
    except (ValueError, RecursionError):
        raise Problem(400, "the body is not JSON") from None
    if too_deep(body):
        raise Problem(400, "the body is nested too deeply")
    if (wrong := misfit(body, python_type(wanted.type))) is not None:
        raise Problem(400, wrong)
    return body


def _refuse_number(text: str) -> float:
    raise ValueError(text)


def _finite(text: str) -> float:
    number = float(text)
    return number if math.isfinite(number) else _refuse_number(text)


def _response(operation: Operation, reply: Reply) -> web.Response:
    status = reply.status or operation.answer.status
    media_type = operation.answer.media_type
    if reply.body is None and (operation.answer.type is None or status != operation.answer.status):
        return web.Response(status=status, headers=reply.headers)
    if media_type not in (None, "application/json"):
        body = reply.body if isinstance(reply.body, bytes) else str(reply.body).encode()
        return web.Response(status=status, headers=reply.headers, body=body, content_type=media_type)
    data = json.dumps(reply.body, separators=(",", ":")).encode()
    return web.Response(status=status, headers=reply.headers, body=data, content_type="application/json")
