"""The one place that touches aiohttp's HTTP client."""

from __future__ import annotations

import asyncio
import functools
import ssl as ssl_module
import weakref
from collections.abc import AsyncGenerator
from weakref import WeakKeyDictionary

import aiohttp
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

    async def send(self, request: Request, authorization: str, limit: Timeout) -> Response:
        """One exchange. aiohttp itself repeats GET, PUT and DELETE once on a connection that proves dead.

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
                skip_auto_headers=("Content-Type",),  # else a POST without a body claims to have one
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
            return found.session if found and not found.session.closed else None
        if self._given.closed:
            raise ConfigurationError("the session that was given to the client is closed")
        return self._given

    async def _begin(self) -> aiohttp.ClientSession:
        session = aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar())
        keeper = _close_with_loop(session, weakref.ref(self._open))
        self._open[asyncio.get_running_loop()] = _Open(session, keeper)
        await anext(keeper)
        return session

    async def aclose(self) -> None:
        """Closes the sessions of all loops; a given session stays as it is."""
        here = asyncio.get_running_loop()
        for loop, found in list(self._open.items()):
            if loop is here:
                await found.keeper.aclose()
            elif not loop.is_closed():
                asyncio.run_coroutine_threadsafe(found.keeper.aclose(), loop)
        self._open.clear()


def _line(message: str) -> str:
    """aiohttp shows offending bytes over several lines, and all of them."""
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
