"""What can be configured, where does it come from, and what is refused before anything is sent?"""

from __future__ import annotations

import asyncio
import math
import os
import traceback
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar

import aiohttp
import pytest
from aiohttp import web

from qovery_async import (
    UNSET,
    ApiError,
    AsyncQovery,
    ConfigurationError,
    ConnectError,
    NotFound,
    QoveryError,
    Timeout,
    Unauthorized,
)
from qovery_sync import Qovery
from tests.support.server import TOKEN, Answer, Ask, closed_port, serve, serve_bytes

pytestmark = pytest.mark.anyio

LIST = Answer({"results": []})
REFUSED = Answer(status=401)
SOURCES = ("argument", "QOVERY_API_TOKEN", "QOVERY_API_TOKEN_FILE", "QOVERY_CLI_ACCESS_TOKEN", "Q_CLI_ACCESS_TOKEN")


async def list_projects(client: AsyncQovery) -> None:
    await client.projects.list(organization_id="o1")


@pytest.mark.parametrize("first", range(len(SOURCES)), ids=SOURCES)
async def test_the_token_comes_from_the_first_source_that_has_one(
    first: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "token").write_text("from-QOVERY_API_TOKEN_FILE\n")
    for variable in SOURCES[max(first, 1) :]:
        is_file = variable.endswith("_FILE")
        monkeypatch.setenv(variable, str(tmp_path / "token") if is_file else f"from-{variable}")
    token = "from-argument" if first == 0 else None
    async with serve(LIST) as server, AsyncQovery(token, base_url=server.url) as client:
        await list_projects(client)
        assert server.only.token == f"Token from-{SOURCES[first]}"


async def test_an_empty_variable_counts_as_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QOVERY_API_TOKEN", "")
    monkeypatch.setenv("Q_CLI_ACCESS_TOKEN", "from-cli")
    async with serve(LIST) as server, AsyncQovery(base_url=server.url) as client:
        await list_projects(client)
        assert server.only.token == "Token from-cli"


class Source:
    """A source of tokens that counts how often it is asked; plain or async."""

    def __init__(self, *tokens: str) -> None:
        self.tokens = tokens
        self.asked = 0

    def plain(self) -> str:
        self.asked += 1
        return self.tokens[min(self.asked, len(self.tokens)) - 1]

    async def asynchronous(self) -> str:
        token = self.plain()
        await asyncio.sleep(0.02)
        return token


@pytest.mark.parametrize("style", ["plain", "asynchronous"])
async def test_a_function_is_asked_at_the_first_call_and_again_after_a_401_only(style: str) -> None:
    source = Source("one", "two")
    async with serve(LIST, Answer(status=403), LIST, REFUSED, LIST) as server:
        async with AsyncQovery(getattr(source, style), base_url=server.url) as client:
            assert source.asked == 0
            await list_projects(client)
            with pytest.raises(ApiError):
                await list_projects(client)
            await list_projects(client)
            assert source.asked == 1
            await list_projects(client)
            await list_projects(client)
            assert source.asked == 2
        assert [seen.token for seen in server.requests] == ["Token one"] * 4 + ["Token two"] * 2


async def test_a_refused_function_is_not_asked_for_ever(ask: Ask) -> None:
    same, other = Source("one"), Source("one", "two", "three")
    async with serve(REFUSED) as server:
        for source in (same, other):
            with pytest.raises(Unauthorized):
                await ask(server.url, lambda client: client.projects.get("p1"), token=source.asynchronous)
        assert [seen.token for seen in server.requests] == ["Token one", "Token one", "Token two"]


async def test_calls_at_the_same_time_ask_the_function_once() -> None:
    source = Source("one", "two")

    async def answer(request: web.BaseRequest) -> web.Response:
        await asyncio.sleep(0.02)
        return (REFUSED if request.headers["Authorization"] == "Token one" else LIST).response()

    async with serve(answer) as server, AsyncQovery(source.asynchronous, base_url=server.url) as client:
        await asyncio.gather(*[list_projects(client) for _ in range(10)])
        assert source.asked == 2


async def test_a_fixed_token_is_not_tried_twice(ask: Ask) -> None:
    async with serve(REFUSED) as server:
        with pytest.raises(Unauthorized):
            await ask(server.url, lambda client: client.projects.get("p1"))
        assert len(server.requests) == 1


