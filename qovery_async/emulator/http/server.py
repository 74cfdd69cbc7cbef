"""How is a request checked, handled and responded to?"""

from __future__ import annotations

import functools
import json
import logging
import math
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from qovery_async.emulator.facts.families import ANY_SERVICE, families
from qovery_async.emulator.facts.operations import ApiOperation, operations, python_type
from qovery_async.emulator.facts.refusals import ErrorStyle, Refusal, not_found
from qovery_async.emulator.facts.validation import from_text, misfit, too_deep
from qovery_async.emulator.http.keys import CALL, ROUTE, Route
from qovery_async.emulator.http.rate_limit import RateLimit
from qovery_async.emulator.http.router import Router
from qovery_async.emulator.http.visitors import Visitors
from qovery_async.emulator.world import crud, unknown_keys
from qovery_async.emulator.world.calls import ApiCall, ApiHandlers, ApiResponse
from qovery_async.emulator.world.handlers import handler_of
from qovery_async.emulator.world.inventions import SAMPLE_HEADER, Samples, made_up
from qovery_async.emulator.world.state import Entity, State
from qovery_async.emulator.world.tokens import Caller, Tokens

_LARGEST_BODY = 4 * 2**20
_FEW = 10
_OPEN_PATH = "/ips"
"""The path of `ips.list`, the only operation without authentication."""

_logger = logging.getLogger("qovery.emulator")


