"""Do the documents say what is true? Every block of Python is type-checked; it and every shell block are run.

A block is a whole program: it has its imports. It runs against an emulator that accepts the token `your-api-token`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from qovery_async.emulator import Emulator
from tests.support import ROOT
from tests.support.checkers import Complaint, mypy, pyright
from tests.support.documents import Block, blocks, blocks_of, run
from tests.support.house import files
from tests.support.installable import refusal
from tests.support.server import in_thread

BLOCKS = blocks()
CODE = {"python", "sh"}
PYTHON = [block for block in BLOCKS if block.language == "python"]
# In commands, `...` stands for a token.
TOKEN, DOTS = "your-api-token", "..."
QUICK = 5
"""How many times faster than real time deployments go: one takes two seconds."""


@pytest.fixture
def environ() -> Iterator[dict[str, str]]:
    """What points a program at an emulator of its own."""
    with in_thread(Emulator(world="demo", token=TOKEN, rate_limit=None, speed=QUICK)) as emulator:
        (organization,) = emulator.state.every("organization")
        emulator.tokens.accept(DOTS, organizations=frozenset([organization.id]))
        yield {"QOVERY_API_URL": emulator.url, "QOVERY_WS_URL": emulator.ws_url, "QOVERY_API_TOKEN": TOKEN}


@pytest.mark.slow
@pytest.mark.parametrize("block", [block for block in BLOCKS if block.language in CODE], ids=str)
def test_the_block_runs(block: Block, environ: dict[str, str], tmp_path: Path) -> None:
    if block.reason:
        pytest.skip(f"not run: {block.reason}")
    run(block, tmp_path, environ)


@pytest.mark.slow
@pytest.mark.parametrize("check", [mypy, pyright])
def test_the_blocks_pass_type_checkers(check: Callable[..., list[Complaint]], tmp_path: Path) -> None:
    written = {block.file: block for block in PYTHON}
    for name, block in written.items():
        (tmp_path / name).write_text(block.code, encoding="utf-8")
    found = check(*(tmp_path / name for name in written))
    assert [f"{written[file].document}:{written[file].line + line}: {said}" for file, line, said in found] == []


def test_each_block_says_what_it_is() -> None:
    """Nothing escapes as a block without a language. `text` is what a program prints."""
    assert {str(block): block.language for block in BLOCKS if block.language not in {*CODE, "text"}} == {}
    assert len(PYTHON) >= 5


def test_a_reason_stands_right_above_its_block() -> None:
    text = (
        "<!-- not run: it never ends -->\n```sh\na\n```\n```python\nb\n```\n<!-- a note -->\n```text\nc\n```\n\n    d\n"
    )
    assert [*blocks_of(text, "A.md")] == [
        Block("A.md", 2, "sh", "a\n", "it never ends"),
        Block("A.md", 5, "python", "b\n", None),
        Block("A.md", 9, "text", "c\n", None),
        Block("A.md", 13, "", "d\n", None),
    ]


@pytest.mark.parametrize(
    ("language", "code", "message"),
    [
        ("python", "import urllib.request as r\nr.urlopen('http://192.0.2.1')", "192.0.2.1 is not this machine"),
        ("python", "import qovery_sync\nqovery_sync.Qovery('wrong').projects.list()", "Unauthorized"),
        ("python", "def test_fails() -> None:\n    assert 1 == 2", "1 failed"),
        ("sh", "false\ntrue", "A.md:1 failed"),
        ("sh", "nox -s missing", "Sessions not found: missing"),
        ("sh", "pip install '.[missing]'", "the extras are"),
        ("sh", "pip install qovery-sdk", "neither this checkout nor among"),
    ],
)
def test_a_block_that_is_wrong_fails(
    language: str, code: str, message: str, environ: dict[str, str], tmp_path: Path
) -> None:
    with pytest.raises(AssertionError, match=re.escape(message)):
        run(Block("A.md", 1, language, code, None), tmp_path, environ)


def test_no_text_tells_to_install_a_name_that_is_not_published() -> None:
    """`pip install qovery-sdk` finds nothing, or one day what somebody else has put there."""
    told = re.compile(r"pip install [^`\n]*qovery[-_]sdk")
    sources = [path for path in files() if ROOT / "tests" not in path.parents]
    paths = [*sources, *ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    assert [path.relative_to(ROOT).as_posix() for path in paths if told.search(path.read_text(encoding="utf-8"))] == []
    assert refusal(["install", ".[redis,otel]", "nox"]) is None
