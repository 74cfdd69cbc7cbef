"""Type checkers accept what users write and find what they get wrong, in strict mode."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support import ROOT
from tests.support.checkers import Complaint, mypy, pyright

USER_CODE = ROOT / "tests" / "typing" / "user_code.py"
REJECTED = ROOT / "tests" / "typing" / "rejected.py"
TWINS = ROOT / "tests" / "twins" / "typing_code.py"
BULK = ROOT / "tests" / "typing" / "bulk_code.py"
HANDLES = ROOT / "tests" / "typing" / "handles_code.py"
DEPLOYMENTS = ROOT / "tests" / "typing" / "deployments_code.py"
PATCHES = ROOT / "tests" / "typing" / "patch_code.py"
FILES = (USER_CODE, REJECTED, TWINS, BULK, HANDLES, DEPLOYMENTS, PATCHES)

Check = Callable[..., list[Complaint]]
CHECKERS = pytest.mark.parametrize("check", [mypy, pyright], ids=["mypy", "pyright"])


@pytest.mark.slow
@CHECKERS
def test_what_users_write_is_accepted(check: Check) -> None:
    assert [complaint for complaint in check(*FILES) if complaint[0] == USER_CODE.name] == []


@pytest.mark.slow
@CHECKERS
@pytest.mark.parametrize("path", [REJECTED, TWINS, BULK, HANDLES, DEPLOYMENTS, PATCHES], ids=lambda path: path.name)
def test_mistakes_are_found_on_exactly_the_marked_lines(check: Check, path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    marked = {number for number, line in enumerate(lines, 1) if line.endswith("  # rejected")}
    found = {line: message for file, line, message in check(*FILES) if file == path.name}
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
