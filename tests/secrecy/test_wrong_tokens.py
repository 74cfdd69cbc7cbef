"""Is a token that cannot be sent shown? Not in the error, its causes or frames, whichever way it came."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from qovery_async import AsyncQovery, ConfigurationError
from qovery_sync import Qovery
from tests.support import ROOT
from tests.support.roads import ROADS, list_projects
from tests.support.server import LIST, serve
from tests.support.sight import TOKEN, Needle

pytestmark = pytest.mark.anyio

FACES = pytest.mark.parametrize("face", [AsyncQovery, Qovery])
PASSWORD = "Qx5tLz8wRk2Vb"
NO_TEXT = ["\udcff", "\udc80\udcfe"]
"""What Python makes of bytes in the environment that are no UTF-8."""


Come = Callable[[str, str], dict[str, Any]]


@pytest.fixture
def come(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Come:
    """Puts a token where a road begins; what is left are the arguments of `from_env`."""
    return lambda road, token: ROADS[road](token, tmp_path, monkeypatch)


async def refusal(face: type[Any], says: str, arguments: dict[str, Any]) -> None:
    async with serve(LIST) as server:
        with pytest.raises(ConfigurationError, match=says) as refused:
            await list_projects(face, server.url, arguments)
        assert server.connections == 0
    assert Needle(TOKEN).places_in(refused.value) == []


@FACES
@pytest.mark.parametrize("road", ROADS)
@pytest.mark.parametrize("wrong", [f"{TOKEN}{{}}", f"{{}}{TOKEN}", f"{TOKEN[:20]}{{}}{TOKEN[20:]}"])
@pytest.mark.parametrize("no_text", NO_TEXT, ids=ascii)
async def test_a_token_with_bytes_that_are_no_text_is_refused_and_not_shown(
    face: type[Any], road: str, wrong: str, no_text: str, come: Come
) -> None:
    await refusal(face, r"outside ASCII|UnicodeDecodeError|can't decode byte", come(road, wrong.format(no_text)))


@FACES
@pytest.mark.parametrize("road", ROADS)
@pytest.mark.parametrize(
    ("around", "says"),
    [
        ("Token {}", "leave off `Token `"),
        ("token  {}", "leave off `Token `"),
        ("Bearer {}", "leave off `Bearer `"),
        ("Authorization: Token {}", "leave off `Token `"),
        ("'{}'", "remove the quotes"),
        ('"{}"', "remove the quotes"),
        ("\u201c{}\u201d", "remove the quotes"),
        ("'Token {}'", "remove the quotes"),
        ("#{}", "like a comment"),
        ("{} # mine", "spaces"),
        ("{0}\n{0}", "line breaks"),
    ],
)
async def test_what_stands_around_a_token_is_named(
    face: type[Any], road: str, around: str, says: str, come: Come
) -> None:
    """Sent as it is, each would be a bare 401."""
    await refusal(face, says, come(road, around.format(TOKEN)))


@FACES
@pytest.mark.parametrize("variable", ["HTTPS_PROXY", "https_proxy", "proxy", "QOVERY_API_URL", "QOVERY_WS_URL"])
@pytest.mark.parametrize("no_text", NO_TEXT, ids=ascii)
def test_an_address_with_bytes_that_are_no_text_is_refused_and_not_shown(
    face: type[Any], variable: str, no_text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = f"http://me:{PASSWORD}{no_text}@host:3128"
    arguments = {"proxy": address} if variable == "proxy" else {}
    if not arguments:
        monkeypatch.setenv(variable, address)
    with pytest.raises(ConfigurationError, match="address such as") as refused:
        face(TOKEN, **arguments)
    assert Needle(PASSWORD).places_in(refused.value) == []


@FACES
def test_a_header_with_bytes_that_are_no_text_is_refused_and_not_shown(face: type[Any]) -> None:
    for make in (face, face(TOKEN).with_options):
        with pytest.raises(ConfigurationError, match="X-Key") as refused:
            make(headers={"X-Key": f"{PASSWORD}\udcff"}, **({"token": TOKEN} if make is face else {}))
        assert Needle(PASSWORD).places_in(refused.value) == []


BYTES = """
import sys
from tests.support.sight import Needle
from qovery_async import AsyncQovery, ConfigurationError
from qovery_sync import Qovery

for face in (AsyncQovery, Qovery):
    try:
        face(*sys.argv[2:])
    except ConfigurationError as error:
        print(Needle(sys.argv[1]).places_in(error), error)
"""


@pytest.mark.parametrize("secret", [TOKEN, PASSWORD])
def test_real_bytes_of_the_environment_and_the_command_line_are_refused_and_not_shown(
    secret: str, tmp_path: Path
) -> None:
    (tmp_path / "program.py").write_text(BYTES)
    wrong = secret.encode() + b"\xff"
    variables = {b"QOVERY_API_TOKEN": wrong} if secret == TOKEN else {b"HTTPS_PROXY": b"http://me:%s@host" % wrong}
    given = [[], [wrong]] if secret == TOKEN else [[b"qov_mine"]]
    for arguments in given:
        done = subprocess.run(
            [sys.executable, str(tmp_path / "program.py"), secret, *arguments],
            env={**os.environb, b"PYTHONPATH": str(ROOT).encode(), **variables},
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
        assert [line[:2] for line in done.stdout.splitlines()] == ["[]", "[]"]
        assert not done.stderr
