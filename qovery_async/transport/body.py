"""How is the body of a response read, decompressed and limited in size?"""

from __future__ import annotations

import zlib

import aiohttp
from aiohttp import hdrs

from qovery_async.errors import ResponseTooLarge, TransportError
from qovery_async.transport.request import Request

ACCEPTED = "gzip, deflate"
"""The encodings that `read` decompresses. aiohttp's decompression does not notice a truncated stream."""

_OTHERS = ("br", "zstd", "compress")
# A gzip body may have several members; a limit stops a body with millions of empty ones.
_MEMBERS = 64


def at_hand(response: aiohttp.ClientResponse, request: Request, limit: int) -> bytes | None:
    """The body, where all of it has come already and it is not compressed; None where `read` has to be used.

    Raises:
        ResponseTooLarge: the body is larger than `limit` bytes.
        aiohttp.ClientError: the connection broke.
    """
    if not response.content.is_eof() or hdrs.CONTENT_ENCODING in response.headers:
        return None
    body = response.content.read_nowait()
    if len(body) > limit:
        raise _too_large(request, limit)
    return body


async def read(response: aiohttp.ClientResponse, request: Request, limit: int) -> bytes:
    """The decompressed body of a response, which aiohttp leaves compressed.

    Raises:
        ResponseTooLarge: the body is larger than `limit` bytes, compressed or decompressed.
        TransportError: the compressed data is incomplete or invalid, or has an encoding that was not requested.
        aiohttp.ClientError: the connection broke.
    """
    if request.method == "HEAD":
        return b""
    length = response.content_length
    if length is not None and length > limit:
        raise _too_large(request, limit)
    coding = response.headers.get("Content-Encoding", "").strip().lower()
    if coding in ("", "identity"):
        return await response.read() if length is not None else await _gather(response, request, limit)
    packed = await _gather(response, request, limit)
    return _unpack(packed, coding, request, limit) if packed else b""


async def _gather(response: aiohttp.ClientResponse, request: Request, limit: int) -> bytes:
    parts: list[bytes] = []
    size = 0
    async for part in response.content.iter_any():
        size += len(part)
        if size > limit:
            raise _too_large(request, limit)
        parts.append(part)
    return b"".join(parts)


def _unpack(packed: bytes, coding: str, request: Request, limit: int) -> bytes:
    if coding not in ("gzip", "x-gzip", "deflate"):
        # Only known names are shown: any other value may contain the token.
        name = repr(coding) if coding in _OTHERS else "an unknown encoding"
        raise TransportError(f"{request}: the response is compressed with {name}, but only {ACCEPTED} was requested")
    # The standard wraps deflate in a zlib header; some servers omit it.
    framed = coding != "deflate" or (packed[0] & 0x0F == 8 and int.from_bytes(packed[:2], "big") % 31 == 0)
    unpacked, rest = b"", packed
    for _ in range(_MEMBERS):
        stream = zlib.decompressobj(wbits=47 if framed else -15)
        try:
            # Stops one byte past the limit, so that a decompression bomb stays small.
            unpacked += stream.decompress(rest, limit + 1 - len(unpacked))
        except zlib.error as error:
            raise TransportError(f"{request}: the response cannot be decompressed: {error}") from None
        if len(unpacked) > limit:
            raise _too_large(request, limit)
        if not stream.eof:
            raise TransportError(f"{request}: the response ends early: its compressed data is incomplete")
        rest = stream.unused_data
        if not rest:
            return unpacked
    raise TransportError(f"{request}: the response cannot be decompressed: it has more than {_MEMBERS} gzip members")


def _too_large(request: Request, limit: int) -> ResponseTooLarge:
    return ResponseTooLarge(
        f"{request}: the response is larger than {limit} bytes; if that is expected, increase max_response_bytes"
    )
