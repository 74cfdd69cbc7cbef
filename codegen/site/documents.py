"""Which documents of the repository are pages, and where do their links lead on the site?"""

from __future__ import annotations

import ast
import posixpath
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from codegen.site.names import relative

ROOT = Path(__file__).parents[2]
BESIDE = {"CONTRIBUTING.md": "contributing.md", "CHANGELOG.md": "changelog.md", "SECURITY.md": "security.md"}
"""Documents of the root that are pages, too."""
EXAMPLES = "examples/index.md"
_LINK = re.compile(r"(?P<image>!?)\[(?P<text>(?:[^\[\]]|\[[^\]]*\])*)\]\((?P<target>[^()\s]+)\)")
_FENCE = re.compile(r"^\s*(```|~~~)")


def pages() -> dict[str, str]:
    """The text of each page that is written by hand, by its place on the site."""
    of_docs = {path.relative_to(ROOT / "docs").as_posix(): path for path in sorted((ROOT / "docs").rglob("*.md"))}
    sources = of_docs | {page: ROOT / file for file, page in BESIDE.items()}
    place_of = {path.relative_to(ROOT).as_posix(): page for page, path in sources.items()}
    place_of |= {example: page_of_example(example) for example in examples()} | {"examples": EXAMPLES}
    place_of |= {"examples/board": page_of_example("examples/board/__main__.py"), "README.md": "index.md"}
    return {page: linked(path, page, place_of) for page, path in sources.items()} | example_pages()


def pictures() -> dict[str, Path]:
    """The pictures that pages show, by their place on the site."""
    text = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "docs").rglob("*.md"))
    return {
        path.relative_to(ROOT / "docs").as_posix(): path
        for path in sorted((ROOT / "docs").rglob("*"))
        if path.suffix in (".png", ".svg") and path.name in text
    }


def linked(path: Path, page: str, place_of: Mapping[str, str]) -> str:
    """The text of a document, with links that lead to pages; what is no page is named without a link."""
    folder = path.parent.relative_to(ROOT).as_posix()

    def lead(found: re.Match[str]) -> str:
        target, mark, anchor = found["target"].partition("#")
        if found["image"] or "://" in target or not target or target.startswith("mailto:"):
            return found[0]
        place = place_of.get(posixpath.normpath(posixpath.join(folder, target)))
        return found["text"] if place is None else f"[{found['text']}]({relative(place + mark + anchor, page)})"

    lines, fenced = list[str](), False
    for line in path.read_text(encoding="utf-8").splitlines():
        fenced ^= bool(_FENCE.match(line))
        lines.append(line if fenced else _LINK.sub(lead, line))
    return "\n".join([*lines, ""])


def examples() -> list[str]:
    """The example scripts, as paths in the repository."""
    found = sorted((ROOT / "examples").rglob("*.py"))
    return [path.relative_to(ROOT).as_posix() for path in found if path.name != "__init__.py"]


def page_of_example(example: str) -> str:
    return example.removesuffix(".py") + ".md"


def example_pages() -> dict[str, str]:
    """Each example with its code, and a list of them."""
    files = {example: (ROOT / example).read_text(encoding="utf-8") for example in examples()}
    pages = {page_of_example(example): "\n".join(_example(example, text)) for example, text in files.items()}
    listed = [
        f"| [`{_name(one)}`]({relative(page_of_example(one), EXAMPLES)}) | {_about(text)[0]} |"
        for one, text in files.items()
    ]
    lines = [
        "# Examples",
        "",
        "Scripts to copy from. The tests run each of them against the emulator. `NAME_sync.py` is the blocking form of `NAME.py`.",
        "",
    ]
    lines += ["```sh", "python examples/demo.py", "```", "", "| Script | Does |", "| --- | --- |", *listed, ""]
    return {EXAMPLES: "\n".join(lines)} | pages


def _example(example: str, text: str) -> Iterator[str]:
    first, rest = _about(text)
    yield from (f"# `{_name(example)}`", "", first, "")
    if rest:
        yield from ("```text", *rest.splitlines(), "```", "")
    yield from ("```python", text.rstrip("\n"), "```", "")


def _name(example: str) -> str:
    return example.removeprefix("examples/")


def _about(text: str) -> tuple[str, str]:
    """The first sentence of a script's docstring, and how to run it."""
    doc = ast.get_docstring(ast.parse(text)) or ""
    first, _, rest = doc.partition("\n\n")
    return " ".join(first.split()), rest.strip("\n")
