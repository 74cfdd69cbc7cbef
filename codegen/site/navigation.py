"""In which order does a reader find the pages?

A page that no line here names stands among the guides, so that a new document is never left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase

import attrs

from codegen.site import class_pages, documents, model_pages, namespace_pages, operation_index

START = "index.md"


@attrs.frozen
class Section:
    """A part of the navigation. Patterns stand for the pages that exist, in this order; the first page leads the others."""

    title: str
    patterns: tuple[str, ...]
    is_nested: bool = False
    """Whether the first page is the entry, and lists the others below itself."""


REST = Section("Guides", ())
SECTIONS = (
    Section("Start", ("start.md", "authentication.md", "errors.md", "guarantees.md")),
    Section(
        "Guides",
        (
            "deployments.md", "find.md", "patch.md", "variables.md", "inventory.md", "bulk.md", "streams.md", "shell.md",
            "port-forward.md", "webhooks.md", "compare.md", "paging.md", "bodies.md", "retries.md", "pacing.md",
            "tokens.md", "frameworks.md", "notebooks.md",
        ),
    ),
    Section("Cookbook", ("cookbook/index.md", "cookbook/*.md"), is_nested=True),
    Section("Migrating", ("migrating/index.md", "migrating/old-package.md", "migrating/*.md"), is_nested=True),
    Section("Examples", (documents.EXAMPLES, "examples/*.md"), is_nested=True),
    Section("Reference", (operation_index.PAGE,)),
    Section("Reference", (namespace_pages.INDEX, f"{namespace_pages.FOLDER}/*.md"), is_nested=True),
    Section("Reference", (model_pages.INDEX, f"{model_pages.FOLDER}/*.md"), is_nested=True),
    Section("Reference", (class_pages.INDEX, f"{class_pages.FOLDER}/*.md"), is_nested=True),
    Section("Emulator", ("emulator.md",)),
    Section("Performance", ("performance.md", "chaos.md")),
    Section("Contributing", ("contributing.md", "how-it-is-built.md", "security.md", "versioning.md", "releasing.md", "changelog.md")),
)  # fmt: skip


@attrs.frozen
class Navigation:
    sections: dict[str, list[list[str]]]
    """By title: the groups of pages. A group with several pages begins with the one that lists them."""

    @classmethod
    def of(cls, pages: Iterable[str]) -> Navigation:
        """The navigation of the pages that exist."""
        left = [page for page in pages if page != START]
        sections: dict[str, list[list[str]]] = {}
        for section in SECTIONS:
            found = [page for pattern in section.patterns for page in left if fnmatchcase(page, pattern)]
            found = list(dict.fromkeys(found))
            left = [page for page in left if page not in found]
            groups = [found] if section.is_nested else [[page] for page in found]
            sections.setdefault(section.title, []).extend(group for group in groups if group)
        sections[REST.title] += [[page] for page in left]
        return cls({title: groups for title, groups in sections.items() if groups})

    def listed(self, titles: Mapping[str, str]) -> str:
        """The list of all pages that ends the start page, below one heading for each section."""
        lines = ["", "## All pages", ""]
        for section, groups in self.sections.items():
            links = ", ".join(f"[{titles[group[0]]}]({group[0]})" for group in groups)
            lines.append(f"- **{section}:** {links}")
        return "\n".join([*lines, ""])

    def blocks(self) -> dict[str, str]:
        """What Sphinx needs below a page: its table of contents, by page."""
        blocks = {START: "\n".join(_block([g[0] for g in groups], title) for title, groups in self.sections.items())}
        groups = [group for groups in self.sections.values() for group in groups if len(group) > 1]
        return blocks | {first: _block(rest) for first, *rest in groups}


def _block(pages: Iterable[str], caption: str = "") -> str:
    options = [":hidden:", *([f":caption: {caption}"] if caption else [])]
    entries = [f"/{page.removesuffix('.md')}" for page in pages]
    return "\n".join(["", "```{toctree}", *options, "", *entries, "```", ""])
