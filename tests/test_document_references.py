"""Do the documents name what there is? Links, headings, calls and errors."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from itertools import pairwise
from operator import attrgetter
from pathlib import Path
from urllib.parse import unquote

import pytest
from markdown_it import MarkdownIt

import qovery_async
from qovery_async import QoveryError, webhooks
from qovery_sync import Qovery
from tests.support import ROOT
from tests.support.documents import documents

PATHS = {path.relative_to(ROOT).as_posix(): path for path in documents()}
TEXTS = {name: path.read_text(encoding="utf-8") for name, path in PATHS.items()}
CALLS = {row["call"] for row in csv.DictReader((ROOT / "codegen/decisions/names.csv").read_text().splitlines())}

CLIENT = Qovery("of-no-use")
"""It sends nothing."""


def inline(text: str, kind: str) -> Iterator[tuple[str, str]]:
    """The content and the target of each inline token of a kind; blocks of code have none."""
    for token in MarkdownIt().enable("table").parse(text):
        for child in token.children or ():
            if child.type == kind:
                yield child.content, str(child.attrs.get("href", ""))


def anchors(text: str) -> set[str]:
    """The anchors of the headings, as GitHub and MyST make them."""
    tokens = pairwise(MarkdownIt().parse(text))
    titles = [after.content for token, after in tokens if token.type == "heading_open"]
    return {re.sub(r"[^\w\- ]", "", title.lower()).strip().replace(" ", "-") for title in titles}


@pytest.mark.parametrize("name", TEXTS)
def test_a_relative_link_leads_to_a_file_and_a_heading(name: str) -> None:
    for _, target in inline(TEXTS[name], "link_open"):
        if re.match(r"[a-z]+:", target):
            continue
        file, _, anchor = unquote(target).partition("#")
        there = (PATHS[name].parent / file).resolve() if file else PATHS[name]
        assert there.exists(), target
        assert not anchor or anchor in anchors(there.read_text(encoding="utf-8")), target


@pytest.mark.parametrize("name", TEXTS)
def test_a_call_in_the_text_is_there(name: str) -> None:
    for code, _ in inline(TEXTS[name], "code_inline"):
        for dotted in re.findall(r"\bclient\.([a-z_]+(?:\.[a-z_]+)*)", code):
            if dotted not in ("aclose", "py"):  # of the async client; a file
                assert attrgetter(dotted)(CLIENT) is not None


def test_every_call_of_the_old_package_leads_to_one_that_is_there() -> None:
    text = TEXTS["docs/migrating/old-package-calls.md"]
    rows = re.findall(r"^\| `(\w+Api)\.(\w+)` \| (.*) \|$", text, re.MULTILINE)
    assert len(rows) == 217
    for *_, ours in rows:
        named = re.findall(r"`([a-z_.]+\.[a-z_]+)`", ours)
        assert named or ours == "gone from the API"
        assert {call for call in named if not call.startswith("streams.")} <= CALLS, ours


def test_every_error_has_its_row_below_its_base() -> None:
    places = (
        *((qovery_async, name) for name in qovery_async.__all__),
        *((webhooks, name) for name in webhooks.__all__),
    )
    classes = [found for place, name in places if isinstance(found := getattr(place, name), type)]
    errors = {found for found in classes if issubclass(found, QoveryError)}
    table = TEXTS["docs/errors.md"].partition("## What an error has")[0]
    rows = re.findall(r"^\| ((?:&nbsp;)*) ?`(?:webhooks\.)?(\w+)` \| .* \| .* \|$", table, re.MULTILINE)
    above: list[str] = []
    told: dict[str, str | None] = {}
    for spaces, name in rows:
        depth = spaces.count("&nbsp;")
        told[name] = above[depth - 1] if depth else None
        above[depth:] = [name]
    assert told == {found.__name__: _base(found) for found in errors}


def _base(error: type[QoveryError]) -> str | None:
    return None if error is QoveryError else next(base.__name__ for base in error.__mro__[1:])


def test_the_paths_of_the_documents_are_not_of_one_machine() -> None:
    for name, text in TEXTS.items():
        assert not re.search(r"(?<![\w.])/(?:work|tmp|root)/", text), name
    assert Path("docs/start.md").as_posix() in TEXTS
