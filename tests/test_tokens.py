"""Where does the token come from, when is a function asked for a new one, and is it ever shown?"""

from __future__ import annotations

import asyncio
import traceback
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from qovery_async import ApiError, AsyncQovery, ConfigurationError, QoveryError, Unauthorized
from tests.support.server import LIST, Answer, Ask, closed_port, serve, serve_bytes

pytestmark = pytest.mark.anyio
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


@pytest.mark.parametrize("token", ["", "qov_hid\nden", None, 5])
async def test_a_function_that_returns_no_token_is_refused_before_the_request(ask: Ask, token: Any) -> None:
    async with serve(LIST) as server:
        with pytest.raises(ConfigurationError, match="token") as refused:
            await ask(server.url, lambda client: client.projects.get("p1"), token=lambda: token)
        assert server.requests == []
    assert "qov_hid" not in "".join(traceback.format_exception(refused.value))


@pytest.mark.parametrize("around", ["{}\n", " {} ", "\ufeff{}\r\n"])
async def test_a_token_file_may_end_with_a_line_break_and_begin_with_a_mark(
    ask: Ask, around: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QOVERY_API_TOKEN_FILE", str(tmp_path / "token"))
    (tmp_path / "token").write_text(around.format("qov_mine"), encoding="utf-8")
    async with serve(LIST) as server:
        await ask(server.url, lambda client: client.projects.list(organization_id="o1"), token=None)
        assert server.only.token == "Token qov_mine"


async def test_the_token_is_never_shown(ask: Ask) -> None:
    shown: list[str] = []

    async def provoke(url: str, seconds: float = 5) -> None:
        def call(client: Any) -> Any:
            shown.append(f"{client!r} {client._core!r}" if hasattr(client, "_core") else repr(client))
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
