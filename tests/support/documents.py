"""Which blocks of code do the documents have, what runs them, and what should they print?

Right above a block, a document says with `<!-- not run: REASON -->` why that block cannot be run, and with
`<!-- printed by each -->` that each block since the heading, or since the last such block, prints that text. There, `…`
stands for what differs from run to run, such as an id or a time.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import attrs
from markdown_it import MarkdownIt

from tests.support import ROOT

NOT_RUN = re.compile(r"<!-- not run: (?P<reason>\S.*) -->\s*")
PRINTED = "<!-- printed by each -->"
RUN = {"python", "sh"}
"""The languages of blocks that can be run."""
WARNINGS = ("-W", "error")
SECONDS = 60
"""No block takes as long: one that does hangs."""

ONLY_LOOPBACK = """
import sys

def stay_on_this_machine(event, arguments):
    if event in ("socket.connect", "socket.sendto"):
        host = arguments[1][0] if isinstance(arguments[1], tuple) else "localhost"
    elif event == "socket.getaddrinfo":
        host = arguments[0]
    else:
        return
    if host not in ("127.0.0.1", "::1", "localhost"):
        raise PermissionError(f"{host} is not this machine")

sys.addaudithook(stay_on_this_machine)
"""

PROGRAMS = {
    "python": 'exec "{python}" "$@"',
    "nox": 'exec "{python}" -m tests.support.sessions "$@"',
    "pip": 'exec "{python}" -m tests.support.installable "$@"',
}
"""What these commands do in a block: pip and nox say whether they could do it."""


@attrs.frozen
class Block:
    """A fenced block. `line` is that of its opening fence, so that line 1 of its code is at `line + 1`."""

    document: str
    line: int
    language: str
    code: str
    reason: str | None
    """Why it is not run."""
    printed: str | None = None
    """What it prints, where the document says so."""
    section: str = attrs.field(default="", eq=False)
    """The heading above it."""

    def __str__(self) -> str:
        return f"{self.document}:{self.line}"

    @property
    def file(self) -> str:
        """The name of the file that its code is written to."""
        return re.sub(r"\W", "_", str(self)) + ".py"

    @property
    def is_tests(self) -> bool:
        return re.search(r"^(async )?def test_", self.code, re.MULTILINE) is not None


def documents() -> Iterator[Path]:
    yield from sorted(ROOT.glob("*.md"))
    yield from sorted((ROOT / "docs").rglob("*.md"))


def blocks_of(text: str, document: str) -> list[Block]:
    found: list[Block] = []
    above, begun, section = "", 0, ""
    for token in MarkdownIt().parse(text):
        if token.type in ("fence", "code_block") and token.map is not None:
            marked = NOT_RUN.fullmatch(above)
            reason = marked["reason"] if marked else None
            if above.strip() == PRINTED:
                found[begun:] = [attrs.evolve(block, printed=token.content) for block in found[begun:]]
                begun = len(found) + 1
            language, line = token.info.partition(" ")[0], token.map[0] + 1
            found.append(Block(document, line, language, token.content, reason, section=section))
        elif token.type == "heading_open" and token.map is not None:
            begun, section = len(found), text.splitlines()[token.map[0]]
        above = token.content if token.type == "html_block" else ""
    return found


def blocks() -> list[Block]:
    texts = {path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8") for path in documents()}
    return [block for document, text in texts.items() for block in blocks_of(text, document)]


def sections(blocks: Iterable[Block]) -> dict[str, list[Block]]:
    """The blocks of each section of one document."""
    found: dict[str, list[Block]] = {}
    for block in blocks:
        found.setdefault(block.section, []).append(block)
    return found


def run(block: Block, folder: Path, environ: Mapping[str, str]) -> None:
    """Runs a block of Python or of a shell.

    Fails if it fails, if it reaches for another machine, or if it prints something else than the document says.
    """
    (folder / "sitecustomize.py").write_text(ONLY_LOOPBACK, encoding="utf-8")
    script = folder / block.file
    script.write_text(block.code, encoding="utf-8")
    if block.language == "sh":
        for name, line in PROGRAMS.items():
            program = folder / name
            program.write_text("#!/bin/sh\n" + line.format(python=sys.executable) + "\n", encoding="utf-8")
            program.chmod(0o755)
        command = ["bash", "-euo", "pipefail", str(script)]
    elif block.is_tests:
        # Where trio is installed, anyio would run tests on it as well. Hypothesis takes a second to load.
        options = ("-q", "-p", "no:cacheprovider", "-p", "no:hypothesispytest", "-k", "not trio")
        command = [sys.executable, *WARNINGS, "-m", "pytest", *options, str(script)]
    else:
        command = [sys.executable, *WARNINGS, str(script)]
    done = subprocess.run(
        command,
        cwd=ROOT if block.language == "sh" else folder,
        env={
            **os.environ,
            **environ,
            "HOME": str(folder),
            "PATH": f"{folder}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": f"{folder}{os.pathsep}{ROOT}",
        },
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode == 0, f"{block} failed:\n{done.stdout}"
    if block.printed is not None:
        assert is_like(done.stdout, block.printed), f"{block} printed:\n{done.stdout}instead of:\n{block.printed}"


def is_like(printed: str, told: str) -> bool:
    """Whether a program printed what a document says, where `…` stands for anything."""
    pattern = ".*?".join(map(re.escape, told.rstrip().split("…")))
    return re.fullmatch(pattern, printed.rstrip(), re.DOTALL) is not None
