"""How is the body of an answer read: whole, unpacked, and no larger than allowed?"""

from __future__ import annotations

import zlib

import aiohttp

from qovery_async.errors import ResponseTooLarge, TransportError
from qovery_async.transport.request import Request

ACCEPTED = "gzip, deflate"
"""What `read` can unpack. aiohttp could too, but takes a stream that ends early for a whole one."""

_OTHERS = ("br", "zstd", "compress")
# gzip allows several, one after another; millions of empty ones would keep a client busy.
_MEMBERS = 64


async def read(answer: aiohttp.ClientResponse, request: Request, limit: int) -> bytes:
    """The body of an answer that aiohttp has left packed.

    Raises:
        ResponseTooLarge: it is larger than `limit` bytes, as it came or unpacked.
        TransportError: it ends early, or is packed in a way that was not asked for.
        aiohttp.ClientError: the connection broke.
    """
    if request.method == "HEAD":
        return b""
    length = answer.content_length
    if length is not None and length > limit:
        raise _too_large(request, limit)
    coding = answer.headers.get("Content-Encoding", "").strip().lower()
    if coding in ("", "identity"):
        return await answer.read() if length is not None else await _gather(answer, request, limit)
    packed = await _gather(answer, request, limit)
    return _unpack(packed, coding, request, limit) if packed else b""


async def _gather(answer: aiohttp.ClientResponse, request: Request, limit: int) -> bytes:
    parts: list[bytes] = []
    size = 0
    async for part in answer.content.iter_any():
        size += len(part)
        if size > limit:
            raise _too_large(request, limit)
        parts.append(part)
    return b"".join(parts)


def _unpack(packed: bytes, coding: str, request: Request, limit: int) -> bytes:
    if coding not in ("gzip", "x-gzip", "deflate"):
        # Named where it is a name; what else stands there may repeat the token.
        name = f"as {coding!r}" if coding in _OTHERS else "in an unknown way"
        raise TransportError(f"{request}: the answer is packed {name}; only {ACCEPTED} was asked for")
    # By the standard, deflate has zlib's frame; some servers leave it out.
    framed = coding != "deflate" or (packed[0] & 0x0F == 8 and int.from_bytes(packed[:2], "big") % 31 == 0)
    unpacked, rest = b"", packed
    for _ in range(_MEMBERS):
        stream = zlib.decompressobj(wbits=47 if framed else -15)
        try:
            # One byte more than allowed is enough to know, and a bomb never gets to unfold.
            unpacked += stream.decompress(rest, limit + 1 - len(unpacked))
        except zlib.error as error:
            raise TransportError(f"{request}: the answer cannot be unpacked: {error}") from None
        if len(unpacked) > limit:
            raise _too_large(request, limit)
        if not stream.eof:
            raise TransportError(f"{request}: the answer ends early: what was packed is not whole")
        rest = stream.unused_data
        if not rest:
            return unpacked
    raise TransportError(f"{request}: the answer cannot be unpacked: it has more than {_MEMBERS} parts")


def _too_large(request: Request, limit: int) -> ResponseTooLarge:
    return ResponseTooLarge(
        f"{request}: the answer is larger than {limit} bytes; if that is expected, raise max_response_bytes"
    )
