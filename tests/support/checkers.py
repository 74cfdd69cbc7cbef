"""What do type checkers say about files, in strict mode and for a version of Python?"""

from __future__ import annotations

import json
import subprocess
import sys
from functools import cache
from pathlib import Path

from tests.support import ROOT

Complaint = tuple[str, int, str]
"""The file's name, the line and the message."""


@cache
def mypy(*files: Path, python: str = "3.11") -> list[Complaint]:
    options = ["--strict", "--no-error-summary", "--hide-error-context", "--no-pretty", "--output=json"]
    options += ["--python-version", python]
    found = [json.loads(line) for line in _run("mypy", *options, *map(str, files)).splitlines()]
    return [(Path(c["file"]).name, c["line"], c["message"]) for c in found if c["severity"] == "error"]


@cache
def pyright(*files: Path, python: str = "3.11") -> list[Complaint]:
    options = ["--outputjson", "--pythonpath", sys.executable, "--pythonversion", python]
    found = json.loads(_run("pyright", *options, *map(str, files)))
    assert found["summary"]["filesAnalyzed"] == len(files)
    return [
        (Path(c["file"]).name, c["range"]["start"]["line"] + 1, c["message"])  # its lines count from 0
        for c in found["generalDiagnostics"]
        if c["severity"] == "error"
    ]


@cache
def ty(*files: Path, python: str = "3.11") -> list[Complaint]:
    options = ["--python", sys.executable, "--python-version", python, "--output-format", "gitlab"]
    found = json.loads(_run("ty", "check", *options, *map(str, files)))
    places = [(Path(c["location"]["path"]).name, c["location"]["positions"]["begin"]["line"]) for c in found]
    return [(*place, c["description"]) for place, c in zip(places, found, strict=True) if c["severity"] == "major"]


def _run(checker: str, *arguments: str) -> str:
    command = [sys.executable, "-m", checker, *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    # 1 says that something was found; everything else that the checker itself failed.
    assert done.returncode in (0, 1), done.stderr or done.stdout
    return done.stdout
