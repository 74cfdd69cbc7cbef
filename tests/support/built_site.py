"""What is on the documentation site that `nox -s docs` has built? Its pages, their links and their anchors."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import attrs

from tests.support import ROOT

FOLDER = Path(os.environ.get("QOVERY_SITE", ROOT / "build" / "docs")) / "html"
MADE_BY_SPHINX = {"search.html", "genindex.html"}
_LINKS = {"a": "href", "link": "href", "img": "src", "script": "src"}


@attrs.frozen
class SitePage:
    """A page: where it is, what it leads to, what can be led to, and what it says."""

    path: str
    links: list[str]
    anchors: set[str]
    text: str
    navigation: set[str]
    """The links of the sidebar."""
    examples: int
    """Its blocks of code."""


@cache
def site() -> Mapping[str, SitePage]:
    """All pages, by path.

    Raises:
        RuntimeError: the site has not been built.
    """
    if not FOLDER.is_dir():
        raise RuntimeError(f"there is no site at {FOLDER}: build it with `nox -s docs`")
    paths = sorted(path.relative_to(FOLDER).as_posix() for path in FOLDER.rglob("*.html"))
    return {path: _read(path) for path in paths if not path.startswith("_")}


@cache
def twin(page: str) -> str:
    """The Markdown of a page."""
    return FOLDER.joinpath(page.removesuffix(".html") + ".md").read_text(encoding="utf-8")


def target(link: str, page: str) -> tuple[Path, str] | None:
    """The file and the anchor that a link leads to; None for another site."""
    parts = urlsplit(link)
    if parts.scheme or parts.netloc:
        return None
    file = (FOLDER / page).parent / unquote(parts.path) if parts.path else FOLDER / page
    return file.resolve(), unquote(parts.fragment)


def markdown_links(text: str) -> list[str]:
    """The links of a document, outside of code."""
    prose = re.sub(r"^ *(```|~~~).*?^ *\1$", "", text, flags=re.MULTILINE | re.DOTALL)
    return re.findall(r"\]\(([^()\s]+)\)", re.sub(r"(?<!\[)`[^`\n]*`(?!\])", "", prose))


def _read(path: str) -> SitePage:
    reader = _Reader()
    reader.feed((FOLDER / path).read_text(encoding="utf-8"))
    return SitePage(path, reader.links, reader.anchors, "".join(reader.text), reader.navigation, reader.examples)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.links: list[str] = []
        self.anchors: set[str] = set()
        self.text: list[str] = []
        self.navigation: set[str] = set()
        self.examples = 0
        self._sidebar = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        classes = given.get("class", "").split()
        self.anchors |= {given["id"]} if "id" in given else set()
        link = given.get(_LINKS.get(tag, ""))
        self.links += [link] if link else []
        self.examples += tag == "div" and "highlight" in classes
        if self._sidebar or "sidebar-tree" in classes:
            self._sidebar += tag == "div"
            self.navigation |= {link} if tag == "a" and link else set()

    def handle_endtag(self, tag: str) -> None:
        self._sidebar -= self._sidebar > 0 and tag == "div"

    def handle_data(self, data: str) -> None:
        self.text.append(data)
