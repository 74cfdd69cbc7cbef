"""Type checkers accept what users write and find what they get wrong, in strict mode."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from tests.support import ROOT

USER_CODE = ROOT / "tests" / "typing" / "user_code.py"
REJECTED = ROOT / "tests" / "typing" / "rejected.py"
TWINS = ROOT / "tests" / "twins" / "typing_code.py"
BULK = ROOT / "tests" / "typing" / "bulk_code.py"
FILES = (USER_CODE, REJECTED, TWINS, BULK)

Complaint = tuple[str, int, str]


@cache
def mypy() -> list[Complaint]:
    """What mypy says about the files, each as (file, line, message)."""
    options = ["--strict", "--no-error-summary", "--hide-error-context", "--no-pretty", "--output=json"]
    done = run("mypy", *options, *map(str, FILES))
    found = [json.loads(line) for line in done.stdout.splitlines()]
    return [(Path(c["file"]).name, c["line"], c["message"]) for c in found if c["severity"] == "error"]


@cache
def pyright() -> list[Complaint]:
    """What pyright says about the files; lines count from 0 there."""
    found = json.loads(run("pyright", "--outputjson", *map(str, FILES)).stdout)
    assert found["summary"]["filesAnalyzed"] == len(FILES)
    return [
        (Path(c["file"]).name, c["range"]["start"]["line"] + 1, c["message"])
        for c in found["generalDiagnostics"]
        if c["severity"] == "error"
    ]


def run(checker: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [sys.executable, "-m", checker, *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )
    # 1 says that something was found; everything else that the checker itself failed.
    assert done.returncode in (0, 1), done.stderr or done.stdout
    return done


CHECKERS = pytest.mark.parametrize("check", [mypy, pyright], ids=["mypy", "pyright"])


@CHECKERS
def test_what_users_write_is_accepted(check: Callable[[], list[Complaint]]) -> None:
    assert [complaint for complaint in check() if complaint[0] == USER_CODE.name] == []


@CHECKERS
@pytest.mark.parametrize("path", [REJECTED, TWINS, BULK], ids=lambda path: path.name)
def test_mistakes_are_found_on_exactly_the_marked_lines(check: Callable[[], list[Complaint]], path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    marked = {number for number, line in enumerate(lines, 1) if line.endswith("  # rejected")}
    found = {line: message for file, line, message in check() if file == path.name}
    assert {lines[n - 1].strip() for n in marked - found.keys()} == set(), "accepted, though marked"
    assert {n: message for n, message in found.items() if n not in marked} == {}, "refused, though not marked"
    assert len(marked) > (40 if path == REJECTED else 4)


def test_user_code_can_be_imported() -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", "import user_code"],
        cwd=USER_CODE.parent, env={"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_nothing_is_silenced(path: Path) -> None:
    assert not re.search(r"type: ignore|pyright: (ignore|basic)|\bcast\(|\bAny\b", path.read_text(encoding="utf-8"))
