"""The one place that touches aiohttp's HTTP client."""

from __future__ import annotations

import asyncio
import functools
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
from qovery_async.errors import ConfigurationError, ConnectError, RequestTimeout, TransportError
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
_Sessions = WeakKeyDictionary[asyncio.AbstractEventLoop, _Open]


class HttpTransport:
    """Sends requests over one aiohttp session for each event loop.

    A session is bound to the loop it was made on: `asyncio.run` twice means two sessions. Each
    is closed by `aclose`, at the latest when its loop shuts down or the client is collected.
    """

    def __init__(
        self,
        *,
        ssl: ssl_module.SSLContext | None,
        proxy: str | None,
        session: aiohttp.ClientSession | None,
    ) -> None:
        self._ssl = ssl
        self._proxy = proxy
        self._given = session
        self._open: _Sessions = WeakKeyDictionary()
        # After a fork the parent's sockets are the parent's: they are neither used nor closed here.
        self._inherited: list[_Open] = []

    async def send(self, request: Request, authorization: str, limit: Timeout) -> Response:
        """One exchange.

        aiohttp itself repeats a GET, PUT or DELETE once when the connection breaks before the
        answer begins: that is how it survives kept-alive connections that the server has closed.

        Raises:
            ConnectError: nothing was sent.
            RequestTimeout: no complete answer within the timeout.
            TransportError: the connection broke, or what came is not HTTP.
        """
        session = self._current() or await self._begin()
        try:
            async with session.request(
                request.method,
                URL(request.url, encoded=True),
                data=request.body,
                headers={**request.headers, "Authorization": authorization},
                allow_redirects=False,
                raise_for_status=False,  # a session that was given may have it on
                skip_auto_headers=_NO_BODY if request.body is None and request.method != "GET" else None,
                timeout=_timeout(limit),
                proxy=self._proxy,
                ssl=self._ssl or True,
            ) as answer:
                body = await answer.read()
                return Response(request, answer.status, answer.headers, body)
        except aiohttp.ConnectionTimeoutError as error:
            raise ConnectError(f"{request}: no connection within {limit.connect} s") from error
        except TimeoutError as error:
            raise RequestTimeout(f"{request}: no complete answer within the timeout ({limit})") from error
        except aiohttp.ClientConnectorError as error:
            raise ConnectError(f"{request}: cannot connect: {error}") from error
        except (aiohttp.InvalidURL, UnicodeError) as error:
            raise ConfigurationError(f"{request}: not a URL that can be asked") from error
        except aiohttp.ClientHttpProxyError as error:
            raise ConnectError(f"{request}: the proxy answered {error.status} {error.message}") from None
        except aiohttp.ClientResponseError as error:
            # Its text and its attributes hold the request's headers, the token among them.
            raise TransportError(f"{request}: what came back is not HTTP: {_line(error.message)}") from None
        except (aiohttp.ClientError, OSError) as error:
            raise TransportError(
                f"{request}: the connection broke: {_line(str(error)) or type(error).__name__}"
            ) from error

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
        keeper = _close_with_loop(session, weakref.ref(self._open))
        loop = asyncio.get_running_loop()
        if loop in self._open:
            self._inherited.append(self._open[loop])
        self._open[loop] = _Open(session, keeper)
        await anext(keeper)
        return session

    async def aclose(self) -> None:
        """Closes the sessions of all loops; a given session stays as it is."""
        here = asyncio.get_running_loop()
        ours = {loop: found for loop, found in self._open.items() if found.pid == os.getpid()}
        # Shielded, lest a cancelled task leaves half of the connections open.
        with anyio.CancelScope(shield=True):
            for loop, found in ours.items():
                if loop is here:
                    await found.keeper.aclose()
                elif not loop.is_closed():
                    asyncio.run_coroutine_threadsafe(found.keeper.aclose(), loop)


def _line(message: str) -> str:
    """On one line: aiohttp shows offending bytes over several, and all of them."""
    return " ".join(message.split())[:200]


@functools.lru_cache(maxsize=64)
def _timeout(limit: Timeout) -> aiohttp.ClientTimeout:
    return aiohttp.ClientTimeout(total=limit.total, sock_connect=limit.connect, sock_read=limit.read)


async def _close_with_loop(session: aiohttp.ClientSession, opened: weakref.ref[_Sessions]) -> AsyncGenerator[None]:
    """An event loop closes the generators begun on it when it shuts down or they are collected."""
    try:
        yield
    finally:
        # A session holds on to its loop, so the weak key alone would keep both for ever.
        sessions = opened()
        if sessions is not None:
            sessions.pop(asyncio.get_running_loop(), None)
        await session.close()
