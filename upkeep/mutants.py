"""Do the tests notice when the code is changed? mutmut changes it, expression by expression, in a copy of the project.

python -m upkeep.mutants [NAME ...]     of the targets in upkeep/mutants.toml

A mutant that survives has to be explained there; an explanation that is no longer needed has to go.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterable
from pathlib import Path

import attrs

ROOT = Path(__file__).parents[1]
TABLE = ROOT / "upkeep" / "mutants.toml"
COPIED = (
    "qovery_async",
    "qovery_sync",
    "qovery.py",
    "codegen",
    "docs",
    "tests",
    "upkeep",
    "noxfile.py",
    "pyproject.toml",
)

# In one process, since `mutmut show` takes seconds for each.
DIFFS = """
import sys
from mutmut.mutation.diff_apply import get_diff_for_mutant
for name in sys.argv[2:]:
    print("\\0" + get_diff_for_mutant(name, path=sys.argv[1]))
"""


@attrs.frozen(order=True)
class Survivor:
    """A change that no test notices."""

    was: str
    becomes: str
    why: str = attrs.field(default="", eq=False, order=False)


@attrs.frozen
class Target:
    """A file, and the tests that are there to notice changes of it."""

    name: str
    file: str
    tests: list[str]
    survivors: list[Survivor] = attrs.field(factory=list[Survivor])


def targets(table: Path = TABLE) -> list[Target]:
    rows = tomllib.loads(table.read_text(encoding="utf-8"))["target"]
    return [Target(**(row | {"survivors": [Survivor(**one) for one in row.get("survivors", [])]})) for row in rows]


def settings(target: Target) -> str:
    also = [name for name in COPIED if name not in ("qovery_async", "tests", "pyproject.toml")]
    return "\n".join([
        "\n[tool.mutmut]",
        'source_paths = ["qovery_async"]',
        f"only_mutate = [{target.file!r}]",
        f"also_copy = {also!r}",
        'pytest_add_cli_args = ["-p", "no:cacheprovider"]',
        f"pytest_add_cli_args_test_selection = {target.tests!r}",
        "",
    ])  # fmt: skip


def survivors(target: Target, folder: Path) -> list[Survivor]:
    """Runs the mutants of a target in a copy of the project."""
    for name in COPIED:
        place = ROOT / name
        if place.is_dir():
            shutil.copytree(place, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(place, folder / name)
    with (folder / "pyproject.toml").open("a", encoding="utf-8") as file:
        file.write(settings(target))
    run(folder, "-m", "mutmut", "run")
    names = re.findall(r"^\s*(\S+): (?:survived|no tests)$", run(folder, "-m", "mutmut", "results"), re.MULTILINE)
    diffs = run(folder, "-c", DIFFS, target.file, *names).split("\0")[1:]
    return sorted({survivor(diff) for diff in diffs})


def run(folder: Path, *arguments: str) -> str:
    command = [sys.executable, *arguments]
    # With it, Hypothesis draws the same examples each time: chance kills no mutant.
    environ = {**os.environ, "CI": "true"}
    done = subprocess.run(
        command, cwd=folder, env=environ, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )  # fmt: skip
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} failed:\n{done.stdout[-4000:]}")
    return done.stdout


def survivor(diff: str) -> Survivor:
    """The lines that differ, on one line each."""
    changed = [line for line in diff.splitlines() if line[:1] in "+-" and line[:3] not in ("+++", "---")]
    was, becomes = (" ".join(line[1:].strip() for line in changed if line[0] == sign) for sign in "-+")
    return Survivor(was, becomes)


def judged(target: Target, found: Iterable[Survivor]) -> list[str]:
    """What is wrong with the table, as far as this target goes."""
    explained, survived = set(target.survivors), set(found)
    return [
        *(f"{target.name}: survived, not explained: {one.was!r} -> {one.becomes!r}" for one in survived - explained),
        *(f"{target.name}: explained, but killed: {one.was!r} -> {one.becomes!r}" for one in explained - survived),
    ]


def main() -> int:
    known = {target.name: target for target in targets()}
    chosen = sys.argv[1:] or [*known]
    if unknown := {*chosen} - {*known}:
        print(f"there is no target {', '.join(sorted(unknown))}; the targets are {', '.join(known)}")
        return 2
    wrong = list[str]()
    for name in chosen:
        with tempfile.TemporaryDirectory() as folder:
            found = survivors(known[name], Path(folder))
        said = judged(known[name], found)
        print("\n".join([*said, f"{name}: {len(found)} survivors, {len(said)} to look at"]), flush=True)
        wrong += said
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
