"""Does a call that fails or is canceled leak the token, in its error, frames, log lines or pickles?"""

from __future__ import annotations

import asyncio
import contextlib
import ssl
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import anyio
import pytest

from qovery_async import (
    AsyncQovery,
    ConfigurationError,
    ConnectError,
    QoveryError,
    RequestTimeout,
    Timeout,
    TransportError,
)
from tests.support import ROOT
from tests.support.server import Answer, closed_port, full_port, serve, serve_bytes
from tests.support.sight import TOKEN, Needle

pytestmark = pytest.mark.anyio

Watch = Callable[..., Any]
PASSWORD = "Qx5tLz8wRk2Vb"
API = "https://api.qovery.invalid"


def list_projects(client: Any) -> Any:
    return client.projects.list(organization_id="o1")


@pytest.mark.parametrize("find", [closed_port, lambda: "https://nowhere.invalid"], ids=["port", "name"])
async def test_nobody_is_there(watch: Watch, find: Callable[[], str]) -> None:
    seen = await watch(find())
    assert isinstance(seen.ended, ConnectError)
    assert seen.places == []


async def test_no_encryption_where_it_is_expected(watch: Watch) -> None:
    async with serve(Answer({})) as server:
        seen = await watch(server.url.replace("http:", "https:"))
    assert isinstance(seen.ended, ConnectError)
    assert seen.places == []


