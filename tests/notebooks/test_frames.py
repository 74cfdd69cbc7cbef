"""Do the lines of docs/frameworks.md make data frames of what lists return?"""

from __future__ import annotations

import re
from typing import Any

import pandas as pd
import polars as pl
import pytest

from qovery_async import from_dict, models, to_dict
from tests.support import ROOT
from tests.support.server import PROJECT

PROJECTS = [
    from_dict(models.Project, {**PROJECT, "name": name, **more})
    for name, more in {"shop": {"description": None}, "blog": {"description": "x", "new": {"deep": 1}}}.items()
]
NAMES: dict[str, Any] = {"pandas": pd, "polars": pl, "to_dict": to_dict, "projects": PROJECTS}


def line(tool: str, of: str) -> str:
    """The documented line."""
    text = (ROOT / "docs" / "frameworks.md").read_text(encoding="utf-8")
    (found,) = re.findall(rf"`({tool}\.{of}\(.*?\))`", text)
    return str(found)


@pytest.mark.parametrize("tool", ["pandas", "polars"])
def test_a_frame_has_a_column_for_each_key(tool: str) -> None:
    frame = eval(line(tool, "DataFrame"), NAMES)
    assert list(frame["name"]) == ["shop", "blog"]
    assert list(frame["associated_environments_count"]) == [2, 2]
    assert next(iter(frame["organization"])) == {"id": "o1"}
    assert "new" in list(frame.columns)


@pytest.mark.parametrize("tool", ["pandas", "polars"])
def test_a_flat_frame_has_columns_for_what_is_inside(tool: str) -> None:
    frame = eval(line(tool, "json_normalize"), NAMES)
    assert list(frame["organization.id"]) == ["o1", "o1"]
    assert list(frame["new.deep"])[1] == 1


def test_times_become_times() -> None:
    assert pd.to_datetime(pd.DataFrame(to_dict(PROJECTS))["created_at"]).dt.year.tolist() == [2026, 2026]