class ApiServer:
    """All operations on one state. `handlers` take precedence over those that families give.

    `watch` is called with each request that may change something; what it returns, with its response. `changed` is
    called then, too. `seen` is called after each request for an operation or a stream, with its method, path, status
    (None if the client has left) and duration in milliseconds.
    """

    def __init__(
        self,
        state: State,
        tokens: Tokens,
        rate_limit: RateLimit,
        handlers: ApiHandlers,
        visitors: Visitors,
        *,
        watch: Callable[[ApiCall], Callable[[ApiResponse], None]],
        changed: Callable[[], None],
        seen: Callable[[str, str, int | None, float], None],
        error_style: ErrorStyle = "detail",
        samples: Samples = "mark",
        strict: bool = False,
    ) -> None:
        self._state = state
        self._tokens = tokens
        self._rate_limit = rate_limit
        # Which handler an operation has does not change while the server runs.
        self._handler_of = functools.cache(functools.partial(handler_of, by_hand=handlers))
        self._visitors = visitors
        self._watch = watch
        self._changed = changed
        self._seen = seen
        self._own: Collection[Handler] = ()
        self._error_style: ErrorStyle = error_style
        self._samples: Samples = samples
        self._strict = strict
        self._router = Router(operations().values())

    def application(
        self,
        middlewares: Sequence[Middleware] = (),
        routes: Sequence[web.RouteDef] = (),
        own: Sequence[web.RouteDef] = (),
    ) -> web.Application:
        """The application: the check of the visitor, authentication, then the middlewares, then the operation.

        The middlewares find the operation's name in `request[CALL]`. The routes take precedence over
        the operations and must authenticate by themselves. The `own` ones are not the API's: no middleware
        sees their requests.
        """
        self._own = frozenset(route.handler for route in own)
        app = web.Application(middlewares=[self._guard, *middlewares], client_max_size=_LARGEST_BODY)
        # aiohttp tries the routes below `/` in this order. The page at `/` comes last, since nearly all paths are longer.
        app.router.add_routes([web.route("*", "/{path:.+}", self._respond), *routes, *own])
        return app

    @web.middleware
    async def _guard(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Lets a request pass that is authenticated, counted and routed; turns exceptions into responses."""
        if request.match_info.handler in self._own:
            return await self._guarded(request, request.match_info.handler)
        began = time.perf_counter()
        status: int | None = None
        try:
            response = await self._guarded(request, handler)
            status = None if request.transport is None else response.status
        finally:
            self._seen(request.method, request.path, status, (time.perf_counter() - began) * 1000)
        return response

    async def _guarded(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        headers: Mapping[str, str] = {}
        try:
            self._visitors.check(request)
            if request.match_info.handler == self._respond or request.match_info.http_exception is not None:
                headers = self._admit(request)
            response = await handler(request)
        except Refusal as refusal:
            response = self._refused(request, refusal)
        except web.HTTPException as raised:
            response = self._refused(request, Refusal(raised.status, raised.reason))
        except ConnectionError:
            return web.Response()  # the client has left
        except Exception:
            _logger.exception("%s %s", request.method, request.path)
            response = self._refused(request, Refusal(500, "the emulator has a bug; its log has the traceback"))
        if not response.prepared:
            response.headers.update(headers)
        return response

    def _admit(self, request: web.Request) -> Mapping[str, str]:
        """Authenticates, counts and routes a request; returns the headers of the rate limit."""
        is_open = request.method == "GET" and request.rel_url.raw_path == _OPEN_PATH
        caller = _ANYBODY if is_open else self._tokens.identify(request.headers.get("Authorization"))
        headers: Mapping[str, str] = {} if is_open else self._rate_limit.count(caller)
        try:
            operation, path = self._router.find(request.method, request.raw_path)
            self._tokens.check(caller, request.method, request.path, changes=request.method != "GET")
        except Refusal as refusal:
            refusal.headers = {**headers, **refusal.headers}
            raise
        request[CALL], request[ROUTE] = operation.call, Route(operation, path, caller)
        return headers

    async def _respond(self, request: web.Request) -> web.Response:
        try:
            return await self._handled(request)
        except Refusal as refusal:
            # Turned into a response here, so that faults can change it as any other.
            return self._refused(request, refusal)

    async def _handled(self, request: web.Request) -> web.Response:
        route: Route = request[ROUTE]
        operation, path, caller = route.operation, route.path, route.caller
        call = ApiCall(
            operation=operation,
            state=self._state,
            caller=caller,
            path=path,
            entities=self._entities(operation, path, caller),
            query=_query(operation, request),
            body=await _body(operation, request),
            user_agent=request.headers.get("User-Agent", ""),
        )
        ignored = unknown_keys.drop(call)
        if ignored and self._strict:
            raise unknown_keys.refused(call, ignored)
        handle = self._handler_of(operation)
        record = self._watch(call) if operation.writes else None
        response = handle(call)
        if response.sample and self._samples == "refuse":
            raise made_up(operation.call)
        if ignored:
            few = ", ".join([f"{path!r:.100}" for path in ignored[:_FEW]])
            _logger.warning("%s: ignored the keys %s, which the API does not have", operation.call, few)
        if record is not None:
            record(response)
            self._changed()
        return _http_response(operation, response)

    def _entities(self, operation: ApiOperation, path: Mapping[str, str], caller: Caller) -> dict[str, Entity]:
        """The entities that the path parameters name, if the caller may see them."""
        found: dict[str, Entity] = {}
        parent = self._state.root
        for name, kind, is_below in _named(operation):
            id_ = path[name]
            if kind == "organization" and not id_.strip("0-"):
                continue  # the official CLI sends zeros for an unknown organization
            if is_below and kind != ANY_SERVICE:
                crud.stock_kind(self._state, kind, parent)
            entity = self._state.find(id_)
            kinds = families().services if kind == ANY_SERVICE else (kind,)
            if entity is None or entity.kind not in kinds:
                raise not_found(kind, id_)
            caller.admitted(entity)
            if is_below and parent is not self._state.root and parent not in entity.ancestors():
                raise not_found(kind, id_)
            found[name] = parent = entity
        return found

    def _refused(self, request: web.Request, refusal: Refusal) -> web.Response:
        body = refusal.body(self._error_style, request.path)
        return web.Response(
            status=refusal.status, headers=refusal.headers, text=json.dumps(body), content_type="application/json"
        )


_ANYBODY = Caller("", "anybody")


@functools.cache
def _named(operation: ApiOperation) -> Sequence[tuple[str, str, bool]]:
    """The path parameters that name entities: name, kind, and whether it is below the parameter before it."""
    table = families()
    kinds = [(name, table.kind_of(operation, name)) for name in operation.parameters]
    return [(name, kind, table.is_below(name, kind)) for name, kind in kinds if kind is not None]


def _query(operation: ApiOperation, request: web.Request) -> Mapping[str, Any]:
    found: dict[str, Any] = {}
    for parameter in operation.query:
        text = request.query.get(parameter.wire)
        if text is None:
            if parameter.required:
                raise Refusal(400, f"{parameter.wire}: the query parameter is missing")
            continue
        found[parameter.wire], wrong = from_text(text, python_type(parameter.type))
        if wrong:
            raise Refusal(400, f"{parameter.wire}: {wrong}")
    return found


async def _body(operation: ApiOperation, request: web.Request) -> Any:
    wanted = operation.body
    if wanted is None and not request.body_exists:
        return None
    try:
        raw = await request.read()
    except web.RequestPayloadError:
        raise Refusal(400, "the body does not have the Content-Encoding that its headers name") from None
    if wanted is None:
        return None
    if not raw.strip():
        if wanted.required:
            raise Refusal(400, "the body is missing")
        return None
    if wanted.media_type != "application/json":
        try:
            return raw.decode()
        except UnicodeDecodeError:
            raise Refusal(400, "the body is not UTF-8") from None
    try:
        body = json.loads(raw, parse_constant=_refuse_number, parse_float=_finite)
    except (ValueError, RecursionError):
        raise Refusal(400, "the body is not JSON") from None
    if body is None and not wanted.required:
        return None  # Go clients send `null` where they leave a body out
    if too_deep(body):
        raise Refusal(400, "the body is nested too deeply")
    if (wrong := misfit(body, python_type(wanted.type))) is not None:
        raise Refusal(400, wrong)
    return body


def _refuse_number(text: str) -> float:
    raise ValueError(text)


def _finite(text: str) -> float:
    number = float(text)
    return number if math.isfinite(number) else _refuse_number(text)


_to_json = json.JSONEncoder(separators=(",", ":")).encode
"""The text of a body. `json.dumps` would make a new encoder for each."""


def _http_response(operation: ApiOperation, response: ApiResponse) -> web.Response:
    status = response.status or operation.response.status
    media_type = operation.response.media_type
    headers = {**response.headers, SAMPLE_HEADER: "sample"} if response.sample else response.headers
    if response.body is None and (operation.response.type is None or status != operation.response.status):
        return web.Response(status=status, headers=headers)
    if media_type not in (None, "application/json"):
        body = response.body if isinstance(response.body, bytes) else str(response.body).encode()
        return web.Response(status=status, headers=headers, body=body, content_type=media_type)
    data = _to_json(response.body).encode()
    return web.Response(status=status, headers=headers, body=data, content_type="application/json")
