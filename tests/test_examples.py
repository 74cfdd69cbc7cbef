"""What does a newcomer see who runs the demo, or looks for an example?"""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from tests.support import ROOT


@pytest.fixture(scope="module")
def demo() -> str:
    done = subprocess.run(
        [sys.executable, "-W", "error", "examples/demo.py"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_demo_names_both_styles_and_prints_their_inventory_once(demo: str) -> None:
    _, asynchronous, blocking = demo.split("\n--- ")
    assert asynchronous.startswith("asyncio: `await client.projects.list()`")
    assert asynchronous.splitlines()[1] == "acme (ENTERPRISE)"
    assert blocking.startswith("blocking: `client.projects.list()`")
    lines = len(asynchronous.splitlines()) - 1
    assert lines > 50
    assert blocking.splitlines()[1] == f"It prints the same {lines} lines."


def test_the_demo_says_what_to_try_next(demo: str) -> None:
    assert f"{sys.executable} -m qovery_async.emulator\n" in demo
    assert f"QOVERY_API_TOKEN=... {sys.executable} examples/inventory.py\n" in demo


def test_the_demo_says_why_an_argo_cd_app_has_no_state(demo: str) -> None:
    (app,) = [line for line in demo.splitlines() if "ARGOCD_APP" in line]
    assert app.split(maxsplit=2) == ["legacy", "ARGOCD_APP", "managed by Argo CD"]
    assert "unknown" not in demo


def test_the_readme_has_each_example_and_its_styles() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    listed = re.findall(r"^\| `(\w+)\.py`(\*?) \|", readme, re.MULTILINE)
    folders = re.findall(r"^\| \[`(\w+)/`\]\(examples/\1\) \|", readme, re.MULTILINE)
    assert {*folders} == {path.parent.name for path in (ROOT / "examples").glob("*/__main__.py")}
    there = {path.stem for path in (ROOT / "examples").glob("*.py")}
    assert {name for name, _ in listed} | {f"{name}_sync" for name, star in listed if star} == there
