"""How is the body of a response read: complete, decompressed, and no larger than allowed?"""

from __future__ import annotations

import zlib

import aiohttp

from qovery_async.errors import ResponseTooLarge, TransportError
from qovery_async.transport.request import Request

ACCEPTED = "gzip, deflate"
"""The codings that `read` decompresses. aiohttp could, but takes a stream that ends early for a complete one."""

_OTHERS = ("br", "zstd", "compress")
# gzip allows several streams in a row; millions of empty ones would keep a client busy.
_MEMBERS = 64


async def read(response: aiohttp.ClientResponse, request: Request, limit: int) -> bytes:
    """The body of a response that aiohttp has left compressed.

    Raises:
        ResponseTooLarge: the body is larger than `limit` bytes, before or after decompression.
        TransportError: the body ends early, or has a coding that was not requested.
        aiohttp.ClientError: the connection broke.
    """
    if request.method == "HEAD":
        return b""
    length = response.content_length
    if length is not None and length > limit:
        raise _too_large(request, limit)
    coding = response.headers.get("Content-Encoding", "").strip().lower()
    if coding in ("", "identity"):
        return await response.read() if length is not None else await _collect(response, request, limit)
    compressed = await _collect(response, request, limit)
    return _decompress(compressed, coding, request, limit) if compressed else b""


async def _collect(response: aiohttp.ClientResponse, request: Request, limit: int) -> bytes:
    parts: list[bytes] = []
    size = 0
    async for part in response.content.iter_any():
        size += len(part)
        if size > limit:
            raise _too_large(request, limit)
        parts.append(part)
    return b"".join(parts)


def _decompress(compressed: bytes, coding: str, request: Request, limit: int) -> bytes:
    if coding not in ("gzip", "x-gzip", "deflate"):
        # An unknown value is not shown, because it may repeat the token.
        name = repr(coding) if coding in _OTHERS else "an unknown value"
        raise TransportError(
            f"{request}: the response has Content-Encoding {name}, but the request accepts only {ACCEPTED}"
        )
    # The standard's deflate has a zlib header; some servers leave it out.
    framed = coding != "deflate" or (compressed[0] & 0x0F == 8 and int.from_bytes(compressed[:2], "big") % 31 == 0)
    body, rest = b"", compressed
    for _ in range(_MEMBERS):
        stream = zlib.decompressobj(wbits=47 if framed else -15)
        try:
            # One byte above the limit proves that it is exceeded, so a compression bomb never expands.
            body += stream.decompress(rest, limit + 1 - len(body))
        except zlib.error as error:
            raise TransportError(f"{request}: the response body cannot be decompressed: {error}") from None
        if len(body) > limit:
            raise _too_large(request, limit)
        if not stream.eof:
            raise TransportError(f"{request}: the response body ends early: its compressed data is incomplete")
        rest = stream.unused_data
        if not rest:
            return body
    raise TransportError(
        f"{request}: the response body cannot be decompressed: it has more than {_MEMBERS} compressed parts"
    )


def _too_large(request: Request, limit: int) -> ResponseTooLarge:
    return ResponseTooLarge(
        f"{request}: the response is larger than {limit} bytes; if that is expected, increase max_response_bytes"
    )