async def test_addresses_and_organization_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    assert AsyncQovery(TOKEN).base_url == "https://api.qovery.com"
    assert Qovery(TOKEN).ws_url == "wss://ws.qovery.com"
    async with serve(LIST) as server:
        monkeypatch.setenv("QOVERY_API_URL", f"{server.url}/")
        monkeypatch.setenv("QOVERY_WS_URL", "ws://localhost:1/")
        monkeypatch.setenv("QOVERY_ORGANIZATION_ID", "o-env")
        async with AsyncQovery(TOKEN) as client:
            assert (client.base_url, client.ws_url) == (server.url, "ws://localhost:1")
            await client.projects.list()
        async with AsyncQovery(TOKEN, organization_id="o-argument", ws_url="wss://elsewhere") as client:
            assert client.ws_url == "wss://elsewhere"
            await client.projects.list()
        assert server.paths == ["/organization/o-env/project", "/organization/o-argument/project"]


DOTENV = """
# comments and other people's lines are none of our business
OTHER=1
export QOVERY_API_TOKEN='from-file'
QOVERY_API_URL = {url}   # the staging API
QOVERY_ORGANIZATION_ID="o-file"
QOVERY_WS_URL=
"""


async def test_a_dotenv_file_is_read_when_it_is_asked_for_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    async with serve(LIST) as server:
        (tmp_path / ".env").write_text(DOTENV.format(url=server.url))
        for make in (AsyncQovery, Qovery, AsyncQovery.from_env, Qovery.from_env):
            with pytest.raises(ConfigurationError, match="no token"):
                make()
        async with AsyncQovery.from_env(dotenv=".env") as client:
            assert client.ws_url == "wss://ws.qovery.com"
            await client.projects.list()
        monkeypatch.setenv("QOVERY_API_TOKEN", "from-environment")
        async with AsyncQovery.from_env(dotenv=".env", organization_id="o-argument") as client:
            await client.projects.list()
        assert [(seen.token, seen.path) for seen in server.requests] == [
            ("Token from-file", "/organization/o-file/project"),
            ("Token from-environment", "/organization/o-argument/project"),
        ]
    assert "from-file" not in os.environ.values()


@pytest.mark.parametrize("content", [None, b"\xff\xfe QOVERY_API_TOKEN=x"])
def test_a_dotenv_file_that_cannot_be_read_is_named(content: bytes | None, tmp_path: Path) -> None:
    path = tmp_path / "named.env"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ConfigurationError, match=r"named\.env"):
        AsyncQovery.from_env(dotenv=path)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ({"token": None}, "no token.*QOVERY_API_TOKEN"),
        ({"token": ""}, "token is empty"),
        ({"token": " \n"}, "token is empty"),
        ({"token": "qov_hidden\nqov_hidden"}, "line breaks"),
        ({"token": "qov_hidden\0"}, "outside ASCII"),
        ({"token": "qov_hiddén"}, "outside ASCII"),
        ({"token": b"qov_hidden"}, "token"),
        ({"auth_scheme": "Basic"}, "auth_scheme.*'Basic'"),
        ({"base_url": "api.qovery.com"}, "base_url.*QOVERY_API_URL"),
        ({"base_url": ""}, "base_url"),
        ({"base_url": "https://"}, "base_url"),
        ({"base_url": "ftp://api.qovery.com"}, "base_url"),
        ({"base_url": "https://api.qovery.com:99999"}, "base_url"),
        ({"base_url": "https://api.qovery.com/?a=b"}, "base_url"),
        ({"base_url": "https://api.qovery.com\r\nX: y"}, "base_url"),
        ({"ws_url": "https://ws.qovery.com"}, "ws_url.*QOVERY_WS_URL"),
        ({"base_url": "https://api..qovery.com"}, "base_url"),
        ({"base_url": "https://api.qovery.com\\x"}, "base_url"),
        ({"proxy": "localhost"}, "proxy"),
        ({"proxy": "socks5://localhost:1080"}, "proxy"),
        ({"proxy": "socks5://me:qov_hidden@localhost:1080"}, "proxy"),
        ({"ssl": "/no/such/file.pem"}, "ssl.*/no/such/file"),
        ({"headers": {"authorization": "Token qov_hidden"}}, "Authorization"),
        ({"headers": {"X-A": "b\r\nX-C: d"}}, "X-A"),
        ({"headers": {"X A": "b"}}, "X A"),
        ({"headers": {"X:A": "b"}}, "X:A"),
        ({"headers": {"X-Count": 3}}, "X-Count"),
        ({"user_agent": "me\r\nX: y"}, "User-Agent"),
        *[({"timeout": bad}, "timeout") for bad in (0, -1, True, "5", math.nan, math.inf)],
    ],
)
@pytest.mark.parametrize("face", [AsyncQovery, Qovery])
def test_what_cannot_be_right_is_refused_when_the_client_is_made(
    face: Callable[..., object], arguments: dict[str, Any], says: str
) -> None:
    with pytest.raises(ConfigurationError, match=says) as refused:
        face(**{"token": TOKEN, **arguments})
    assert "hidd" not in "".join(traceback.format_exception(refused.value))


