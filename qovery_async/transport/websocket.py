"""The one place that opens WebSockets with aiohttp."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Mapping
from contextlib import asynccontextmanager, suppress
from typing import Any
from urllib.parse import parse_qsl

import aiohttp
from yarl import URL

from qovery_async.errors import ResponseTooLarge, TransportError
from qovery_async.secrecy.secret import Secret, not_pickled, revealed
from qovery_async.transport.body import read
from qovery_async.transport.failures import failure
from qovery_async.transport.http import ROOM, is_cancelled
from qovery_async.transport.network import Network
from qovery_async.transport.options import Timeout
from qovery_async.transport.request import Request
from qovery_async.transport.response import Response
from qovery_async.transport.sessions import CLOSED, Session
from qovery_async.vocabulary.values import frozen

PING_EVERY = 30.0
"""Seconds of silence before a ping, as Qovery's command line sends them; without a pong in half the time, the connection is lost."""

LOST = 1006
"""The code of a connection that ends without a close frame."""

NO_CODE = 1005
"""The code of a close frame without one."""

# Seconds to wait for the server's part of closing: whoever leaves a stream does not want to wait for it.
_CLOSING = 1.0
_LOOKING = 0.01
_SWITCHING = 101
# An attribute of an enum takes ten times as long to find.
_TEXT, _BINARY = aiohttp.WSMsgType.TEXT, aiohttp.WSMsgType.BINARY
_PING, _PONG = aiohttp.WSMsgType.PING, aiohttp.WSMsgType.PONG


@frozen
class Closing:
    """The end of a connection: the code and the reason that the server gave."""

    code: int
    reason: str = ""

    def __str__(self) -> str:
        return f"{self.code} ({self.reason})" if self.reason else str(self.code)

    @property
    def told(self) -> str:
        """What has become of the connection: it "was lost", or "was closed by the server with 1011 (agent)"."""
        if self.code != LOST:
            return f"was closed by the server with {self}"
        return f"was lost ({self.reason})" if self.reason else "was lost"


class Connection:
    """An open WebSocket. `response` is that to the handshake."""

    def __init__(
        self,
        response: Response,
        socket: aiohttp.ClientWebSocketResponse[bool],
        transport: asyncio.WriteTransport | None,
    ) -> None:
        self.response = response
        self.pong = b""
        """The last pong, unless aiohttp sends the pings."""
        self._socket = socket
        self._transport = transport

    __reduce__ = not_pickled

    async def receive(self) -> str | bytes | Closing:
        """The next frame, or the end of the connection.

        Raises:
            ResponseTooLarge: the frame is larger than the client's `max_response_bytes`.
        """
        while True:
            message = await self._socket.receive()
            if message.type is _TEXT or message.type is _BINARY:
                frame: str | bytes = message.data
                return frame
            if message.type is _PONG:
                self.pong = bytes(message.data)
            elif message.type is _PING:
                with suppress(ConnectionError, aiohttp.ClientError):  # what follows is the end of the connection
                    await self._socket.pong(message.data)
            else:
                break
        if message.type is aiohttp.WSMsgType.CLOSE:
            return Closing(message.data or NO_CODE, self.response.authorization.hidden_in(message.extra or ""))
        error = message.data
        if isinstance(error, aiohttp.WebSocketError) and error.code == aiohttp.WSCloseCode.MESSAGE_TOO_BIG:
            raise ResponseTooLarge(
                f"{self.response.request}: a frame is larger than the client's max_response_bytes; if that is expected, increase it"
            )
        return Closing(LOST, self.response.authorization.hidden_in(str(error)) if isinstance(error, Exception) else "")

    async def send(self, data: str | bytes) -> None:
        """Sends a frame: text for a string, binary for bytes.

        Raises:
            TransportError: the connection is closed.
        """
        await self._sent(self._socket.send_str(data) if isinstance(data, str) else self._socket.send_bytes(data))

    async def ping(self, data: bytes) -> None:
        """Sends a ping, which the server answers with a pong of the same bytes.

        Raises:
            TransportError: the connection is closed.
        """
        await self._sent(self._socket.ping(data))

    async def close(self) -> None:
        """Closes the connection, without waiting long for the server."""
        try:
            with suppress(TimeoutError):  # aiohttp has closed the connection when its wait was cancelled
                async with asyncio.timeout(_CLOSING):
                    await self._socket.close()
                    while self._unsent:  # noqa: ASYNC110  # a transport does not tell
                        await asyncio.sleep(_LOOKING)
        finally:
            if self._unsent and self._transport is not None:
                self._transport.abort()  # it would stay open until the server reads the rest

    @property
    def _unsent(self) -> int:
        """How many bytes the server has not taken yet."""
        return 0 if self._transport is None else self._transport.get_write_buffer_size()

    async def _sent(self, sending: Awaitable[None]) -> None:
        try:
            await sending
        except (ConnectionError, aiohttp.ClientError):
            pass
        else:
            return
        raise TransportError(f"{self.response.request}: the connection is closed")


