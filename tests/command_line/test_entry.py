"""How does a command of `python -m qovery_async` begin and end?"""

from __future__ import annotations

import argparse
import asyncio
import subprocess
import sys
from types import SimpleNamespace

import pytest

from qovery_async import ConfigurationError
from qovery_async.command_line import commands, entry
from tests.support import ROOT


def declare(parser: argparse.ArgumentParser) -> None:
    parser.description = "Greets."
    parser.add_argument("name")
    parser.add_argument("--loud", action="store_true")
    parser.set_defaults(words=[])


async def run(given: argparse.Namespace) -> int:
    await asyncio.sleep(0)
    if given.name == "nobody":
        error = ConfigurationError("nobody cannot be greeted")
        error.add_note("Greet somebody.")
        raise error
    if given.name == "ctrl-c":
        raise KeyboardInterrupt
    print(given.name, given.loud, given.words)
    return 7


def plain(parser: argparse.ArgumentParser) -> None:
    parser.description = "Takes no words."


@pytest.fixture(autouse=True)
def greeting(monkeypatch: pytest.MonkeyPatch) -> None:
    for module, table in ((commands, "COMMANDS"), (entry, "COMMANDS")):
        monkeypatch.setattr(module, table, {"greet": "greet somebody", "plain": "do nothing"})
    monkeypatch.setattr(
        entry, "load", lambda name: SimpleNamespace(declare=declare if name == "greet" else plain, run=run)
    )


def test_what_follows_two_dashes_is_for_the_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert entry.main(["greet", "bob", "--", "sh", "--loud", "--", "-x"]) == 7
    assert capsys.readouterr().out == "bob False ['sh', '--loud', '--', '-x']\n"


def test_an_error_is_a_message_without_a_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    assert entry.main(["greet", "nobody"]) == entry.FAILED
    assert capsys.readouterr().err == "nobody cannot be greeted\nGreet somebody.\n"


def test_ctrl_c_is_130(capsys: pytest.CaptureFixture[str]) -> None:
    assert entry.main(["greet", "ctrl-c"]) == 130
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "the following arguments are required: COMMAND"),
        (["dance"], "invalid choice: 'dance'"),
        (["greet"], "the following arguments are required: name"),
        (["plain", "--", "x"], "plain takes nothing after --"),
    ],
)
def test_wrong_arguments_are_2(arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        entry.main(arguments)
    assert ended.value.code == 2
    assert said in capsys.readouterr().err


def test_help_names_the_commands(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        entry.main(["--help"])
    assert ended.value.code == 0
    assert "greet somebody" in capsys.readouterr().out


def test_help_loads_no_command() -> None:
    code = (
        "import runpy, sys\n"
        "sys.argv = ['qovery_async', '--help']\n"
        "try: runpy.run_module('qovery_async', run_name='__main__', alter_sys=True)\n"
        "except SystemExit as ended: assert not ended.code\n"
        "loaded = {name for name in sys.modules if name.startswith('qovery_async.command_line.')}\n"
        "assert loaded == {'qovery_async.command_line.entry', 'qovery_async.command_line.commands'}, loaded\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], check=False, cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
