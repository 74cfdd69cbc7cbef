"""What is read in a `.env` file? The same as python-dotenv reads there, and the environment wins over it."""

from __future__ import annotations

import io
import logging
import os
from pathlib import Path
from typing import Any

import pytest
from dotenv.main import DotEnv
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from qovery_async import AsyncQovery, ConfigurationError
from qovery_async.config.dotenv import parse
from qovery_sync import Qovery
from tests.support.roads import list_projects
from tests.support.server import LIST, serve
from tests.support.sight import Needle

FACES = pytest.mark.parametrize("face", [AsyncQovery, Qovery])
TOKEN, OTHER = "qov_from-the-file", "qov_from-elsewhere"
NAME = "QOVERY_API_TOKEN"
CLI = ["QOVERY_CLI_ACCESS_TOKEN", "Q_CLI_ACCESS_TOKEN"]

LINES = {
    "plain": f"{NAME}={TOKEN}",
    "export": f"export {NAME}={TOKEN}",
    "spaces": f"  {NAME}  =  {TOKEN}  ",
    "single quotes": f"{NAME}='{TOKEN}'",
    "double quotes": f'{NAME}="{TOKEN}"',
    "comment": f"{NAME}={TOKEN} # note",
    "comment after quotes": f"{NAME}='{TOKEN}' # note",
    "comment right after quotes": f'{NAME}="{TOKEN}"#note',
    "comment with quotes": f"{NAME}={TOKEN} # it's 'mine'",
    "byte order mark": f"\ufeff{NAME}={TOKEN}",
    "line breaks of Windows": f"A=1\r\n{NAME}={TOKEN}\r\nB=2\r\n",
    "line break of Unicode in a comment": f"# a\u2028{NAME}={OTHER}\n{NAME}={TOKEN}",
    "line break of Unicode in a value": f"A=b\u2028{NAME}={OTHER}\n{NAME}={TOKEN}",
    "next line": f"A=b\x85{NAME}={OTHER}\n{NAME}={TOKEN}",
    "the last one counts": f"{NAME}={OTHER}\n{NAME}={TOKEN}",
    "reference": f"MINE={TOKEN}\n{NAME}=${{MINE}}",
    "reference with a default": f"{NAME}=${{NOT_THERE:-{TOKEN}}}",
    "lines in quotes": f'A="\n{NAME}={OTHER}\n"\n{NAME}={TOKEN}',
    "broken line of others": f"A='\n{NAME}={TOKEN}",
    "name of others": f"MY_{NAME}={OTHER}\n{NAME}={TOKEN}\n{NAME}_2={OTHER}",
}


@pytest.mark.anyio
@FACES
@pytest.mark.parametrize("text", LINES.values(), ids=LINES)
async def test_the_token_is_sent_as_it_is_meant(face: type[Any], text: str, tmp_path: Path) -> None:
    (tmp_path / "env").write_bytes(text.encode())
    async with serve(LIST) as server:
        await list_projects(face, server.url, {"dotenv": tmp_path / "env"})
        assert server.only.token == f"Token {TOKEN}"


@FACES
@pytest.mark.parametrize(
    "text", ["", "A=1", f"{NAME}", f"{NAME}=", f"{NAME}= # note", f"{NAME}='' # note", f"#{NAME}=a"]
)
def test_a_file_without_a_token_says_so(face: type[Any], text: str, tmp_path: Path) -> None:
    (tmp_path / "env").write_text(text)
    with pytest.raises(ConfigurationError, match="no token"):
        face.from_env(tmp_path / "env")


@FACES
@pytest.mark.parametrize(
    "line", ["{0}='{1}", '{0}="{1}', "{0}='{1}' {1}", "{0}='{1}\\' # note", "export {0}='{1}'x", "{0}='\n{1}' x\n"]
)
def test_a_line_with_a_token_that_cannot_be_read_is_named_and_not_shown(
    face: type[Any], line: str, tmp_path: Path
) -> None:
    (tmp_path / "named.env").write_text(f"A=1\n\n{line.format(NAME, TOKEN)}\nB=2\n")
    with pytest.raises(ConfigurationError, match=rf"named\.env': line 3 sets {NAME}") as refused:
        face.from_env(tmp_path / "named.env")
    assert Needle(TOKEN).places_in(refused.value) == []