class WebSocketTransport:
    """Opens WebSockets, each once; a redirect is not followed, since it would take the token elsewhere."""

    def __init__(self, network: Network, *, max_frame_bytes: int) -> None:
        self._network = network
        self.max_frame_bytes = max_frame_bytes

    __reduce__ = not_pickled

    async def open(
        self, request: Request, authorization: Secret, limit: Timeout, *, pings: bool = True
    ) -> Connection | Response:
        """An open connection, or the response that refuses it. Without `pings`, the caller sends them.

        Raises:
            ConnectError: nothing was sent.
            RequestTimeout: no complete response within the time for one attempt.
            TransportError: the connection broke, or the response is not HTTP or too large.
        """
        sessions = self._network.sessions
        session = sessions.current() or await sessions.begin()
        if request.hidden:
            hidden = (Secret(value) for _, value in parse_qsl(request.hidden[1:]))
            authorization = Secret(authorization.reveal(), authorization, *hidden)
        try:
            async with asyncio.timeout(limit.attempt):
                return await self._once(session, request, authorization, limit, pings=pings)
        except _RefusedError as refused:
            return self._response(request, authorization, refused.status, refused.headers, refused.body)
        except BaseException as error:  # noqa: BLE001  # raised again below, whatever it is
            if session.http.closed and not (isinstance(error, asyncio.CancelledError) and is_cancelled()):
                failed: BaseException = TransportError(f"{request}: {CLOSED}")
            else:
                failed = failure(error, request, limit, authorization)
        # Raised out here: the frames of aiohttp hold the headers, and the token with them.
        try:
            raise failed
        finally:
            del failed

    async def _once(
        self, session: Session, request: Request, authorization: Secret, limit: Timeout, *, pings: bool
    ) -> Connection:
        async with _opening(session, request, limit, self.max_frame_bytes) as (http, upgraded):
            connect: Any = http.ws_connect  # an argument of aiohttp is untyped
            try:
                socket = await connect(
                    URL(request.url + request.hidden, encoded=True),
                    headers={
                        **revealed(request.headers),
                        **self._network.headers_for(request.url),
                        "Authorization": authorization.reveal(),
                    },
                    heartbeat=PING_EVERY if pings else None,
                    autoping=pings,
                    max_msg_size=self.max_frame_bytes,
                    **self._network.connection_to(request.url),
                )
            except AssertionError:  # so aiohttp says that the session was closed since the response
                raise aiohttp.ClientConnectionError("it was closed") from None
        given = self._response(request, authorization, _SWITCHING, upgraded[0].headers)
        connection = upgraded[0].connection
        return Connection(given, socket, connection and connection.transport)

    def _response(
        self, request: Request, authorization: Secret, status: int, headers: Mapping[str, str], body: bytes = b""
    ) -> Response:
        shown = authorization.hidden_in_headers(headers)
        return Response(request, status, shown, body, authorization, ceiling=max(ROOM, self.max_frame_bytes))


class _RefusedError(Exception):
    """The server responded with another status than that of an open WebSocket."""

    def __init__(self, response: aiohttp.ClientResponse, body: bytes) -> None:
        super().__init__(response.status)
        self.status = response.status
        self.headers = response.headers
        self.body = body


@asynccontextmanager
async def _opening(
    session: Session, request: Request, limit: Timeout, largest: int
) -> AsyncGenerator[tuple[aiohttp.ClientSession, list[aiohttp.ClientResponse]]]:
    """A session of aiohttp for one handshake, on the connections of the loop's session; and its response, once it came.

    Only such a session can refuse redirects: `ws_connect` has no argument for it, and drops the bodies of errors.
    """

    async def only_upgrades(asked: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType) -> aiohttp.ClientResponse:
        response = await handler(asked)
        if response.status == _SWITCHING:
            upgraded.append(response)
            return response
        try:
            body = await read(response, request, largest)
        finally:
            response.close()
        raise _RefusedError(response, body)

    upgraded: list[aiohttp.ClientResponse] = []
    given = session.http
    async with aiohttp.ClientSession(
        connector=session.stream_connector(),
        connector_owner=False,
        cookie_jar=aiohttp.DummyCookieJar(),
        headers=given.headers,
        middlewares=[only_upgrades],
        timeout=aiohttp.ClientTimeout(total=None, sock_connect=limit.connect),
        trust_env=given.trust_env,
        auto_decompress=False,
    ) as http:
        # OpenTelemetry's instrumentation adds a trace to every session; that of the user may have it already. It would
        # show the hidden end of an address.
        if request.hidden:
            http.trace_configs.clear()
        elif session.is_given:
            http.trace_configs[:] = given.trace_configs
        yield http, upgraded
