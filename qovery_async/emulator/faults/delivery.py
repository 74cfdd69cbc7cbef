"""How is a response sent whole, truncated or not at all?"""

from __future__ import annotations

from aiohttp import web
from multidict import CIMultiDict

from qovery_async.emulator.faults.kinds import OutgoingResponse
from qovery_async.emulator.http.connection import close_connection

_UNSENT = ("Content-Length", "Transfer-Encoding", "Date", "Server")


def read(response: web.StreamResponse) -> OutgoingResponse | None:
    """The response of a handler, or None if it is already being sent, as that of a WebSocket is."""
    if not isinstance(response, web.Response) or response.prepared:
        return None
    body = response.body
    if body is not None and not isinstance(body, (bytes, bytearray)):
        return None
    headers = CIMultiDict(response.headers)
    for name in _UNSENT:
        headers.popall(name, None)
    return OutgoingResponse(response.status, headers, bytes(body or b""))


async def send(request: web.Request, outgoing: OutgoingResponse) -> web.StreamResponse:
    """Sends a broken response, or returns a whole one for aiohttp to send."""
    if outgoing.ending == "whole":
        whole = web.Response(status=outgoing.status, headers=outgoing.headers, body=outgoing.body)
        if outgoing.foreign:
            # Sent at once, so that it does not get the headers that the API adds to its own responses.
            await whole.prepare(request)
        return whole
    # Closing with unread request data would reset the connection.
    await request.release()
    response = web.StreamResponse(status=outgoing.status, headers=outgoing.headers)
    response.force_close()
    if outgoing.ending != "dropped" and outgoing.body:
        response.content_length = len(outgoing.body)
        await response.prepare(request)
        await response.write(outgoing.body[: len(outgoing.body) // 2])
    close_connection(request.transport, reset=outgoing.ending == "reset")
    return response