@pytest.mark.anyio
@FACES
@pytest.mark.parametrize("of_file", [NAME, *CLI])
@pytest.mark.parametrize("of_environment", [NAME, *CLI])
async def test_a_token_of_the_environment_wins_over_any_of_the_file(
    face: type[Any], of_file: str, of_environment: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "env").write_text(f"{of_file}={TOKEN}\n")
    monkeypatch.setenv(of_environment, OTHER)
    async with serve(LIST) as server:
        await list_projects(face, server.url, {"dotenv": tmp_path / "env"})
        monkeypatch.setenv(of_environment, "")
        await list_projects(face, server.url, {"dotenv": tmp_path / "env"})
        await list_projects(face, server.url, {"dotenv": tmp_path / "env", "token": "qov_argument"})
        assert [seen.token for seen in server.requests] == [f"Token {OTHER}", f"Token {TOKEN}", "Token qov_argument"]


@FACES
@pytest.mark.parametrize("empty", [False, True])
def test_settings_of_the_environment_win_one_by_one(
    face: type[Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, empty: bool
) -> None:
    (tmp_path / "env").write_text(
        f"{NAME}={TOKEN}\nQOVERY_API_URL=https://file.example\nQOVERY_WS_URL=wss://file.example\n"
    )
    monkeypatch.setenv("QOVERY_API_URL", "" if empty else "https://environment.example")
    client = face.from_env(tmp_path / "env", ws_url=None)
    assert client.base_url == ("https://file.example" if empty else "https://environment.example")
    assert client.ws_url == "wss://file.example"
    assert face.from_env(tmp_path / "env", base_url="https://argument.example").base_url == "https://argument.example"
    assert TOKEN not in os.environ.values()


def reads(text: str) -> dict[str, str]:
    return parse(text, os.environ).values


def oracle(text: str) -> dict[str, str]:
    """python-dotenv's view, with the environment above the file, as its `load_dotenv` has it."""
    found = DotEnv(None, stream=io.StringIO(text, newline=""), override=False).dict()
    return {name: value for name, value in found.items() if value is not None}


PIECES = [
    "A", "B", NAME, "export ", "export", "=", " = ", "'", '"', "\\", "\\n", "\\'", '\\"', "\\x", "#", " #", " ", "\t",
    "\n", "\r\n", "\r", "\u2028", "\x85", "\ufeff", "\x0b", "\x0c", "\xa0", "${A}", "${HERE}", "${B:-x}", "${", "}",
    ":-", "$", "abc", "é", "😀", "\0", "\ud800",
]  # fmt: skip


@given(st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=3)), max_size=24).map("".join))
@settings(max_examples=600, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example("A='abc' # note")
@example("\ufeffA=1")
@example("A= # note")
@example("A=#note")
@example("A=1\u2028B=2")
@example("A\nB=${A:-x}")
@example("HERE=of the file\nA=${HERE}")
@example("A='\\\\'\nB='\\''")
@example('A="\\a\\b\\f\\n\\r\\t\\v\\\\\\\'\\"\\x"')
def test_any_file_is_read_as_python_dotenv_reads_it(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("HERE", "of the environment")
    logging.getLogger("dotenv.main").setLevel(logging.ERROR)  # it warns of each line that it cannot read
    assert reads(text) == oracle(text)


@pytest.mark.parametrize(
    "text", ["A='" * 20_000, 'A="\\' * 20_000, "export " * 20_000, " \t" * 50_000 + "=", "${" * 50_000]
)
def test_no_file_takes_long(text: str) -> None:
    assert reads(f"{text}\nB=2") in ({"B": "2"}, {})


def test_lines_that_set_a_name_again_or_nothing_are_told() -> None:
    found = parse("A=1\n\nB='\n'\nA=2\n  C\nexport B = 3", {})
    assert (found.values, found.broken) == ({"A": "2", "B": "3"}, {})
    assert (found.repeated, found.valueless) == ({5: "A", 7: "B"}, {6: "C"})
