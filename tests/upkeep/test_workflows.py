"""Do the workflows call what exists, on the Pythons that are promised, with pinned actions and the least permissions?"""

from __future__ import annotations

import re
import shlex
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

import noxfile
from tests.support import ROOT
from tests.support.house import imports, modules
from tests.support.sessions import sessions

WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
"""The session comes with the documentation site."""
POSIX_ONLY = {"fcntl", "grp", "pty", "pwd", "resource", "termios", "tty"}
EACH = pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)


def loaded(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return found


def jobs(path: Path) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = loaded(path)["jobs"]
    return found


def called(job: dict[str, Any]) -> Iterator[str]:
    """The sessions that a job runs; one that comes from its matrix stands for all of them."""
    for step in job["steps"]:
        for words in re.findall(r"nox -s (.+?)(?: -- .*)?$", step.get("run", ""), re.MULTILINE):
            for word in shlex.split(words):
                yield from job["strategy"]["matrix"]["session"] if word == "${SESSION}" else [word]


def test_there_are_workflows_for_tests_nights_imports_and_releases() -> None:
    assert [path.stem for path in WORKFLOWS] == ["import", "nightly", "release", "tests"]


@EACH
def test_they_call_sessions_that_exist(path: Path) -> None:
    found = {session for job in jobs(path).values() for session in called(job)}
    assert found - sessions() == set()
    assert found


def test_the_pythons_are_those_of_the_project() -> None:
    classifiers = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["classifiers"]
    promised = re.findall(r":: (3\.\d+)$", "\n".join(classifiers), re.MULTILINE)
    assert promised == [*noxfile.PYTHONS]
    of_the_tests = jobs(ROOT / ".github" / "workflows" / "tests.yml")
    for name in ("tests", "windows"):
        assert of_the_tests[name]["strategy"]["matrix"]["python"] == [*promised, noxfile.NEWER[0]]
    (more,) = of_the_tests["tests"]["strategy"]["matrix"]["include"]
    assert more["python"] == f"{noxfile.NEWER[0]}t"


@EACH
def test_jobs_have_an_end_and_the_least_permissions(path: Path) -> None:
    workflow = loaded(path)
    assert workflow["permissions"] == {}
    assert workflow["concurrency"]["group"]
    for job in workflow["jobs"].values():
        assert 0 < job["timeout-minutes"] <= 180
        assert job["permissions"]
        runs_packages = any("pip install" in step.get("run", "") for step in job["steps"])
        assert not runs_packages or job["permissions"] == {"contents": "read"}, "code of packages could write"


@EACH
def test_actions_are_pinned_by_hash_with_their_version(path: Path) -> None:
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if "uses:" in line]
    assert lines
    for line in lines:
        assert re.search(r"uses: [\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$", line), line


def test_an_action_has_one_version() -> None:
    uses = {line.split("uses: ")[1] for path in WORKFLOWS for line in path.read_text("utf-8").splitlines() if "uses:" in line}  # fmt: skip
    assert len({use.partition("@")[0] for use in uses}) == len(uses)


def test_what_is_published_is_what_was_built() -> None:
    """One job builds; those with rights get its files and run nothing of the project or of packages."""
    release = jobs(ROOT / ".github" / "workflows" / "release.yml")
    assert [name for name, job in release.items() if any("nox" in step.get("run", "") for step in job["steps"])] == ["build"]  # fmt: skip
    assert release["publish"]["permissions"] == {"id-token": "write"}
    assert release["publish"]["environment"] == "pypi"
    assert not any("checkout" in step.get("uses", "") for name in ("attest", "publish", "announce") for step in release[name]["steps"])  # fmt: skip
    assert "attest" in release["publish"]["needs"]


def test_the_portable_tests_import_nothing_of_posix() -> None:
    ahead: dict[str, set[str]] = {}
    for one in imports():
        ahead.setdefault(one.importer, set()).add(one.imported)
    waiting = [name for name in modules() if name.split(".")[1:2] and name.split(".")[0] == "tests" and name.split(".")[1] in noxfile.PORTABLE]  # fmt: skip
    assert len(waiting) > 30
    seen = set[str]()
    while waiting:
        name = waiting.pop()
        if name in seen or name not in modules():
            continue
        seen.add(name)
        waiting += ahead.get(name, ())
    at_the_top = re.compile(rf"^(?:import|from) (?:{'|'.join(POSIX_ONLY)})\b", re.MULTILINE)
    assert {name for name in seen if at_the_top.search(modules()[name].read_text(encoding="utf-8"))} == set()
