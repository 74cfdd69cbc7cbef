"""What does a docstring of the project say: its sentences, its sections, its requests?"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import attrs

_SECTION = re.compile(r"(Args|Attributes|Returns|Yields|Raises):$")
_ENTRY = re.compile(r"\*{0,2}(?P<name>[\w.]+): (?P<text>.*)", re.DOTALL)
_RAISED = re.compile(r"^\s*Raises: (?P<names>[\w, \n]+)\.\s*$", re.MULTILINE)


@attrs.frozen
class Said:
    """The parts of a docstring. `text` is Markdown: paragraphs, lists, and requests such as `GET /project`."""

    summary: str = ""
    text: str = ""
    arguments: dict[str, str] = attrs.Factory(dict[str, str])
    attributes: dict[str, str] = attrs.Factory(dict[str, str])
    returns: str = ""
    raised: dict[str, str] = attrs.Factory(dict[str, str])


def read(doc: str) -> Said:
    """The parts of a docstring whose indentation is removed, as `inspect.getdoc` does."""
    named: dict[str, str] = {}

    def take(match: re.Match[str]) -> str:
        named.update(dict.fromkeys((name.strip() for name in match["names"].split(",")), ""))
        return ""

    sections: dict[str, list[str]] = {}
    paragraphs: list[str] = []
    for part in re.split(r"\n\s*\n", _RAISED.sub(take, doc)):
        title, _, rest = part.partition("\n")
        if found := _SECTION.match(title):
            sections[found[1]] = rest.split("\n")
        elif part.startswith("    ") and sections:
            # A second paragraph of an entry.
            last = next(reversed(sections))
            sections[last] += part.split("\n")
        elif part.strip():
            paragraphs.append(_paragraph(part))
    first, *others = paragraphs or [""]
    summary, _, more = first.partition("\n")
    if not re.search(r"[.:!?`]$", summary) and more:
        summary, more = first, ""
    entries = {name: dict(_entries(lines)) for name, lines in sections.items() if name != "Returns"}
    return Said(
        summary=summary,
        text="\n\n".join(filter(None, [more, *others])),
        arguments=entries.get("Args", {}),
        attributes=entries.get("Attributes", {}),
        returns=flat("\n".join(sections.get("Returns", []))),
        raised={**entries.get("Raises", {}), **named},
    )


def flat(text: str) -> str:
    return " ".join(text.split())


def _paragraph(part: str) -> str:
    """Lines that are indented are a list of requests, or code."""
    if not part.startswith("    "):
        return part.strip("\n")
    lines = [line.strip() for line in part.strip("\n").split("\n")]
    if all(line.startswith("`") for line in lines):
        return "\n".join(f"- {line}" for line in lines)
    return "\n".join(["```python", *(line.removeprefix("    ") for line in part.strip("\n").split("\n")), "```"])


def _entries(lines: Sequence[str]) -> Iterator[tuple[str, str]]:
    entry: list[str] = []
    for line in [*lines, "    end: "]:
        begins = re.match(r"    \S", line)
        if begins and entry:
            if found := _ENTRY.match("\n".join(entry)):
                yield found["name"], flat(found["text"])
            entry = []
        if line.strip():
            entry.append(line.strip())
