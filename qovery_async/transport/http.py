"""The one place that touches aiohttp's HTTP client."""

from __future__ import annotations

import asyncio
import base64
import functools
import io
import os
import ssl as ssl_module
import weakref
from collections.abc import AsyncGenerator
from weakref import WeakKeyDictionary

import aiohttp
import anyio
import attrs
from yarl import URL

from qovery_async.config import Timeout
from qovery_async.errors import ConfigurationError, ConnectError, QoveryError, RequestTimeout, TransportError
from qovery_async.printable import one_line
from qovery_async.secret import Hidden, Secret, not_pickled
from qovery_async.transport.body import ACCEPTED, read
from qovery_async.transport.request import Request
from qovery_async.transport.response import Response


@attrs.define
class _Open:
    """A session and the generator that closes it when its loop ends."""

    session: aiohttp.ClientSession
    keeper: AsyncGenerator[None]
    pid: int = attrs.field(factory=os.getpid)


# Without, aiohttp says of a POST that has no body what type its body is.
_NO_BODY = ("Content-Type",)
# Above, aiohttp warns of bytes, and takes what it can send in pieces.
_LARGE = 2**20
_Sessions = WeakKeyDictionary[asyncio.AbstractEventLoop, _Open]
_Reading = set[tuple[aiohttp.ClientSession, aiohttp.ClientResponse]]


class HttpTransport:
    """Sends requests over one aiohttp session for each event loop.

    A session is bound to the loop it was made on: `asyncio.run` twice means two sessions. Each
    is closed by `aclose`, at the latest when its loop shuts down or the client is collected.
    """

    def __init__(
        self,
        *,
        ssl: ssl_module.SSLContext | None,
        proxy: Secret | None,
        session: aiohttp.ClientSession | None,
        max_response_bytes: int,
    ) -> None:
        self._ssl = ssl
        self._proxy, self._proxy_headers = _split(proxy)
        self._given = session
        self._max_response_bytes = max_response_bytes
        self.closings = 0
        """How often it was closed: a call that began before does not open it again."""
        self._open: _Sessions = WeakKeyDictionary()
        self._reading: _Reading = set()
        # After a fork the parent's sockets are the parent's: they are neither used nor closed here.
        self._inherited: list[_Open] = []

    __reduce__ = not_pickled

    async def send(self, request: Request, authorization: Secret, limit: Timeout) -> Response:
        """One exchange: sent once, whatever happens.

        Raises:
            ConnectError: nothing was sent.
            RequestTimeout: no complete answer within the time for one attempt.
            TransportError: the connection broke, or what came is not HTTP, or too much.
        """
        session = self._current() or await self._begin()
        try:
            return await self._once(session, request, authorization, limit)
        except BaseException as error:  # noqa: BLE001  # raised again below, whatever it is
            if isinstance(error, asyncio.CancelledError) and session.closed and not _is_cancelled():
                # So aiohttp ends those that wait for a connection.
                failure: BaseException = TransportError(f"{request}: the client was closed meanwhile")
            else:
                failure = _failure(error, request, limit, authorization)
        # Out here, since the frames of aiohttp hold the headers and with them the token.
        try:
            raise failure
        finally:
            del failure

    async def _once(
        self, session: aiohttp.ClientSession, request: Request, authorization: Secret, limit: Timeout
    ) -> Response:
        passport = self._proxy_headers.reveal()
        tunnel = request.url.startswith("https:")
        async with session.request(
            request.method,
            URL(request.url, encoded=True),
            data=request.body if request.body is None or len(request.body) <= _LARGE else io.BytesIO(request.body),
            headers={
                "Accept-Encoding": ACCEPTED,
                **request.headers,
                **({} if tunnel else passport),
                "Authorization": authorization.reveal(),
            },
            allow_redirects=False,
            raise_for_status=False,  # a session that was given may have it on
            auto_decompress=False,
            skip_auto_headers=_NO_BODY if request.body is None and request.method != "GET" else None,
            timeout=_timeout(limit),
            proxy=self._proxy,
            proxy_headers=passport if tunnel else None,
            ssl=self._ssl or True,
        ) as answer:
            self._reading.add((session, answer))
            try:
                body = await read(answer, request, self._max_response_bytes)
            finally:
                self._reading.discard((session, answer))
            headers = authorization.hidden_in_headers(answer.headers)
            return Response(request, answer.status, headers, body, authorization)

    def _current(self) -> aiohttp.ClientSession | None:
        """The session of the running loop, once there is one."""
        if self._given is None:
            found = self._open.get(asyncio.get_running_loop())
            usable = found is not None and not found.session.closed and found.pid == os.getpid()
            return found.session if found and usable else None
        if self._given.closed:
            raise ConfigurationError("the session that was given to the client is closed")
        return self._given

    async def _begin(self) -> aiohttp.ClientSession:
        session = aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar())
        # It would repeat some requests itself when a connection breaks, unseen and uncounted.
        session._retry_connection = False  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]  # there is no public way
        keeper = _close_with_loop(session, self._reading, weakref.ref(self._open))
        loop = asyncio.get_running_loop()
        if loop in self._open:
            self._inherited.append(self._open[loop])
        self._open[loop] = _Open(session, keeper)
        await anext(keeper)
        return session

    async def aclose(self) -> None:
        """Closes the sessions of all loops; a given session stays as it is."""
        self.closings += 1
        here = asyncio.get_running_loop()
        ours = {loop: found for loop, found in self._open.items() if found.pid == os.getpid()}
        # Shielded, lest a cancelled task leaves half of the connections open.
        with anyio.CancelScope(shield=True):
            for loop, found in ours.items():
                if loop is here:
                    await found.keeper.aclose()
                elif not loop.is_closed():
                    asyncio.run_coroutine_threadsafe(found.keeper.aclose(), loop)


