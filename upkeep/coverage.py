"""How much of the hand-written code do the tests reach? Runs them piece by piece, then adds up.

python -m upkeep.coverage [PIECE ...]     pieces are folders of tests, or `files` for the files beside them

Takes long, because code that is measured runs half as fast. Pieces that were measured before count as well, so
that the report can be had after some of them; `coverage erase` begins anew.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
ELSEWHERE = {"browser", "conformance", "frameworks", "packaging", "servers", "typing", "upkeep", "support"}
"""Folders whose tests need other programs, or do not run the code."""
PACKAGES = ("qovery_async", "qovery_sync", "codegen")
NO_TESTS = 5
"""What pytest ends with where all tests of a piece are slow, or quick."""


def pieces() -> list[str]:
    folders = {path.parent.relative_to(ROOT / "tests").parts[0] for path in (ROOT / "tests").glob("*/**/test_*.py")}
    return [*sorted(folders - ELSEWHERE), "files"]


def generated() -> list[str]:
    """Left out where it runs, because that takes half of the time; the report knows it by its first line alone."""
    files = (path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
    return [str(path) for path in files if path.read_text(encoding="utf-8").startswith("# Generated")]


def measure(piece: str) -> bool:
    tests = sorted((ROOT / "tests").glob("test_*.py")) if piece == "files" else [ROOT / "tests" / piece]
    command = [sys.executable, "-m", "coverage", "run", f"--omit={','.join(generated())}", "-m", "pytest", "-n", "auto"]
    print(f"measuring {piece}", flush=True)
    done = subprocess.run([*command, "--quiet", *map(str, tests)], cwd=ROOT, check=False)
    return done.returncode in (0, NO_TESTS)


def main() -> int:
    known = pieces()
    chosen = sys.argv[1:] or known
    if unknown := {*chosen} - {*known}:
        print(f"there is no piece {', '.join(sorted(unknown))}; the pieces are {', '.join(known)}")
        return 2
    failed = [piece for piece in chosen if not measure(piece)]
    # Measured code is slow, so that a test of how long something takes may fail here; their own sessions judge tests.
    coverage = [sys.executable, "-m", "coverage"]
    subprocess.run([*coverage, "combine", "--append", "--quiet"], cwd=ROOT, check=False)
    report = subprocess.run([*coverage, "report"], cwd=ROOT, check=False)
    if failed:
        print(f"some tests failed in {', '.join(failed)}")
    return report.returncode


if __name__ == "__main__":
    sys.exit(main())
