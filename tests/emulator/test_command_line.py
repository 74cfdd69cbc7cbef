"""Does `qovery-emulator` explain itself, and hand its options on?"""

from __future__ import annotations

import json
import re
import shlex
import signal
import subprocess
import sys
import tomllib
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

import aiohttp
import anyio
import pytest

from qovery_async.emulator import Emulator
from qovery_async.emulator.__main__ import main, options
from tests.support import ROOT
from tests.support.server import SECONDS


def test_the_console_script_is_the_command_line() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    module, _, name = project["scripts"]["qovery-emulator"].partition(":")
    assert getattr(import_module(module), name) is main


def test_the_examples_of_the_help_are_valid(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        options(["--help"])
    assert ended.value.code == 0
    examples = re.findall(r"^  qovery-emulator(.*)$", capsys.readouterr().out, re.MULTILINE)
    assert len(examples) == 6
    given = [options(shlex.split(example)) for example in examples]
    assert (given[0].world, given[0].port, given[0].samples, given[0].strict) == ("demo", 8787, "mark", False)
    assert (given[3].samples, given[3].strict) == ("refuse", True)


def test_the_image_starts_it_with_options_that_it_has() -> None:
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    (start,), (rest,) = (re.findall(rf'^{word} \["(.*)"\]$', text, re.MULTILINE) for word in ("ENTRYPOINT", "CMD"))
    name, *given = start.split('", "')
    assert name == "qovery-emulator"
    assert options([*given, *rest.split('", "')]).host == "0.0.0.0"  # in a container
    assert "USER emulator" in text
    assert "chown emulator /state" in text, "or it could not save"
    assert "VOLUME /state" in text


@pytest.mark.anyio
async def test_the_health_check_of_the_image_does_not_show_among_the_requests() -> None:
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    (program,) = re.findall(r'^HEALTHCHECK .*"-c", "(.*)"\]$', text, re.MULTILINE)
    async with Emulator() as emulator:
        here = program.replace("http://127.0.0.1:8787", emulator.url)
        assert here != program
        checked = await anyio.run_process([sys.executable, "-c", here], check=False)
        assert checked.returncode == 0, checked.stderr.decode()
        async with aiohttp.request("GET", emulator.url, headers={"Accept": "text/html"}) as console:
            assert "No request yet." in await console.text()


def test_the_image_gets_what_the_wheel_is_built_from_and_nothing_else() -> None:
    text = (ROOT / ".dockerignore").read_text(encoding="utf-8")
    pyproject = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wheel, project = pyproject["tool"]["hatch"]["build"]["targets"]["wheel"], pyproject["project"]
    wanted = {"pyproject.toml", project["readme"], *project["license-files"], *wheel["only-include"]}
    assert text.splitlines()[1] == "*"
    assert set(re.findall(r"^!(.*)$", text, re.MULTILINE)) == wanted


@contextmanager
def running(*arguments: str) -> Iterator[tuple[subprocess.Popen[str], dict[str, str]]]:
    """The command line as a process, and the variables that it says to export."""
    command = [sys.executable, "-m", "qovery_async.emulator", "--port", "0", *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT) as process:
        try:
            assert process.stdout is not None
            found: dict[str, str] = {}
            for line in process.stdout:
                found |= re.findall(r"export (\w+)=(.*)", line)
                if line.startswith("The console is at http"):
                    break
            yield process, found
        finally:
            process.kill()


def projects(found: dict[str, str], new: str = "") -> set[str]:
    """The names of all projects, after a new one was created."""
    headers = {"Authorization": f"Token {found['QOVERY_API_TOKEN']}", "Content-Type": "application/json"}

    def ask(path: str, body: bytes | None = None) -> Any:
        request = urllib.request.Request(found["QOVERY_API_URL"] + path, body, headers)
        with urllib.request.urlopen(request, timeout=SECONDS) as response:
            return json.load(response)

    path = f"/organization/{ask('/organization')['results'][0]['id']}/project"
    if new:
        ask(path, json.dumps({"name": new}).encode())
    return {each["name"] for each in ask(path)["results"]}


@pytest.mark.slow
def test_what_was_created_is_there_the_next_time(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    for number, name in ((signal.SIGTERM, "one"), (signal.SIGINT, "two")):
        with running("--state", str(path)) as (process, found):
            assert name in projects(found, new=name)
            process.send_signal(number)
            assert process.wait(SECONDS) == 0
    with running("--state", str(path), "--world", "empty", "--seed", "9") as (process, again):
        assert again["QOVERY_API_TOKEN"] == found["QOVERY_API_TOKEN"]
        assert projects(again) >= {"shop", "one", "two"}


@pytest.mark.slow
def test_a_broken_file_ends_it_with_one_line_that_says_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    path.write_text("{", encoding="utf-8")
    with running("--state", str(path)) as (process, found):
        assert found == {}
        _, said = process.communicate(timeout=SECONDS)
        assert process.returncode == 1
    assert said.startswith(f"cannot start: {path}: it is no JSON (")
    assert said.endswith("; delete it to start anew\n")
    assert said.count("\n") == 1


@pytest.mark.anyio
async def test_its_options_are_those_of_the_emulator() -> None:
    given = ["--world", "demo", "--seed", "5", "--token", "qov_ci", "--rate-limit", "7", "--error-style", "message"]
    given += ["--samples", "refuse", "--strict", "--allow-host", "qovery"]
    with running(*given) as (_, found):
        assert found["QOVERY_API_TOKEN"] == "qov_ci"
        headers = {"Authorization": "Token qov_ci", "Host": "qovery:8787"}
        async with aiohttp.ClientSession(found["QOVERY_API_URL"], headers=headers) as session:
            async with session.get("/organization") as response:
                assert (response.status, response.headers["X-RateLimit-Limit"]) == (200, "7")
                organization = (await response.json())["results"][0]["id"]
            path = f"/organization/{organization}"
            async with session.post(f"{path}/project", json={"name": "x", "desription": "misspelt"}) as response:
                assert (response.status, "desription" in (await response.json())["message"]) == (400, True)
            async with session.get(f"{path}/blueprint/catalog") as response:
                assert response.status == 501
    async with Emulator(world="demo", seed=5) as same:
        assert [each.id for each in same.state.every("organization")] == [organization]
