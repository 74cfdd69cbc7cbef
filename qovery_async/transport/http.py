"""The one place that sends with aiohttp."""

from __future__ import annotations

import asyncio
import functools
import io

import aiohttp
from yarl import URL

from qovery_async.errors import TransportError
from qovery_async.secrecy.secret import Secret, not_pickled, revealed
from qovery_async.transport.body import ACCEPTED, read
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
_ROOM = 64 * 2**20


class HttpTransport:
    """Sends requests and reads their responses, each once."""

    def __init__(self, network: Network, *, max_response_bytes: int) -> None:
        self._network = network
        self._max_response_bytes = max_response_bytes

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
            return await session.watch.within(limit.attempt, self._once(session, request, authorization, limit))
        except BaseException as error:  # noqa: BLE001  # raised again below, whatever it is
            if isinstance(error, asyncio.CancelledError) and session.http.closed and not _is_cancelled():
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
        async with session.http.request(
            request.method,
            URL(request.url, encoded=True),
            data=request.body if request.body is None or len(request.body) <= _LARGE else io.BytesIO(request.body),
            headers={
                "Accept-Encoding": ACCEPTED,
                **revealed(request.headers),
                **self._network.headers_for(request.url),
                "Authorization": authorization.reveal(),
            },
            allow_redirects=False,
            raise_for_status=False,  # a session that was given may have it on
            auto_decompress=False,
            skip_auto_headers=_NO_BODY if request.body is None and request.method != "GET" else None,
            timeout=_timeout(limit, own=not session.is_given),
            **self._network.connection_to(request.url),
        ) as answer:
            session.reading.add(answer)
            try:
                body = await read(answer, request, self._max_response_bytes)
            finally:
                session.reading.discard(answer)
            headers = authorization.hidden_in_headers(answer.headers)
            return Response(
                request, answer.status, headers, body, authorization, ceiling=max(_ROOM, self._max_response_bytes)
            )


@functools.lru_cache(maxsize=64)
def _timeout(limit: Timeout, *, own: bool) -> aiohttp.ClientTimeout:
    # The watch sees to `attempt`. A session of the user's keeps aiohttp's timer, too, which refuses another loop.
    total = None if own else limit.attempt
    return aiohttp.ClientTimeout(total=total, sock_connect=limit.connect, sock_read=limit.read)


def _is_cancelled() -> bool:
    task = asyncio.current_task()
    return task is None or task.cancelling() > 0
