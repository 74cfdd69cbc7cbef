"""The Pythons that the package promises are those that its tests run on."""

from __future__ import annotations

import ast
import tomllib
from importlib.metadata import metadata
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent.parent
PYPROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


@pytest.fixture
def promised() -> list[str]:
    classifiers = metadata("qovery-sdk").get_all("Classifier") or []
    versions = [classifier.partition("Programming Language :: Python :: ")[2] for classifier in classifiers]
    return [version for version in versions if version]


def test_are_those_of_the_tests(promised: list[str]) -> None:
    (tested,) = [
        ast.literal_eval(line.value)
        for line in ast.parse((ROOT / "noxfile.py").read_text(encoding="utf-8")).body
        if isinstance(line, ast.Assign) and ast.unparse(line.targets[0]) == "PYTHONS"
    ]
    assert promised == [*tested]


def test_begin_with_the_one_that_is_required(promised: list[str]) -> None:
    assert metadata("qovery-sdk")["Requires-Python"] == f">={promised[0]}"


def test_begin_with_the_one_that_the_checks_are_for(promised: list[str]) -> None:
    tools = PYPROJECT["tool"]
    assert tools["ruff"]["target-version"] == f"py{promised[0].replace('.', '')}"
    assert tools["mypy"]["python_version"] == tools["pyright"]["pythonVersion"] == promised[0]