@pytest.mark.parametrize("data", [b"", b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{"])
@pytest.mark.parametrize("reset", [True, False])
async def test_the_connection_breaks(watch: Watch, data: bytes, *, reset: bool) -> None:
    async with serve_bytes(data, reset=reset) as server:
        seen = await watch(server.url)
    assert isinstance(seen.ended, TransportError)
    assert seen.places == []


@pytest.mark.parametrize("limit", [Timeout(total=0.2), Timeout(attempt=0.1), Timeout(read=0.1)])
@pytest.mark.parametrize("data", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{"])
async def test_the_answer_takes_too_long(watch: Watch, data: bytes, limit: Timeout) -> None:
    async with serve_bytes(data, stay=True) as server:
        seen = await watch(server.url, timeout=limit)
    assert isinstance(seen.ended, RequestTimeout)
    assert seen.places == []


async def test_connecting_takes_too_long(watch: Watch) -> None:
    with full_port() as url:
        seen = await watch(url, timeout=Timeout(connect=0.1))
    assert isinstance(seen.ended, ConnectError)
    assert seen.places == []


class TestProxy:
    """Its password is a secret, too."""

    @staticmethod
    def with_password(url: str) -> str:
        return url.replace("//", f"//me:{PASSWORD}@")

    @pytest.mark.parametrize("secret", [TOKEN, PASSWORD])
    async def test_that_is_down(self, watch: Watch, secret: str) -> None:
        seen = await watch(API, proxy=self.with_password(closed_port()), secret=secret)
        assert isinstance(seen.ended, ConnectError)
        assert seen.places == []

    @pytest.mark.parametrize("secret", [TOKEN, PASSWORD])
    @pytest.mark.parametrize("answer", [b"HTTP/1.1 407 No\r\nContent-Length: 0\r\n\r\n", b"garbage\r\n\r\n", b""])
    async def test_that_opens_no_tunnel(self, watch: Watch, secret: str, answer: bytes) -> None:
        async with serve_bytes(answer) as proxy:
            seen = await watch(API, proxy=self.with_password(proxy.url), secret=secret)
        assert isinstance(seen.ended, TransportError)
        assert seen.places == []


@contextlib.contextmanager
def _caught(caught: list[BaseException]) -> Any:
    try:
        yield
    except BaseException as error:  # noqa: BLE001  # cancellation is one
        caught.append(error)


@pytest.mark.parametrize("data", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{"])
async def test_a_call_that_is_cancelled(log: Callable[[], str], data: bytes) -> None:
    """By asyncio's timeout, by anyio's scope, and as a task; then the client is left behind unclosed."""
    caught: list[BaseException] = []
    async with serve_bytes(data, stay=True) as server:
        client = AsyncQovery(TOKEN, base_url=server.url)
        with _caught(caught):
            async with asyncio.timeout(0.1):
                await list_projects(client)
        with _caught(caught), anyio.fail_after(0.1):
            await list_projects(client)
        task = asyncio.ensure_future(list_projects(client))
        await asyncio.sleep(0.1)
        shown = repr(task)
        task.cancel()
        with _caught(caught):
            await task
        await client.aclose()
    assert [type(error) for error in caught] == [TimeoutError, TimeoutError, asyncio.CancelledError]
    assert [Needle(TOKEN).places_in(error) for error in caught] == [[], [], []]
    assert not Needle(TOKEN).stands_in(shown + log())


@pytest.mark.parametrize("hook", ["on_request", "on_response", "on_retry"])
async def test_a_hook_that_fails(watch: Watch, hook: str) -> None:
    def fail(event: object) -> None:
        raise ZeroDivisionError(str(event))

    async with serve(Answer({}, status=503)) as server:
        seen = await watch(server.url, **{hook: fail})
    assert isinstance(seen.ended, ZeroDivisionError)
    assert seen.places == []


async def async_and_late() -> str:
    await asyncio.sleep(0)
    raise LookupError


def failing() -> str:
    raise LookupError


@pytest.mark.parametrize("source", [failing, async_and_late])
async def test_a_function_for_the_token_that_fails(watch: Watch, source: Callable[[], Any]) -> None:
    async with serve(Answer({})) as server:
        seen = await watch(server.url, token=source)
    assert isinstance(seen.ended, LookupError)
    assert seen.places == []


@pytest.mark.parametrize(
    "token",
    [TOKEN + "\n" + TOKEN, TOKEN + "\0", TOKEN + "é", TOKEN + "\udcff", TOKEN.encode(), [TOKEN], {"token": TOKEN}],
)
async def test_a_function_that_returns_no_proper_token(watch: Watch, token: Any) -> None:
    async def later() -> Any:
        return token

    async with serve(Answer({})) as server:
        for source in (lambda: token, later):
            seen = await watch(server.url, token=source)
            assert isinstance(seen.ended, ConfigurationError)
            assert seen.places == []
        assert server.requests == []


async def test_a_call_that_cannot_be_sent(watch: Watch) -> None:
    """Headers of the user's own are not shown either: people put other keys into them."""
    async with serve(Answer({})) as server:
        for secret in (TOKEN, PASSWORD):
            for call in (
                lambda client: client.projects.get(""),
                lambda client: client.projects.update("p1", {"file": b"bytes"}),
                lambda client: client.request("GET", "no-slash"),
                lambda client: client.with_options(headers={"X-Key": PASSWORD, "X": "\n"}),
                lambda client: client.with_options(headers={"X-Key": PASSWORD, "Authorization": f"Token {TOKEN}"}),
            ):
                seen = await watch(server.url, call, headers={"X-Key": PASSWORD}, secret=secret)
                assert isinstance(seen.ended, ConfigurationError)
                assert seen.places == []


async def test_a_certificate_that_is_refused_and_headers_of_ones_own(watch: Watch) -> None:
    seen = await watch(closed_port(), headers={"X-Key": PASSWORD}, secret=PASSWORD, ssl=ssl.create_default_context())
    assert isinstance(seen.ended, QoveryError)
    assert seen.places == []


ABANDONED = """
import asyncio, gc, logging, socket, threading
from qovery_async import AsyncQovery

logging.basicConfig(level=logging.NOTSET)
listener = socket.create_server(("127.0.0.1", 0))
kept = []

def answer():
    kept.append(listener.accept()[0])
    kept[0].recv(65536)
    kept[0].sendall(b"HTTP/1.1 200 OK\\r\\nContent-Length: 9\\r\\n\\r\\n")

async def begin():
    address = "http://me:{password}@127.0.0.1:%d" % listener.getsockname()[1]
    client = AsyncQovery(base_url="http://api.invalid", allow_plain_http=True, proxy=address)
    task = asyncio.ensure_future(client.projects.list(organization_id="o1"))
    await asyncio.sleep(0.2)
    return task

threading.Thread(target=answer).start()
loop = asyncio.new_event_loop()
task = loop.run_until_complete(begin())
loop.close()
del task, loop
gc.collect()
"""


def test_a_loop_that_is_closed_under_a_call(tmp_path: Path) -> None:
    """The warnings of asyncio and aiohttp name connections, but no secret."""
    done = run(ABANDONED.format(password=PASSWORD), tmp_path, "-X", "dev")
    assert done.stderr  # by 3.14, aiohttp has more to say than before
    assert not Needle(TOKEN).stands_in(done.stderr)
    assert not Needle(PASSWORD).stands_in(done.stderr)


INTERRUPTED = """
import os, signal, socket, sys, threading
from tests.support.sight import Needle
from qovery_sync import Qovery

token = os.environ["QOVERY_API_TOKEN"]
listener = socket.create_server(("127.0.0.1", 0))
client = Qovery(base_url="http://127.0.0.1:%d" % listener.getsockname()[1])

def interrupt():
    with listener.accept()[0] as connection:
        connection.recv(65536)
        os.kill(os.getpid(), signal.SIGINT)
        connection.recv(1)

threading.Thread(target=interrupt).start()
try:
    client.projects.list(organization_id="o1")
except KeyboardInterrupt as error:
    print(Needle(token).places_in(error))
client.close()
listener.close()
"""


def test_ctrl_c_in_a_blocking_call(tmp_path: Path) -> None:
    done = run(INTERRUPTED, tmp_path, "-W", "error")
    assert (done.stdout, done.stderr) == ("[]\n", "")


def run(program: str, folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    path = folder / "program.py"
    path.write_text(program)
    return subprocess.run(
        [sys.executable, *options, str(path)],
        env={"QOVERY_API_TOKEN": TOKEN, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
