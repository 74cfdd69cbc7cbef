"""The one place that touches aiohttp's HTTP client."""

from __future__ import annotations

import asyncio
import ssl as ssl_module
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
        self._open: WeakKeyDictionary[asyncio.AbstractEventLoop, _Open] = WeakKeyDictionary()

    async def send(self, request: Request, authorization: str, limit: Timeout) -> Response:
        """One exchange, no second try.

        Raises:
            ConnectError: nothing was sent.
            RequestTimeout: no complete answer within the timeout.
            TransportError: the connection broke, or what came is not HTTP.
        """
        session = await self._session()
        where = f"{request.operation}: {request.method} {request.url}"
        try:
            async with session.request(
                request.method,
                URL(request.url, encoded=True),
                data=request.body,
                headers={**request.headers, "Authorization": authorization},
                allow_redirects=False,
                timeout=aiohttp.ClientTimeout(total=limit.total, connect=limit.connect, sock_read=limit.read),
                proxy=self._proxy,
                ssl=self._ssl or True,
            ) as answer:
                body = await answer.read()
                return Response(request, answer.status, answer.headers, body)
        except aiohttp.ConnectionTimeoutError as error:
            raise ConnectError(f"{where}: no connection within {limit.connect} s") from error
        except TimeoutError as error:
            raise RequestTimeout(f"{where}: no complete answer within the timeout ({limit})") from error
        except aiohttp.ClientConnectorError as error:
            raise ConnectError(f"{where}: cannot connect: {error}") from error
        except aiohttp.InvalidURL as error:
            raise ConfigurationError(f"{where}: not a URL that can be asked") from error
        except aiohttp.ClientResponseError as error:
            # Its text and its attributes hold the request's headers, the token among them.
            raise TransportError(f"{where}: what came back is not HTTP: {error.message}") from None
        except (aiohttp.ClientError, OSError) as error:
            what = str(error) or type(error).__name__
            raise TransportError(f"{where}: the connection broke: {what}") from error

    async def _session(self) -> aiohttp.ClientSession:
        loop = asyncio.get_running_loop()
        if self._given is not None:
            if self._given.closed:
                raise ConfigurationError("the session that was given to the client is closed")
            return self._given
        found = self._open.get(loop)
        if found is None or found.session.closed:
            session = aiohttp.ClientSession(
                cookie_jar=aiohttp.DummyCookieJar(), connector=aiohttp.TCPConnector(limit=100)
            )
            keeper = _close_with_loop(session)
            found = self._open[loop] = _Open(session, keeper)
            await anext(keeper)
        return found.session

    async def aclose(self) -> None:
        """Closes the sessions of all loops; a given session stays as it is."""
        here = asyncio.get_running_loop()
        for loop, found in list(self._open.items()):
            if loop is here:
                await found.keeper.aclose()
            elif not loop.is_closed():
                asyncio.run_coroutine_threadsafe(found.keeper.aclose(), loop)
        self._open.clear()


async def _close_with_loop(session: aiohttp.ClientSession) -> AsyncGenerator[None]:
    """An event loop closes the generators begun on it when it shuts down or they are collected."""
    try:
        yield
    finally:
        await session.close()
