"""How large may a response be, compressed and not? What is larger or cut short is an error, and memory stays small."""

from __future__ import annotations

import asyncio
import gzip
import json
import tracemalloc
import zlib
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from qovery_async import QoveryError, ResponseTooLarge, TransportError
from tests.support.raw import listening
from tests.support.server import Answer, Ask, serve

pytestmark = pytest.mark.anyio

LIMIT = 1 << 20
BOMB = gzip.compress(bytes(256 * LIMIT // 8), 9)
"""A thousandth of what it unpacks to: 32 times the limit."""


def list_projects(client: Any) -> Any:
    return client.projects.list(organization_id="o1")


def raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(9, wbits=-15)
    return packer.compress(data) + packer.flush()


@asynccontextmanager
async def sending(head: bytes, part: bytes = b"", times: int = 1) -> AsyncGenerator[str]:
    """Answers with a head and a body in parts, for as long as somebody reads."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(head)
        for _ in range(times):
            writer.write(part)
            await writer.drain()

    async with listening(answer) as port:
        yield f"http://127.0.0.1:{port}"


async def weighed(ask: Ask, url: str, call: Callable[[Any], Any] = list_projects) -> tuple[BaseException, int]:
    """The error of a call, and the most memory that it took."""
    tracemalloc.start()
    try:
        with pytest.raises(QoveryError) as failed:
            await ask(url, call, max_response_bytes=LIMIT)
        return failed.value, tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
CHUNK = b"%x\r\n%s\r\n" % (65536, b" " * 65536)
HUGE = 10_000
"""Parts of 64 KiB: more than anybody waits for."""


@pytest.mark.parametrize("status", [b"200 OK", b"404 Not Found", b"503 Slow"])
@pytest.mark.parametrize(
    ("head", "part"),
    [
        (b"Content-Length: 99999999999\r\n\r\n", b" " * 65536),
        (b"\r\n", b" " * 65536),
        (b"Transfer-Encoding: chunked\r\n\r\n", CHUNK),
        (b"Transfer-Encoding: chunked\r\nContent-Encoding: gzip\r\n\r\n", CHUNK),
        (b"Transfer-Encoding: chunked\r\nContent-Encoding: deflate\r\n\r\n", CHUNK),
        (b"Transfer-Encoding: chunked\r\nContent-Encoding: identity\r\n\r\n", CHUNK),
    ],
    ids=["length", "until the end", "chunks", "gzip", "deflate", "identity"],
)
async def test_an_answer_without_end_is_given_up(ask: Ask, status: bytes, head: bytes, part: bytes) -> None:
    async with sending(b"HTTP/1.1 " + status + b"\r\n" + head, part, HUGE) as url:
        error, memory = await weighed(ask, url)
    assert type(error) is ResponseTooLarge
    assert "max_response_bytes" in str(error)
    assert memory < 6 * LIMIT


@pytest.mark.parametrize("status", [200, 404, 500])
@pytest.mark.parametrize(
    ("coding", "body"),
    [
        ("gzip", BOMB),
        ("x-gzip", BOMB),
        ("GZIP", BOMB),
        ("deflate", zlib.compress(bytes(32 * LIMIT), 9)),
        ("deflate", raw_deflate(bytes(32 * LIMIT))),
        ("gzip", gzip.compress(bytes(LIMIT // 32)) * 60),
        ("gzip", gzip.compress(b"") * 50 + BOMB),
    ],
    ids=["gzip", "x-gzip", "capitals", "deflate", "raw deflate", "many parts", "behind empty parts"],
)
async def test_a_bomb_does_not_unfold(ask: Ask, status: int, coding: str, body: bytes) -> None:
    async with serve(Answer(body=body, status=status, headers={"Content-Encoding": coding})) as server:
        error, memory = await weighed(ask, server.url)
    assert type(error) is ResponseTooLarge
    assert memory < 6 * LIMIT


async def test_a_bomb_in_a_bomb_is_unpacked_once_and_refused(ask: Ask) -> None:
    nested = Answer(body=gzip.compress(BOMB), headers={"Content-Encoding": "gzip, gzip"})
    async with serve(nested) as server:
        error, memory = await weighed(ask, server.url)
    assert "only gzip, deflate was requested" in str(error)
    assert memory < 6 * LIMIT


@pytest.mark.parametrize("coding", ["br", "zstd", "compress", "gzip, br", "gzip;q=1", "none"])
async def test_packed_in_another_way_is_an_error(ask: Ask, coding: str) -> None:
    body = gzip.compress(b'{"results": []}')
    async with serve(Answer(body=body, headers={"Content-Encoding": coding})) as server:
        error, _ = await weighed(ask, server.url)
    assert type(error) is TransportError
    assert "only gzip, deflate was requested" in str(error)


@pytest.mark.parametrize("coding", ["gzip", "deflate"])
async def test_not_packed_though_it_says_so_is_an_error(ask: Ask, coding: str) -> None:
    async with serve(Answer(body=b'{"results": []}', headers={"Content-Encoding": coding})) as server:
        error, _ = await weighed(ask, server.url)
    assert "cannot be decompressed" in str(error)


async def test_millions_of_empty_parts_are_an_error(ask: Ask) -> None:
    parts = gzip.compress(b"") * 40_000
    async with serve(Answer(body=parts, headers={"Content-Encoding": "gzip"})) as server:
        error, memory = await weighed(ask, server.url)
    assert "more than 64 gzip members" in str(error)
    assert memory < 6 * LIMIT


@pytest.mark.parametrize(
    "call",
    [
        list_projects,
        lambda client: client.projects.get("p1"),
        lambda client: client.clusters.kubeconfig.get("c1", organization_id="o1"),
        lambda client: client.request("GET", "/anything"),
    ],
    ids=["list", "model", "YAML", "anything"],
)
@pytest.mark.parametrize("pack", [gzip.compress, zlib.compress, raw_deflate])
async def test_what_is_packed_and_cut_short_is_an_error(
    ask: Ask, call: Callable[[Any], Any], pack: Callable[[bytes], bytes]
) -> None:
    whole = pack(b'{"results": [], "text": "' + bytes(range(97, 123)) * 40 + b'"}\n' * 20)
    coding = "gzip" if pack is gzip.compress else "deflate"
    kinds = ["application/json", "text/plain", "application/octet-stream", "application/x-yaml"]
    for kind, left in zip(kinds, [1, 4, len(whole) // 2, len(whole) - 1], strict=True):
        headers = {"Content-Encoding": coding, "Content-Type": kind}
        async with serve(Answer(body=whole[:left], headers=headers)) as server:
            with pytest.raises(TransportError, match=r"ends early|cannot be decompressed"):
                await ask(server.url, call)


@pytest.mark.parametrize(
    "head",
    [
        b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"Content-Length: 5\r\nContent-Length: 99999999\r\n\r\n",
        b"Content-Length: -1\r\n\r\n",
        b"Content-Length: +5\r\n\r\n",
        b"Content-Length: 5, 5\r\n\r\n",
        b"Content-Length: 18446744073709551621\r\n\r\n",
    ],
)
async def test_a_length_that_contradicts_itself_is_no_way_around(ask: Ask, head: bytes) -> None:
    async with sending(OK + head, CHUNK, HUGE) as url:
        error, memory = await weighed(ask, url)
    assert isinstance(error, TransportError)
    assert memory < 6 * LIMIT


@pytest.mark.parametrize(
    ("head", "part"),
    [
        (OK, b"X-A: " + b"a" * 8000 + b"\r\n"),
        (OK, b"A: b\r\n" * 1000),
        (OK + b"X-A: ", b"a" * 65536),
        (b"HTTP/1.1 200 ", b"a" * 65536),
        (OK + b"Transfer-Encoding: chunked\r\n\r\n1\r\n1\r\n0\r\n", b"X-A: " + b"a" * 8000 + b"\r\n"),
        (OK + b"Transfer-Encoding: chunked\r\n\r\n1;a=", b"a" * 65536),
        (b"", b"HTTP/1.1 103 Early Hints\r\nLink: " + b"a" * 8000 + b"\r\n\r\n"),
    ],
    ids=["large headers", "many headers", "one header", "reason", "trailers", "extension of a chunk", "early hints"],
)
async def test_headers_without_end_are_given_up(ask: Ask, head: bytes, part: bytes) -> None:
    async with sending(head, part, HUGE // 4) as url:
        error, memory = await weighed(ask, url)
    assert isinstance(error, TransportError)
    assert memory < 8 * LIMIT


async def test_an_answer_to_head_may_name_any_length(ask: Ask) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\nContent-Encoding: gzip\r\n\r\n"
    async with sending(head) as url:
        answer = await ask(url, lambda client: client.request("HEAD", "/anything"), max_response_bytes=10)
    assert (answer.status, answer.data) == (200, None)


@pytest.mark.parametrize("size", [LIMIT - 1, LIMIT, LIMIT + 1])
@pytest.mark.parametrize("pack", [None, gzip.compress])
async def test_the_ceiling_is_exact(ask: Ask, size: int, pack: Callable[[bytes], bytes] | None) -> None:
    body = json.dumps({"results": []}).encode().ljust(size)
    headers = {"Content-Encoding": "gzip"} if pack else {}
    async with serve(Answer(body=pack(body) if pack else body, headers=headers)) as server:
        if size > LIMIT:
            with pytest.raises(ResponseTooLarge):
                await ask(server.url, list_projects, max_response_bytes=LIMIT)
        else:
            assert await ask(server.url, list_projects, max_response_bytes=LIMIT) == []


async def test_json_of_any_depth_is_survived(ask: Ask) -> None:
    async with serve(Answer(body=b'{"results": ' + b"[" * 100_000)) as server:
        with pytest.raises(QoveryError):
            await ask(server.url, list_projects)