@pytest.mark.parametrize("bad", [{"total": -1.0}, {"total": 0.0}, {"connect": math.nan}, {"read": "5"}])
def test_a_finer_timeout_is_checked_too(bad: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError, match="imeout"):
        AsyncQovery(TOKEN, timeout=Timeout(**bad))


NAIVE = datetime.fromisoformat("2026-01-02T03:04:05")
LOOP: dict[str, Any] = {}
LOOP["loop"] = LOOP


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda client: client.projects.get(""), "project_id"),
        (lambda client: client.projects.get("  "), "project_id"),
        (lambda client: client.projects.get(None), "project_id"),
        (lambda client: client.projects.get(UNSET), "project_id"),
        (lambda client: client.projects.list(organization_id=""), "organization_id"),
        (lambda client: client.projects.update("p1", {"at": NAIVE}), "timezone"),
        (lambda client: client.projects.update("p1", {"cpu": math.nan}), "body"),
        (lambda client: client.projects.update("p1", {"cpu": -math.inf}), "body"),
        (lambda client: client.projects.update("p1", {"file": b"bytes"}), "bytes"),
        (lambda client: client.projects.update("p1", {"text": "\ud800"}), "body"),
        (lambda client: client.projects.update("p1", {"names": ["a", UNSET]}), "body"),
        (lambda client: client.projects.update("p1", LOOP), "body"),
        (lambda client: client.clusters.kubeconfig.update("c1", {"a": 1}, organization_id="o1"), "takes a string"),
        (lambda client: client.events.list(organization_id="o1", page_size=[1]), "pageSize"),
        (lambda client: client.request("GET", "no-slash"), "path"),
        (lambda client: client.request("GET", "/a?b=c"), "path"),
        (lambda client: client.request("GET", "/a\tb"), "path"),
        (lambda client: client.request("GET", "/\0"), "path"),
        (lambda client: client.request("GET", "/é"), "path"),
        (lambda client: client.request("GET /x HTTP/1.1\r\n", "/"), "method"),
        (lambda client: client.with_options(timeout=-1), "timeout"),
        (lambda client: client.with_options(headers={"AUTHORIZATION": "x"}), "Authorization"),
        (lambda client: client.warm_up("no_such_namespace"), "no_such_namespace"),
    ],
)
async def test_a_call_that_cannot_be_right_is_not_sent(ask: Ask, call: Callable[[Any], Any], says: str) -> None:
    async with serve(LIST) as server:
        with pytest.raises(ConfigurationError, match=says):
            await ask(server.url, call)
        assert server.requests == []


@pytest.mark.parametrize("token", ["", "qov_hid\nden", None, 5])
async def test_a_function_that_returns_no_token_is_refused_before_the_request(ask: Ask, token: Any) -> None:
    async with serve(LIST) as server:
        with pytest.raises(ConfigurationError, match="token") as refused:
            await ask(server.url, lambda client: client.projects.get("p1"), token=lambda: token)
        assert server.requests == []
    assert "qov_hid" not in "".join(traceback.format_exception(refused.value))


async def test_the_token_is_never_shown(ask: Ask) -> None:
    shown: list[str] = []

    async def provoke(url: str, seconds: float = 5) -> None:
        def call(client: Any) -> Any:
            shown.append(f"{client!r} {client._exchange!r}" if hasattr(client, "_exchange") else repr(client))
            return client.projects.get("p1")

        with pytest.raises(QoveryError) as failed:
            await ask(url, call, timeout=seconds)
        error = failed.value
        shown.extend([str(error), repr(error), repr(vars(error)), *traceback.format_exception(error)])

    await provoke(closed_port())
    async with serve(REFUSED, Answer(body=b"<html>"), Answer(status=302, headers={"Location": "/"})) as server:
        for _ in range(3):
            await provoke(server.url)
    for data in (b"", b"garbage\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{"):
        async with serve_bytes(data) as server:
            await provoke(server.url)
    async with serve_bytes(b"", stay=True) as server:
        await provoke(server.url, 0.1)
    assert len(shown) > 50
    assert not [text for text in shown if "qov_" in text]


