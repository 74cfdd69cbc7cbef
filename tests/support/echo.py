"""Servers that repeat the token in their responses, as debugging proxies and careless servers do."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager

from tests.support.raw import listening

Repeat = Callable[[str], bytes]
"""Makes the bytes of an answer out of the whole value of `Authorization`."""


@asynccontextmanager
async def repeating(answer: Repeat, header: str = "authorization") -> AsyncGenerator[str]:
    """The address of a server that answers each connection once, with what `answer` makes of a header."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin1")
        sent = re.search(rf"(?im)^{header}: (.*)\r$", head)
        writer.write(answer(sent[1] if sent else "nothing"))

    async with listening(serve) as port:
        yield f"http://127.0.0.1:{port}"


def http(status: str, body: bytes = b"", *headers: str) -> bytes:
    """An answer with its length, which closes the connection."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close", *headers]
    return "\r\n".join([*lines, "", ""]).encode("latin1") + body
