"""The one place that sends with aiohttp."""

from __future__ import annotations

import asyncio
import io
import math

import aiohttp
from aiohttp import hdrs
from multidict import CIMultiDict
from yarl import URL

from qovery_async.errors import TransportError
from qovery_async.secrecy.secret import Secret, not_pickled, revealed
from qovery_async.transport.body import at_hand, read
from qovery_async.transport.failures import failure
from qovery_async.transport.network import Network
from qovery_async.transport.options import Timeout
from qovery_async.transport.request import Request
from qovery_async.transport.response import Response
from qovery_async.transport.sessions import CLOSED, Session

# Unless told to skip it, aiohttp sends a content type with a POST that has no body.
_NO_BODY = ("Content-Type",)
# Bytes; aiohttp warns of a larger `bytes` object and wants a file, which it sends in pieces.
_LARGE = 2**20
# Bytes of memory for the JSON of any response, so that a low limit for bodies refuses no ordinary one.
ROOM = 64 * 2**20


class HttpTransport:
    """Sends requests and reads their responses, each once."""

    def __init__(self, network: Network, *, max_response_bytes: int) -> None:
        self._network = network
        self._max_response_bytes = max_response_bytes
        self._ceiling = max(ROOM, max_response_bytes)
        given = {name: value for name, value in network.connection_to("").items() if value is not None}
        self._direct = given if network.proxy is None else None
        """The connection arguments for aiohttp, where no proxy makes them depend on the address."""
        self._latest: tuple[Timeout | None, aiohttp.ClientTimeout] = (None, aiohttp.ClientTimeout())
        """The limits of the latest request, and the same as aiohttp takes them."""

    __reduce__ = not_pickled

    async def send(self, request: Request, authorization: Secret, limit: Timeout) -> Response:
        """The response to a request, which is sent once, whatever happens.

        Raises:
            ConnectError: nothing was sent.
            RequestTimeout: no complete response within the time for one attempt.
            TransportError: the connection broke, or the response is not HTTP or too large.
        """
        sessions = self._network.sessions
        session = sessions.current() or await sessions.begin()
        try:
            return await session.watch.within(_watched(limit), self._once(session, request, authorization, limit))
        except BaseException as error:  # noqa: BLE001  # raised again below, whatever it is
            if isinstance(error, asyncio.CancelledError) and session.http.closed and not is_cancelled():
                # aiohttp cancels tasks that wait for a connection when its session is closed.
                failed: BaseException = TransportError(f"{request}: {CLOSED}")
            else:
                failed = failure(error, request, limit, authorization)
        # Raised out here: the frames of aiohttp hold the headers, and the token with them.
        try:
            raise failed
        finally:
            del failed

    async def _once(self, session: Session, request: Request, authorization: Secret, limit: Timeout) -> Response:
        sent = request.body
        answer = await session.http.request(
            request.method,
            URL(request.url, encoded=True),
            data=sent if sent is None or len(sent) <= _LARGE else io.BytesIO(sent),
            headers=self._headers(request, authorization),
            allow_redirects=False,
            raise_for_status=False,  # a session that was given may have it on
            auto_decompress=False,
            skip_auto_headers=_NO_BODY if sent is None and request.method != "GET" else None,
            timeout=self._timeout(limit, session),
            **(self._direct or self._network.connection_to(request.url)),
        )
        try:
            # A trace learns of the body from aiohttp's own reading.
            body = None if session.http.trace_configs else at_hand(answer, request, self._max_response_bytes)
            if body is None:
                body = await self._read(session, answer, request)
        finally:
            # A body that has come to its end has given the connection back already.
            if sent is not None or not answer.closed:
                answer.release()
                await answer.wait_for_close()
        headers = authorization.hidden_in_headers(answer.headers)
        return Response(request, answer.status, headers, body, authorization, ceiling=self._ceiling)

    def _headers(self, request: Request, authorization: Secret) -> CIMultiDict[str]:
        sent = CIMultiDict(request.headers)
        if request.has_secrets:
            sent.update(revealed(request.headers))
        if self._direct is None:
            sent.update(self._network.headers_for(request.url))
        sent[hdrs.AUTHORIZATION] = authorization.reveal()
        return sent

    def _timeout(self, limit: Timeout, session: Session) -> aiohttp.ClientTimeout:
        known, timeout = self._latest
        if known is not limit:
            # The watch sees to `attempt`. A user's session keeps aiohttp's timer, too, which refuses another loop.
            total = limit.attempt if session.is_given else None
            timeout = aiohttp.ClientTimeout(total=total, sock_connect=limit.connect, sock_read=limit.read)
            self._latest = (limit, timeout)
        return timeout

    async def _read(self, session: Session, answer: aiohttp.ClientResponse, request: Request) -> bytes:
        session.reading.add(answer)
        try:
            return await read(answer, request, self._max_response_bytes)
        finally:
            session.reading.discard(answer)


def _watched(limit: Timeout) -> float | None:
    """The seconds within which an attempt must end; None where the call has to end sooner, and is watched for that."""
    return None if limit.total is not None and limit.total <= (limit.attempt or math.inf) else limit.attempt


def is_cancelled() -> bool:
    """Whether the running task is cancelled, or there is none."""
    task = asyncio.current_task()
    return task is None or task.cancelling() > 0