class TestProxy:
    """The API's name here cannot be resolved: an answer comes through the proxy or not at all."""

    API = "http://api.qovery.invalid"

    PLAIN: ClassVar = {"allow_plain_http": True}

    @staticmethod
    def call(client: Any) -> Any:
        return client.projects.list(organization_id="o1")

    @pytest.mark.parametrize(
        ("variable", "address"), [("http_proxy", "http://{}"), ("HTTP_PROXY", "http://{}"), ("http_proxy", "{}")]
    )
    async def test_of_the_environment_is_used(
        self, ask: Ask, variable: str, address: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async with serve(LIST) as proxy:
            monkeypatch.setenv(variable, address.format(proxy.url.removeprefix("http://")))
            monkeypatch.setenv("NO_PROXY", "example.com,qovery.com,localhost")
            await ask(self.API, self.call, **self.PLAIN)
            assert proxy.only.target == f"{self.API}/organization/o1/project"

    def test_of_a_kind_that_is_not_spoken_is_refused(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("https_proxy", "socks5://localhost:1080")
        with pytest.raises(ConfigurationError, match=r"proxy.*socks5://localhost"):
            AsyncQovery(TOKEN)

    async def test_of_the_argument_wins_and_may_have_a_password(
        self, ask: Ask, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("http_proxy", closed_port())
        async with serve(LIST) as proxy:
            await ask(self.API, self.call, **self.PLAIN, proxy=proxy.url.replace("//", "//me:hidden@"))
            assert proxy.only.headers["Proxy-Authorization"].startswith("Basic ")

    async def test_that_is_down_is_named_without_its_password(self, ask: Ask) -> None:
        proxy = closed_port().replace("//", "//me:hidden@")
        with pytest.raises(ConnectError, match=proxy.rpartition(":")[2]) as failed:
            await ask(self.API, self.call, **self.PLAIN, proxy=proxy)
        assert "hidden" not in "".join(traceback.format_exception(failed.value))

    @pytest.mark.parametrize("status", [407, 502])
    async def test_that_refuses_a_tunnel_is_told_from_an_api_that_answers(self, ask: Ask, status: int) -> None:
        refusal = f"HTTP/1.1 {status} No\r\nContent-Length: 0\r\n\r\n".encode()
        async with serve_bytes(refusal) as proxy:
            with pytest.raises(ConnectError, match=f"(?i)proxy.*{status}|{status}.*proxy"):
                await ask(self.API.replace("http:", "https:"), self.call, proxy=proxy.url)

    @pytest.mark.parametrize("no_proxy", [None, "127.0.0.1", "*", "example.com, 127.0.0.1", "127.0.0.1:{port}"])
    async def test_is_not_used_with_trust_env_off_nor_for_what_no_proxy_names(
        self, ask: Ask, no_proxy: str | None, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async with serve(LIST) as server:
            monkeypatch.setenv("http_proxy", closed_port())
            if no_proxy is not None:
                monkeypatch.setenv("no_proxy", no_proxy.format(port=server.url.rpartition(":")[2]))
            await ask(server.url, self.call, trust_env=no_proxy is not None)
            assert len(server.requests) == 1


async def test_a_session_of_ones_own_stays_open() -> None:
    async with serve(LIST) as server, aiohttp.ClientSession() as session:
        async with AsyncQovery(TOKEN, base_url=server.url, session=session) as client:
            await list_projects(client)
        assert not session.closed
        async with session.get(server.url) as answer:
            assert answer.status == 200


async def test_a_session_of_ones_own_that_is_closed_says_so() -> None:
    async with aiohttp.ClientSession() as session:
        pass
    async with AsyncQovery(TOKEN, session=session) as client:
        with pytest.raises(ConfigurationError, match="session"):
            await list_projects(client)


async def test_a_session_that_raises_for_status_does_not_hide_what_the_api_says() -> None:
    gone = Answer({"status": 404, "detail": "no such project"}, status=404)
    async with serve(gone) as server, aiohttp.ClientSession(raise_for_status=True) as session:
        client = AsyncQovery(TOKEN, base_url=server.url, session=session)
        with pytest.raises(NotFound, match="no such project"):
            await list_projects(client)
