"""An API over TLS with certificates of its own, and a proxy that opens tunnels and remembers all that it could read."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import attrs
import trustme

from tests.support.raw import listening

BODY = b'{"results": []}'
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (len(BODY), BODY)


@attrs.define
class Heard:
    """What has come in, as bytes."""

    port: int = 0
    data: bytes = b""


def certificates(*names: str, expired: bool = False) -> tuple[trustme.CA, ssl.SSLContext]:
    """An authority, and the context of a server that it vouches for."""
    authority = trustme.CA()
    ends = datetime(2020, 1, 1, tzinfo=UTC) if expired else None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    # It takes contexts of pyOpenSSL too, which is not here.
    authority.issue_cert(*names, not_after=ends).configure_cert(context)  # pyright: ignore[reportUnknownMemberType]
    return authority, context


def authority_file(authority: trustme.CA, folder: Path) -> Path:
    path = folder / "authority.pem"
    authority.cert_pem.write_to_path(path)
    return path


@asynccontextmanager
async def encrypted(context: ssl.SSLContext, says: bytes = ANSWER) -> AsyncGenerator[Heard]:
    """An API over TLS whose lists are empty, unless another response is given."""
    heard = Heard()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            heard.data += await reader.readuntil(b"\r\n\r\n")
            writer.write(says)

    async with listening(answer, context) as heard.port:
        yield heard


@asynccontextmanager
async def proxying(context: ssl.SSLContext | None = None) -> AsyncGenerator[Heard]:
    """Opens a tunnel to the port that is asked for, on this machine whatever the name; hears all that passes."""
    heard = Heard()

    async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65536):
            heard.data += data
            writer.write(data)

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        heard.data += head
        there_reader, there_writer = await asyncio.open_connection("127.0.0.1", _port(head))
        writer.write(b"HTTP/1.1 200 Connected\r\n\r\n")
        ways = [asyncio.ensure_future(pump(*way)) for way in ((reader, there_writer), (there_reader, writer))]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            there_writer.close()
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)

    async with listening(answer, context) as heard.port:
        yield heard


def _port(head: bytes) -> int:
    return int(head.split()[1].rpartition(b":")[2])
