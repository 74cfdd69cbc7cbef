"""Does docs/paging.md name every operation of pagers.toml, in the row of its kind, and no other?"""

from __future__ import annotations

import re

from codegen.decisions import tables
from tests.support import ROOT

PAGERS = tables.read().pagers


def rows() -> list[tuple[set[str], str, str]]:
    """Its first table: the operations, how their pages follow each other, and how they end."""
    text = (ROOT / "docs" / "paging.md").read_text(encoding="utf-8")
    table = next(block for block in text.split("\n\n") if block.startswith("| Operations |"))
    cells = [[cell.strip() for cell in line.strip("| ").split(" | ")] for line in table.splitlines()[2:]]
    return [(set(re.findall(r"`([\w.]+)`", operations)), follow, end) for operations, follow, end in cells]


def test_each_style_is_a_row_with_its_operations() -> None:
    styles = ("after_last", "growing", "next_token")
    for (operations, _, _), style in zip(rows(), styles, strict=False):
        assert operations == {call for call, pager in PAGERS.pagers.items() if pager.style == style}, style


def test_a_row_names_the_cursor_and_the_size_of_its_operations() -> None:
    for operations, follow, end in rows()[:3]:
        for pager in (PAGERS.pagers[call] for call in operations):
            assert f"`{pager.cursor}`" in follow
            assert str(pager.page_size or "") in end


def test_the_other_rows_are_what_has_one_page() -> None:
    others = rows()[3:]
    assert set().union(*(operations for operations, _, _ in others)) == set(PAGERS.single)
    assert {end for _, _, end in others} == {"one page"}
