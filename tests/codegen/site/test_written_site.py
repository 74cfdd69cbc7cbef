"""Does the site, before Sphinx reads it, have a page for everything, and each page that a link names?"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from codegen import facts
from codegen.decisions import tables
from codegen.site import writing


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    (folder / "source").mkdir()
    (folder / "source" / "gone.md").write_text("A page of before.", encoding="utf-8")
    writing.write(folder)
    return folder


def pages(folder: Path) -> dict[str, str]:
    return {path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8") for path in folder.rglob("*.md")}


def test_each_page_has_a_twin_and_none_is_left_of_before(site: Path) -> None:
    source, beside = pages(site / "source"), pages(site / "beside")
    assert source.keys() == beside.keys()
    assert "gone.md" not in source
    llms = (site / "beside" / "llms.txt").read_text(encoding="utf-8")
    assert [page for page in beside if f"({page})" not in llms and page != "index.md"] == []


def test_each_operation_and_model_is_there(site: Path) -> None:
    api = tables.read().name(facts.read())
    source = pages(site / "source")
    index = next(text for page, text in source.items() if page.endswith("operations.md"))
    assert [operation.name for operation in api.operations if operation.name not in index] == []
    models = "\n".join(text for page, text in source.items() if page.startswith("reference/models/"))
    assert api.schemas.keys() - {*re.findall(r"^#+ `?(\w+)", models, re.MULTILINE)} == set()


def test_no_link_between_pages_is_dead(site: Path) -> None:
    for page, text in pages(site / "source").items():
        prose = re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
        targets = {*re.findall(r"\]\(([^)#\s:]+\.md)(?:#[^)]*)?\)", prose)}
        place = (site / "source" / page).parent
        assert {target for target in targets if not (place / target).exists()} == set(), page
