"""Type checkers accept what users write and find what they get wrong, in strict mode."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable, Collection
from pathlib import Path

import pytest

from tests.support import ROOT
from tests.support.checkers import Complaint, mypy, pyright, ty
from tests.typing.differences import DIFFERENCES

USER_CODE = ROOT / "tests" / "typing" / "user_code.py"
REJECTED = ROOT / "tests" / "typing" / "rejected.py"
TWINS = ROOT / "tests" / "twins" / "typing_code.py"
BULK = ROOT / "tests" / "typing" / "bulk_code.py"
HANDLES = ROOT / "tests" / "typing" / "handles_code.py"
DEPLOYMENTS = ROOT / "tests" / "typing" / "deployments_code.py"
BODIES = ROOT / "tests" / "typing" / "bodies_code.py"
PATCHES = ROOT / "tests" / "typing" / "patch_code.py"
SHELLS = ROOT / "tests" / "typing" / "shell_code.py"
STREAMS = ROOT / "tests" / "typing" / "streams_code.py"
VARIABLES = ROOT / "tests" / "typing" / "variables_code.py"
WEBHOOKS = ROOT / "tests" / "typing" / "webhooks_code.py"
FILES = (USER_CODE, REJECTED, TWINS, BULK, HANDLES, DEPLOYMENTS, BODIES, VARIABLES, PATCHES, SHELLS, STREAMS, WEBHOOKS)

Check = Callable[..., list[Complaint]]
# A group runs on one worker of pytest-xdist, where what a checker has said is kept.
CHECKERS = pytest.mark.parametrize(
    "check",
    [
        pytest.param(check, id=check.__name__, marks=pytest.mark.xdist_group(check.__name__))
        for check in (mypy, pyright, ty)
    ],
)
LEAST = {USER_CODE: 0, REJECTED: 41, BODIES: 28}
"""How many mistakes a file has."""
_REMARK = "  # rejected"
VERSIONS = os.environ.get("QOVERY_TYPING_PYTHONS", "3.11 3.14").split()
"""The Pythons that the code is checked for, whatever is installed; `nox -s typing` has those in between, too."""


@pytest.mark.slow
@CHECKERS
@pytest.mark.parametrize("python", VERSIONS)
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_mistakes_are_found_on_exactly_the_marked_lines(check: Check, path: Path, python: str) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    marked = {number for number, line in enumerate(lines, 1) if line.endswith(_REMARK)}
    found = {line: message for file, line, message in check(*FILES, python=python) if file == path.name}
    known = {n for n, line in enumerate(lines, 1) if line.removesuffix(_REMARK).strip() in differences(check)}
    assert {lines[n - 1].strip() for n in marked - found.keys() - known} == set(), "accepted, though marked"
    assert {n: message for n, message in found.items() if n not in marked | known} == {}, "refused, though not marked"
    assert {lines[n - 1].strip() for n in known if (n in found) == (n in marked)} == set(), "no difference any more"
    assert len(marked) >= LEAST.get(path, 5)


@pytest.mark.slow
@CHECKERS
def test_what_is_said_of_a_wrong_body_names_its_mapping(check: Check) -> None:
    lines = BODIES.read_text(encoding="utf-8").splitlines()
    wrong = {n for n, line in enumerate(lines, 1) if line.endswith(_REMARK) and line.lstrip().startswith("client.")}
    said = [(line, message) for file, line, message in check(*FILES) if file == BODIES.name]
    named = {line for line, message in said if re.search(r"\b\w+(Request|Settings)Dict\b", message)}
    assert {lines[n - 1].strip() for n in wrong - named if "{" in lines[n - 1]} == set()


def test_differences_are_of_lines_that_exist() -> None:
    lines = {line.removesuffix(_REMARK).strip() for path in FILES for line in path.read_text("utf-8").splitlines()}
    assert [line for checker in DIFFERENCES.values() for line in checker if line not in lines] == []


def differences(check: Check) -> Collection[str]:
    return DIFFERENCES.get(check.__name__, {})


def test_user_code_can_be_imported() -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", "import user_code"],
        cwd=USER_CODE.parent, env={"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_nothing_is_silenced(path: Path) -> None:
    assert not re.search(r"type: ignore|pyright: (ignore|basic)|\bcast\(|\bAny\b", path.read_text(encoding="utf-8"))
