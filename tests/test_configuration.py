"""What can be configured, where does it come from, and what is refused before anything is sent?"""

from __future__ import annotations

import math
import os
import traceback
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from qovery_async import UNSET, AsyncQovery, ConfigurationError, Timeout
from qovery_sync import Qovery
from tests.support.server import LIST, TOKEN, Ask, serve

pytestmark = pytest.mark.anyio


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
        ({"auth_scheme": "Basic"}, "auth_scheme must be 'Token' or 'Bearer'"),
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
        ({"headers": {"expect": "100-continue"}}, "'expect' cannot be set.*wait for a 100"),
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
        *[(lambda client, path=path: client.request("GET", path), "^path must begin") for path in (None, 5, b"/x", "")],
        *[(lambda client, it=it: client.request(it, "/x"), "^method must be one") for it in (None, 5, b"GET", "")],
        *[
            (lambda client, it=it: client.request("GET", "/x", params=it), "must be a mapping")
            for it in ([1], "a=b", 5)
        ],
        (lambda client: client.request("GET", "/a?b=c"), "path"),
        (lambda client: client.request("GET", "/a\tb"), "path"),
        (lambda client: client.request("GET", "/\0"), "path"),
        (lambda client: client.request("GET", "/é"), "path"),
        (lambda client: client.request("GET /x HTTP/1.1\r\n", "/"), "method"),
        (lambda client: client.with_options(timeout=-1), "timeout"),
        (lambda client: client.with_options(headers={"AUTHORIZATION": "x"}), "Authorization"),
        (lambda client: client.with_options(headers={"EXPECT": "100-continue"}), "'EXPECT' cannot be set"),
        (lambda client: client.warm_up("no_such_namespace"), "no_such_namespace"),
    ],
)
async def test_a_call_that_cannot_be_right_is_not_sent(ask: Ask, call: Callable[[Any], Any], says: str) -> None:
    async with serve(LIST) as server:
        with pytest.raises(ConfigurationError, match=says):
            await ask(server.url, call)
        assert server.requests == []
