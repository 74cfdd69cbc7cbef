"""Do the hooks of pre-commit use the versions that the project's sessions use?"""

from __future__ import annotations

import re
import tomllib
from typing import Any

import yaml

import noxfile
from tests.support import ROOT

HOOKS: list[dict[str, Any]] = [
    hook for repo in yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text("utf-8"))["repos"] for hook in repo["hooks"]
]  # fmt: skip


def test_each_hook_has_its_tool_in_one_version() -> None:
    for hook in HOOKS:
        (tool,) = hook["additional_dependencies"]
        assert re.fullmatch(r"[\w@/-]+(==|@)\d+\.\d+\.\d+", tool), tool


def test_the_versions_are_those_of_the_sessions() -> None:
    groups = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["dependency-groups"]
    (ruff,) = [one for one in groups["codegen"] if one.startswith("ruff")]
    tools = {hook["id"]: hook["additional_dependencies"][0] for hook in HOOKS}
    assert tools["ruff-check"] == tools["ruff-format"] == ruff
    assert tools["actionlint"] == noxfile.ACTIONLINT
    assert tools["zizmor"] in groups["upkeep"]
    assert {*tools} == {"ruff-check", "ruff-format", "codespell", "actionlint", "zizmor"}
