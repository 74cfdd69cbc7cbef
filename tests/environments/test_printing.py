"""How does a difference read?"""

from __future__ import annotations

import copy
import json
import pickle
from typing import Any

import pytest

from qovery_async import AsyncQovery, EnvironmentChange, EnvironmentDiff
from tests.support import ROOT
from tests.support.documents import blocks_of

pytestmark = pytest.mark.anyio

STAGING: dict[str, Any] = {
    "format": 1,
    "environment": {"id": "e1", "name": "staging", "mode": "STAGING"},
    "deployment_rule": {},
    "variables": [
        {"key": "LOG_LEVEL", "scope": "ENVIRONMENT", "value": "debug"},
        {"key": "API_KEY", "scope": "ENVIRONMENT", "value": "***", "is_secret": True},
    ],
    "stages": [],
    "services": [
        {
            "kind": "APPLICATION",
            "name": "api",
            "settings": {
                "cpu": 500,
                "ports": [{"internal_port": 8080, "name": "http"}, {"internal_port": 9090, "name": "metrics"}],
                "git_repository": {"branch": "develop"},
            },
            "variables": [{"key": "FEATURE_X", "scope": "APPLICATION", "value": "on"}],
        }
    ],
}


def production() -> dict[str, Any]:
    """What is printed in docs/compare.md against staging."""
    made = copy.deepcopy(STAGING)
    made["environment"] = {"id": "e2", "name": "production", "mode": "PRODUCTION"}
    made["variables"][0]["value"] = "info"
    (api,) = made["services"]
    api["settings"]["cpu"] = 2000
    api["settings"]["ports"].pop()
    api["settings"]["git_repository"]["branch"] = "main"
    api["variables"].clear()
    made["services"].append({"kind": "CONTAINER", "name": "cache", "settings": {"tag": "7"}})
    return made


async def diff(a: dict[str, Any], b: dict[str, Any]) -> EnvironmentDiff:
    async with AsyncQovery("x", base_url="http://127.0.0.1:9") as client:
        return await client.environments.diff(a, b)


async def test_the_documentation_shows_what_is_printed() -> None:
    text = (ROOT / "docs" / "compare.md").read_text(encoding="utf-8")
    shown = next(block.code for block in blocks_of(text, "compare.md") if block.language == "text")
    assert f"{await diff(STAGING, production())}\n" == shown


async def test_nothing_to_tell() -> None:
    found = await diff(STAGING, STAGING)
    assert str(found).splitlines()[0] == "staging (e1) -> staging (e1): no differences"
    assert repr(found) == "EnvironmentDiff('staging (e1)', 'staging (e1)', 0 changes, 1 not compared)"


async def test_as_json() -> None:
    found = await diff(STAGING, production())
    assert json.loads(found.to_json()) == found.to_dict()
    assert found.to_dict()["changes"][-1] == {
        "path": "services[CONTAINER cache]",
        "a": None,
        "b": {"kind": "CONTAINER", "name": "cache", "settings": {"tag": "7"}},
    }
    assert (found.to_dict()["a"], found.to_dict()["not_compared"]) == (
        "staging",
        ["variables[ENVIRONMENT API_KEY].value"],
    )
    assert pickle.loads(pickle.dumps(found)) == found


def of(a: Any, b: Any) -> str:
    """A change of a setting in a printed line."""
    change = EnvironmentChange(("services", "[JOB x]", "settings", "key"), a, b)
    return str(EnvironmentDiff("one", "two", (change,), ())).splitlines()[-1].strip()


@pytest.mark.parametrize(
    ("a", "b", "line"),
    [
        (1, 2, "key: 1 -> 2"),
        (None, "x", 'key: none -> "x"'),
        (True, None, "key: true -> none"),
        (["a"], ["b"], 'key: ["a"] -> ["b"]'),
        (None, ["a"], 'key: none -> ["a"]'),
        (None, {"a": 1}, "key: only in two"),
        ([{"a": 1}], None, "key: only in one"),
        ("***", "***", "key: differs, not shown since it may be secret"),
        ("é", "a\nb\x1b[31m", 'key: "é" -> "a\\nb\\u001b[31m"'),
    ],
)
def test_values(a: Any, b: Any, line: str) -> None:
    assert of(a, b) == line


def test_long_values_are_cut_around_what_differs() -> None:
    line = of("a" * 200 + "b" + "c" * 200, "a" * 200 + "d" + "c" * 200)
    assert len(line) < 160
    assert line.startswith("key: ...aaa")
    assert "ab" in line
    assert "ad" in line
    assert of("a" * 100, "a" * 100 + "b").endswith('aaab"')


def test_names_from_outside_cannot_move_the_cursor() -> None:
    change = EnvironmentChange(("services", "[JOB \x1b[2J]", "settings", "\x1b[1A"), 1, 2)
    text = str(EnvironmentDiff("\x1b[31mone", "two\nlines", (change,), ("\x1b[5m",)))
    assert "\x1b" not in text
    assert len(text.splitlines()) == 5
