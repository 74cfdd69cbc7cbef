"""How much of the hand-written code do the tests reach, in branches?

python -m upkeep.coverage              all of them, from a clean state
python -m upkeep.coverage PIECE ...    those of some folders of tests, or `files` for the files beside them; what was
                                       measured before counts as well

Most slow tests do more of what quick ones do once, and measured code runs half as fast: they are left out.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from upkeep.project import NOT_ALONE, QUICK, ROOT, SLOW

ELSEWHERE = {*NOT_ALONE, "typing", "upkeep"}
"""Folders whose tests need other programs, or do not run the code."""
IN_TERMINALS = {"command_line", "shell"}
"""Folders whose slow tests reach what no quick one does: commands in real terminals."""
PACKAGES = ("qovery_async", "qovery_sync", "codegen")
PASSED, FAILED, NO_TESTS = 0, 1, 5
"""What pytest ends with; NO_TESTS where all tests of a piece are slow, or quick."""
COVERAGE = (sys.executable, "-m", "coverage")


def pieces() -> list[str]:
    folders = {path.parent.relative_to(ROOT / "tests").parts[0] for path in (ROOT / "tests").glob("*/**/test_*.py")}
    return [*sorted(folders - ELSEWHERE), "files"]


def generated() -> list[str]:
    """Left out where it runs, because that takes half of the time; the report knows it by its first line alone."""
    files = (path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
    return [str(path) for path in files if path.read_text(encoding="utf-8").startswith("# Generated")]


def measure(chosen: list[str], marked: str, cache: Path) -> int:
    tests: list[Path] = []
    for piece in chosen:
        tests += sorted((ROOT / "tests").glob("test_*.py")) if piece == "files" else [ROOT / "tests" / piece]
    command = [*COVERAGE, "run", f"--omit={','.join(generated())}", "-m", "pytest", "-p", "upkeep.saving", "-n", "auto"]
    options = ["--quiet", "-m", marked, "-o", f"cache_dir={cache}"]
    return subprocess.run([*command, *options, *map(str, tests)], cwd=ROOT, check=False).returncode


def failures(cache: Path) -> list[str]:
    file = cache / "v" / "cache" / "lastfailed"
    return sorted(json.loads(file.read_text(encoding="utf-8"))) if file.exists() else []


def main() -> int:
    known = pieces()
    chosen = sys.argv[1:] or known
    if unknown := {*chosen} - {*known}:
        print(f"there is no piece {', '.join(sorted(unknown))}; the pieces are {', '.join(known)}")
        return 2
    if chosen == known:
        subprocess.run([*COVERAGE, "erase"], cwd=ROOT, check=True)
    with tempfile.TemporaryDirectory() as cache:
        ended = {measure(chosen, QUICK, Path(cache))}
        if slow := [piece for piece in chosen if piece in IN_TERMINALS]:
            ended.add(measure(slow, SLOW, Path(cache)))
        failed = failures(Path(cache))
    subprocess.run([*COVERAGE, "combine", "--append", "--quiet"], cwd=ROOT, check=False)
    report = subprocess.run([*COVERAGE, "report"], cwd=ROOT, check=False).returncode
    # Measured code is slow, so that a test of how long something takes may fail here; their own sessions judge tests.
    if failed:
        print("failed while they were measured:", *failed, sep="\n  ")
    return max(ended - {PASSED, FAILED, NO_TESTS}, default=report)


if __name__ == "__main__":
    sys.exit(main())
