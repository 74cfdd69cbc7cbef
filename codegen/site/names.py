"""On which page is a name explained, and how is a type written with links to what it names?"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping

import attrs

_WORD = re.compile(r"(?<![\w.'\"])(?:(?:models|bodies|patching|builtins|vocabulary)\.)?([A-Za-z_]\w*)(?!\w*['\"])")
_QUOTED = re.compile(r"`([^`\n]+)`(?!\])")
_BUILTIN = {
    "Any", "AsyncGenerator", "AsyncIterable", "AsyncIterator", "AbstractAsyncContextManager", "Awaitable", "Callable",
    "ClientSession", "Exception", "Iterable", "Iterator", "Literal", "Mapping", "None", "Path", "PathLike", "Self",
    "Sequence", "SSLContext", "TextIO", "TypeVar", "Union", "Unpack", "NoneType", "False", "True", "BaseException",
    "Sized", "IO", "TracebackType", "Never", "NotRequired", "TypedDict", "Collection", "CIMultiDict",
}  # fmt: skip


class UnknownName(ValueError):
    """A type names what no page explains."""


@attrs.frozen
class Linker:
    """Where each name is explained: the page, and the heading on it."""

    places: Mapping[str, str]
    """`Application`: `reference/models/applications.md#application`; the same for a call such as `projects.list`."""
    without: frozenset[str] = frozenset()
    """Names of types that need no explanation: type variables, the project's private ones."""

    def link(self, name: str, page: str, text: str | None = None) -> str:
        """A link to the place, as seen from a page; without a place, the name alone."""
        shown = f"`{text or name}`"
        return f"[{shown}]({relative(self.places[name], page)})" if name in self.places else shown

    def type(self, annotation: str, page: str) -> str:
        """A type with links, for a cell of a table.

        Raises:
            UnknownName: it names what no page explains.
        """
        parts, at = list[str](), 0
        text = annotation.replace("builtins.", "")
        for word in _WORD.finditer(text):
            name = word[1]
            place = self.places.get(name) or self.places.get(re.sub(r"(Dict|Str)$", "", name))
            if place is None:
                if name[0].isupper() and name not in _BUILTIN | self.without:
                    raise UnknownName(
                        f"{page}: no page explains {name}, of {annotation}: export it from qovery_async,"
                        " or name it in codegen/site/writing.py if users never import it"
                    )
                continue
            parts += [_plain(text[at : word.start()]), f"[`{word[0]}`]({relative(place, page)})"]
            at = word.end()
        return "".join([*parts, _plain(text[at:])])

    def prose(self, text: str, page: str) -> str:
        """A text whose `code` is linked where a page explains it."""
        return _QUOTED.sub(lambda found: self._linked(found[1], page), text)

    def _linked(self, code: str, page: str) -> str:
        bare = re.sub(r"\(.*\)$", "", code.removeprefix("await ").removeprefix("client.").removeprefix("models."))
        if document := re.fullmatch(r"docs/([\w/-]+\.md)", bare):
            return f"[{code}]({relative(document[1], page)})"
        return self.link(bare, page, code)


def relative(place: str, page: str) -> str:
    """The link from one page to a place, such as `reference/errors.md#notfound`."""
    target, mark, anchor = place.partition("#")
    if target == page:
        return f"#{anchor}" if anchor else posixpath.basename(page)
    return posixpath.relpath(target, posixpath.dirname(page) or ".") + mark + anchor


def slug(heading: str) -> str:
    """The anchor of a heading, as GitHub makes it."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def cell(text: str) -> str:
    """A text for a cell of a table."""
    return re.sub(r"(?<!\\)\|", r"\\|", " ".join(text.split()))


def _plain(text: str) -> str:
    """Code that stands between links; spaces stay outside of it, so that lines can break there."""
    lead, body, trail = re.fullmatch(r"(\s*)(.*?)(\s*)", text, re.DOTALL).groups()  # type: ignore[union-attr]
    return f"{lead}`{body}`{trail}" if body else text
