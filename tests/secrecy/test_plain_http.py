"""Where may the token go without encryption? To this machine only, unless `allow_plain_http=True` says otherwise."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from qovery_async import AsyncQovery, ConfigurationError
from qovery_sync import Qovery
from tests.support.server import TOKEN, Answer, Ask, serve

EMPTY = Answer({"results": []})

HERE = [
    "localhost",
    "LOCALHOST",
    "LocalHost:8080",
    "127.0.0.1",
    "127.8.9.1:1",
    "[::1]",
    "[::1]:8080/path",
    "[0:0:0:0:0:0:0:1]",
    "[::ffff:127.0.0.1]",
]
ELSEWHERE = [
    "api.qovery.com",
    "localhost.evil.example",
    "127.0.0.1.evil.example",
    "evil.localhost",
    "localhost.",
    "127.0.0.1.",
    "localhost%2eevil.example",
    "localhost%00.evil.example",
    "0.0.0.0",
    "0",
    "2130706433",
    "0x7f000001",
    "0x7f.1",
    "0177.0.0.1",
    "127.1",
    "127.0.0.01",
    "127.0.0.256",
    "128.0.0.1",
    "10.0.0.1",
    "169.254.169.254",
    "[::]",
    "[::2]",
    "[::ffff:10.0.0.1]",
    "[::127.0.0.1]",
    "[fe80::1]",
    "[64:ff9b::7f00:1]",
    "lоcalhost",  # a Cyrillic letter  # noqa: RUF001
    "xn--lcalhost-kbg",
]
NO_ADDRESS = [
    "localhost@evil.example",
    "127.0.0.1@evil.example",
    "localhost:80@evil.example",
    "me:password@localhost",
    "@localhost",
    "localhost\\@evil.example",
    "localhost\\.evil.example",
    "localhost#@evil.example",
    "localhost?.evil.example",
    "localhost\t.evil.example",
    "localhost\n.evil.example",
    "localhost\0.evil.example",
    "localhost\x01",
    "local\u00adhost\u200b.evil.example",
    "localhost:80:80",
    "localhost:evil.example",
    "localhost:0",
    "localhost:99999",
    "localhost:-1",
    "[::1].evil.example",
    "[::1]evil.example:80",
    "[::1",
    "::1",
    "[localhost]",
    "[::1]@evil.example",
    "",
    ":80",
    "/localhost",
]
FACES = [AsyncQovery, Qovery]


@pytest.mark.parametrize("host", HERE)
@pytest.mark.parametrize("face", FACES)
def test_this_machine_may_be_asked_in_the_clear(face: Callable[..., Any], host: str) -> None:
    assert face(TOKEN, base_url=f"http://{host}", ws_url=f"ws://{host}").base_url == f"http://{host}"


@pytest.mark.parametrize("host", ELSEWHERE)
@pytest.mark.parametrize("face", FACES)
def test_all_else_is_refused_and_allowed_by_name_only(face: Callable[..., Any], host: str) -> None:
    for address in ({"base_url": f"http://{host}"}, {"ws_url": f"ws://{host}"}, {"base_url": f"HTTP://{host}/x"}):
        with pytest.raises(ConfigurationError, match=r"allow_plain_http=True|must be a"):
            face(TOKEN, **address)
    for scheme in ("http", "https"):
        try:
            face(TOKEN, base_url=f"{scheme}://{host}", allow_plain_http=True)
        except ConfigurationError as refused:
            assert "must be a" in str(refused)  # noqa: PT017  # a name that is none under any circumstances


@pytest.mark.parametrize("host", NO_ADDRESS)
@pytest.mark.parametrize("face", FACES)
def test_what_could_be_read_in_two_ways_is_no_address(face: Callable[..., Any], host: str) -> None:
    for scheme in ("http", "https"):
        with pytest.raises(ConfigurationError, match="must be a"):
            face(TOKEN, base_url=f"{scheme}://{host}", allow_plain_http=True)
    with pytest.raises(ConfigurationError, match="must be a"):
        face(TOKEN, ws_url=f"wss://{host}", allow_plain_http=True)


@pytest.mark.parametrize("make", [AsyncQovery, Qovery, AsyncQovery.from_env, Qovery.from_env])
@pytest.mark.parametrize("variable", ["QOVERY_API_URL=http", "QOVERY_WS_URL=ws"])
def test_the_environment_is_not_trusted_more(
    make: Callable[..., Any], variable: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    name, scheme = variable.split("=")
    monkeypatch.setenv(name, f"{scheme}://localhost.evil.example")
    with pytest.raises(ConfigurationError, match="allow_plain_http=True"):
        make(token=TOKEN)
    make(token=TOKEN, allow_plain_http=True)


@pytest.mark.parametrize("make", [AsyncQovery.from_env, Qovery.from_env])
def test_a_dotenv_file_is_not_trusted_more(make: Callable[..., Any], tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text(f"QOVERY_API_TOKEN={TOKEN}\nQOVERY_API_URL=http://api.qovery.example\n")
    with pytest.raises(ConfigurationError, match="allow_plain_http=True"):
        make(file)


@pytest.mark.parametrize("host", ["ⓛocalhost", "１２７.0.0.1", "127。0。0。1", "bücher.example"])  # noqa: RUF001
def test_a_host_in_other_characters_is_judged_by_what_will_be_asked(host: str) -> None:
    address = AsyncQovery(TOKEN, base_url=f"http://{host}", allow_plain_http=True).base_url
    assert address in ("http://localhost", "http://127.0.0.1", "http://xn--bcher-kva.example")


@pytest.mark.anyio
@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
async def test_what_is_allowed_reaches_this_machine(ask: Ask, host: str) -> None:
    async with serve(EMPTY) as server:
        url = server.url.replace("127.0.0.1", host)
        await ask(url, lambda client: client.projects.list(organization_id="o1"))
        assert len(server.requests) == 1
