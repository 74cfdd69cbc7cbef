"""What does `python -m qovery_async shell NAME -- COMMAND` print, and how does it end?"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator

import pytest

from qovery_async.command_line import entry
from qovery_async.emulator import Emulator
from tests.support import ROOT
from tests.support.server import in_thread

API = "shop/production/api"


@pytest.fixture
def environ(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, str]]:
    with in_thread(Emulator(world="demo")) as emulator:
        here = {"QOVERY_API_URL": emulator.url, "QOVERY_WS_URL": emulator.ws_url, "QOVERY_API_TOKEN": emulator.token}
        for name, value in here.items():
            monkeypatch.setenv(name, value)
        yield here


@pytest.mark.parametrize("code", [0, 1, 3, 137])
def test_the_exit_status_is_that_of_the_command(
    environ: dict[str, str], capfdbinary: pytest.CaptureFixture[bytes], code: int
) -> None:
    assert entry.main(["shell", API, "--", "sh", "-c", f"printf '%s\\n' \"$@\"; exit {code}", "sh", "-x", "--"]) == code
    assert capfdbinary.readouterr() == (b"-x\n--\n", b"")


@pytest.mark.slow
def test_input_is_passed_on_request(environ: dict[str, str]) -> None:
    def run(*options: str) -> bytes:
        command = [sys.executable, "-m", "qovery_async", "shell", API, *options, "--", "cat"]
        everything = {**os.environ, **environ}
        return subprocess.run(
            command, input=b"\x00\r\n\x04", stdout=subprocess.PIPE, env=everything, cwd=ROOT, check=True
        ).stdout

    assert run("--input") == b"\x00\r\n\x04"
    assert run() == b""


@pytest.mark.slow
def test_output_that_nobody_reads(environ: dict[str, str]) -> None:
    command = (
        f"{sys.executable} -m qovery_async shell {API} -- sh -c 'sleep 0.2; echo one' | true; exit ${{PIPESTATUS[0]}}"
    )
    everything = {**os.environ, **environ}
    done = subprocess.run(["bash", "-c", command], capture_output=True, env=everything, cwd=ROOT, check=False)
    assert (done.returncode, done.stderr) == (entry.UNREAD, b"")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["shop/production/apy"], "did you mean 'shop/production/api'?"),
        ([API, "--pod", "nowhere", "--", "ls"], "Timeout while connecting to pod"),
        (
            [API, "--command", "echo 'x"],
            "--command cannot be split into words as a shell does it: No closing quotation",
        ),
        ([API, "--input"], "--input is for a command behind --"),
        ([API, "--command", "ls", "--", "ls"], "give either --command, for a terminal, or a command behind --"),
    ],
)
def test_an_error_is_told(
    environ: dict[str, str], capfd: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    assert entry.main(["shell", *arguments]) == entry.FAILED
    printed, errors = capfd.readouterr()
    assert said in errors
    assert printed == ""
    assert "Traceback" not in errors


def test_help_shows_examples(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        entry.main(["shell", "--help"])
    assert "python -m qovery_async shell db --input -- psql < dump.sql" in capsys.readouterr().out
