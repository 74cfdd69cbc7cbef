"""Which pages does an assistant read, and what is on each? The list that llmstxt.org describes."""

from __future__ import annotations

import re
from collections.abc import Mapping

from codegen.site.navigation import START, Navigation

_ABOUT = (
    "The Python SDK for Qovery: all operations of its API, typed, async (`qovery_async.AsyncQovery`) and blocking"
    " (`qovery_sync.Qovery`). The package is called `qovery-sdk`; `qovery` on PyPI is another, abandoned client."
)
_OPTIONAL = ("reference/namespaces/", "reference/models/", "examples/")


def text(pages: Mapping[str, str], navigation: Navigation) -> str:
    """`llms.txt`: a title, what the project is, and all pages with a line each; the long tail is optional."""
    sections: dict[str, list[str]] = {"Start": [START]}
    for title, groups in navigation.sections.items():
        for page in (page for group in groups for page in group):
            late = page.startswith(_OPTIONAL) and not page.endswith("index.md")
            sections.setdefault("Optional" if late else title, []).append(page)
    optional = sections.pop("Optional", [])
    lines = [
        "# Qovery for Python",
        "",
        f"> {_ABOUT}",
        "",
        "Each link leads to the Markdown of a page; `.html` instead of `.md` is the page itself.",
    ]
    for title, listed in {**sections, "Optional": optional}.items():
        lines += ["", f"## {title}", "", *(_entry(page, pages[page]) for page in listed)]
    return "\n".join([*lines, ""])


def _entry(page: str, content: str) -> str:
    about = _first_sentence(content)
    return f"- [{title_of(content)}]({page})" + (f": {about}" if about else "")


def title_of(content: str) -> str:
    first = re.search(r"^# (.*)$", content, re.MULTILINE)
    return first[1].replace("`", "") if first else ""


def _first_sentence(content: str) -> str:
    """The first sentence of the first paragraph, without links."""
    for part in content.split("\n\n")[1:]:
        if re.match(r"[A-Za-z`*\[]", part):
            plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", " ".join(part.split()))
            return re.split(r"(?<=[.:])\s", plain)[0].rstrip(":")
    return ""