def _split(proxy: Secret | None) -> tuple[URL | None, Hidden[dict[str, str]]]:
    """The address of a proxy, and the headers it wants: aiohttp names addresses where it complains of connections."""
    address = URL(proxy.reveal()) if proxy else None
    if address is None or address.user is None:
        return address, Hidden({})
    key = base64.b64encode(f"{address.user}:{address.password or ''}".encode()).decode()
    return address.with_user(None), Hidden({"Proxy-Authorization": f"Basic {key}"})


def _failure(error: BaseException, request: Request, limit: Timeout, authorization: Secret) -> BaseException:
    """What to raise for what aiohttp raised: without its frames, and without what holds the headers."""
    if isinstance(error, QoveryError):
        return type(error)(authorization.hidden_in(str(error)))
    if not isinstance(error, (aiohttp.ClientError, OSError, ValueError)):
        error.__context__ = None
        return error.with_traceback(None)
    failure = _translated(error, request, limit, authorization)
    cause = getattr(error, "certificate_error", None) or getattr(error, "os_error", None)
    if isinstance(cause, OSError):
        cause.__cause__ = cause.__context__ = None
        failure.__cause__ = cause.with_traceback(None)
    return failure


def _translated(error: Exception, request: Request, limit: Timeout, authorization: Secret) -> QoveryError:
    def said(message: str) -> str:
        """On one line and without the token: aiohttp shows all offending bytes, which may repeat what was sent."""
        return one_line(authorization.hidden_in(message))

    match error:
        case aiohttp.ConnectionTimeoutError():
            return ConnectError(f"{request}: no connection within {limit.connect} s")
        case TimeoutError():
            return RequestTimeout(f"{request}: no complete answer within the timeout ({limit})")
        case aiohttp.ClientConnectorError() | aiohttp.ClientConnectorCertificateError():
            return ConnectError(f"{request}: cannot connect: {said(str(error))}{_advice(error)}")
        case aiohttp.InvalidURL() | UnicodeError():
            return ConfigurationError(f"{request}: not a URL that can be asked")
        case ValueError():
            # A session that was given has credentials of its own, say.
            return ConfigurationError(f"{request}: cannot be sent: {said(str(error))}")
        case aiohttp.ClientHttpProxyError():
            return ConnectError(f"{request}: the proxy answered {error.status} {said(error.message)}")
        case aiohttp.ClientResponseError():
            return TransportError(f"{request}: what came back is not HTTP: {said(error.message)}")
        case _:
            return TransportError(f"{request}: the connection broke: {said(str(error)) or type(error).__name__}")


def _advice(error: object) -> str:
    if not isinstance(error, aiohttp.ClientConnectorCertificateError):
        return ""
    return "; certificates are always verified: where this server's authority is your own, name its file with ssl=..."


@functools.lru_cache(maxsize=64)
def _timeout(limit: Timeout) -> aiohttp.ClientTimeout:
    return aiohttp.ClientTimeout(total=limit.attempt, sock_connect=limit.connect, sock_read=limit.read)


def _is_cancelled() -> bool:
    task = asyncio.current_task()
    return task is None or task.cancelling() > 0


async def _close_with_loop(
    session: aiohttp.ClientSession, reading: _Reading, opened: weakref.ref[_Sessions]
) -> AsyncGenerator[None]:
    """An event loop closes the generators begun on it when it shuts down or they are collected."""
    try:
        yield
    finally:
        # A session holds on to its loop, so the weak key alone would keep both for ever.
        sessions = opened()
        if sessions is not None:
            sessions.pop(asyncio.get_running_loop(), None)
        for answer in [answer for used, answer in reading.copy() if used is session]:
            # aiohttp closes the connection and leaves who reads from it to wait.
            answer.content.set_exception(aiohttp.ClientConnectionError("the client was closed meanwhile"))
        await session.close()
