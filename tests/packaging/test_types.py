"""Type checkers know `qovery` from an installed wheel: they accept what is right, in strict mode, and find mistakes."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

import pytest

USER_CODE = Path(__file__).parent / "user_code"

Found = dict[str, set[int]]
"""The lines that a type checker reports, by file."""


def mypy(folder: Path) -> Found:
    lines = output(folder, "mypy", "--strict", "--output=json", ".").splitlines()
    reports = [json.loads(line) for line in lines if line.startswith("{")]
    return by_file((report["file"], report["line"]) for report in reports)


def pyright(folder: Path) -> Found:
    (folder / "pyrightconfig.json").write_text('{"typeCheckingMode": "strict"}', encoding="utf-8")
    reports = json.loads(output(folder, "pyright", "--outputjson", "--pythonpath", sys.executable))
    return by_file((report["file"], report["range"]["start"]["line"] + 1) for report in reports["generalDiagnostics"])


def output(folder: Path, checker: str, *arguments: str) -> str:
    command = [sys.executable, "-P", "-m", checker, *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    # 1 says that something was found; everything else that the checker itself failed.
    assert done.returncode in (0, 1), done.stderr or done.stdout
    return done.stdout


def by_file(places: Iterable[tuple[str, int]]) -> Found:
    found: Found = defaultdict(set)
    for file, line in places:
        found[Path(file).name].add(line)
    return found


@pytest.fixture(scope="module", params=[mypy, pyright])
def found(request: pytest.FixtureRequest, wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Found:
    """What a type checker reports, warnings too, of files that lie where the repository is not seen."""
    folder = shutil.copytree(USER_CODE, tmp_path_factory.mktemp("home") / "user_code")
    result: Found = request.param(folder)
    return result


@pytest.mark.parametrize("name", ["as_printed.py", "typed.py"])
def test_what_users_write_is_accepted(found: Found, name: str) -> None:
    assert found[name] == set()


def test_mistakes_are_found_on_exactly_the_marked_lines(found: Found) -> None:
    lines = (USER_CODE / "misspelt.py").read_text(encoding="utf-8").splitlines()
    assert found["misspelt.py"] == {number for number, line in enumerate(lines, 1) if line.endswith("  # rejected")}
