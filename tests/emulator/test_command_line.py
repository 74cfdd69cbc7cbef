"""Does `qovery-emulator` explain itself, and hand its options on?"""

from __future__ import annotations

import re
import shlex
import tomllib
from importlib import import_module

import pytest

from qovery_async.emulator.__main__ import main, options
from tests.support import ROOT


def test_the_console_script_is_the_command_line() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    module, _, name = project["scripts"]["qovery-emulator"].partition(":")
    assert getattr(import_module(module), name) is main


def test_the_examples_of_the_help_are_valid(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        options(["--help"])
    assert ended.value.code == 0
    examples = re.findall(r"^  qovery-emulator(.*)$", capsys.readouterr().out, re.MULTILINE)
    assert len(examples) == 5
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
