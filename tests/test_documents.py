"""Do the documents say what is true? Every block of Python is type-checked; it and every shell block are run.

A block is a whole program: it has its imports. It runs against an emulator that accepts the token `your-api-token`. The
pages of `IN_ORDER` are run as a reader does: in order, against one emulator. Elsewhere, each block has its own.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import pytest
import yaml

from qovery_async.emulator import Emulator
from tests.support import ROOT
from tests.support.checkers import Complaint, mypy, pyright
from tests.support.documents import RUN, Block, blocks, blocks_of, is_like, run, sections
from tests.support.house import files
from tests.support.installable import refusal
from tests.support.server import in_thread

BLOCKS = blocks()
DOCUMENTS = sorted({block.document for block in BLOCKS})
PYTHON = [block for block in BLOCKS if block.language == "python"]
RUNNABLE = [block for block in BLOCKS if block.language in RUN and not block.reason]
CANNOT_RUN = {"hcl", "powershell", "py"}
"""Languages of programs that the tests do not have, and `py`, which is Python for other packages."""
NOT_RUN = {
    ("CONTRIBUTING.md", "sh", "it changes the checkout"),
    ("docs/authentication.md", "powershell", "PowerShell is not on the machines of the tests"),
    ("docs/authentication.md", "sh", "Docker is not on the machines of the tests"),
    ("docs/authentication.md", "sh", "needs a cluster"),
    ("docs/authentication.md", "python", "needs Qovery's command line and a login"),
    ("docs/emulator.md", "sh", "it needs an emulator on port 8787"),
    ("docs/emulator.md", "sh", "needs Docker"),
    ("docs/how-it-is-built.md", "sh", "it changes files of the checkout"),
    ("docs/migrating/command-line.md", "sh", "needs Qovery's command line and a login"),
    ("docs/migrating/old-package.md", "py", "it is a program for the old package"),
    ("docs/migrating/old-package.md", "sh", "the tests install nothing"),
    ("docs/migrating/requests.md", "py", "it is a program for another library"),
    ("docs/migrating/terraform.md", "hcl", "needs Terraform"),
    ("docs/port-forward.md", "sh", "it waits for Ctrl-C"),
    ("docs/start.md", "sh", "it serves until Ctrl-C"),
    ("docs/start.md", "sh", "the tests have an environment of their own"),
    ("docs/streams.md", "sh", "it serves until Ctrl-C"),
}
"""Every block of the documents that no test runs; it has 17, and a new one needs a line here."""
IN_ORDER = (
    "docs/authentication.md",
    "docs/cookbook/",
    "docs/errors.md",
    "docs/guarantees.md",
    "docs/how-it-is-built.md",
    "docs/migrating/",
    "docs/start.md",
)
IN_BOTH_STYLES = ("docs/start.md", "docs/cookbook/", "docs/migrating/")
# In commands, `...` stands for a token.
TOKEN, DOTS = "your-api-token", "..."
QUICK = 20
"""How many times faster than real time deployments go: one takes half a second."""
SLOWER = {"docs/deployments.md": 5}
"""It cancels a deployment after a second."""


@pytest.fixture
def environ(request: pytest.FixtureRequest) -> Iterator[dict[str, str]]:
    """What points a program at an emulator of its own."""
    block = request.node.callspec.params.get("block") if hasattr(request.node, "callspec") else None
    speed = SLOWER.get(block.document, QUICK) if block else QUICK
    with in_thread(Emulator(world="demo", token=TOKEN, rate_limit=None, speed=speed)) as emulator:
        (organization,) = emulator.state.every("organization")
        emulator.tokens.accept(DOTS, organizations=frozenset([organization.id]))
        yield {"QOVERY_API_URL": emulator.url, "QOVERY_WS_URL": emulator.ws_url, "QOVERY_API_TOKEN": TOKEN}


@pytest.mark.slow
@pytest.mark.parametrize("page", sorted({block.document for block in RUNNABLE if block.document.startswith(IN_ORDER)}))
def test_the_page_runs_in_order(page: str, environ: dict[str, str], tmp_path: Path) -> None:
    for block in RUNNABLE:
        if block.document == page:
            run(block, tmp_path, environ)


@pytest.mark.slow
@pytest.mark.parametrize("block", [block for block in RUNNABLE if not block.document.startswith(IN_ORDER)], ids=str)
def test_the_block_runs(block: Block, environ: dict[str, str], tmp_path: Path) -> None:
    run(block, tmp_path, environ)


@pytest.mark.slow
def test_the_start_page_shows_what_the_emulator_prints() -> None:
    page = [block for block in BLOCKS if block.document == "docs/start.md"]
    command, told = next(pair for pair in pairwise(page) if "qovery-emulator" in pair[0].code)
    words = command.code.split()[1:]
    lines = told.code.splitlines(keepends=True)
    program = [sys.executable, "-m", "qovery_async.emulator", *words, "--port", "0"]
    with subprocess.Popen(program, cwd=ROOT, stdout=subprocess.PIPE, text=True) as emulator:
        assert emulator.stdout is not None
        printed = "".join(emulator.stdout.readline() for _ in lines)
        emulator.terminate()
    assert is_like(printed, told.code.replace("8787", "…"))


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
    known = {*RUN, *CANNOT_RUN, "yaml", "text"}
    assert {str(block): block.language for block in BLOCKS if block.language not in known} == {}


def test_what_is_not_run_is_listed_with_its_reason() -> None:
    found = [block for block in BLOCKS if block.reason or block.language in CANNOT_RUN]
    assert {(block.document, block.language, block.reason) for block in found} == NOT_RUN
    assert len(found) == len(NOT_RUN)


def test_what_is_not_run_can_be_read_at_least() -> None:
    for block in BLOCKS:
        if block.language == "yaml":
            assert isinstance(yaml.safe_load(block.code), dict), block
        elif block.language == "py":
            compile(block.code, str(block), "exec")


@pytest.mark.parametrize("page", [page for page in DOCUMENTS if page.startswith(IN_BOTH_STYLES)])
def test_each_section_has_its_programs_in_both_styles(page: str) -> None:
    """A style is told by its client. A block that has neither, or a test, needs no twin."""
    for title, found in sections(block for block in BLOCKS if block.document == page).items():
        programs = [block for block in found if block in PYTHON and not block.is_tests and not block.reason]
        styles = Counter(
            name for block in programs for name in ("qovery_async", "qovery_sync") if f"from {name} " in block.code
        )
        assert styles["qovery_async"] == styles["qovery_sync"], f"{page}: {title}"


def test_a_reason_stands_right_above_its_block() -> None:
    text = (
        "<!-- not run: it never ends -->\n```sh\na\n```\n```python\nb\n```\n<!-- a note -->\n```text\nc\n```\n\n    d\n"
    )
    assert blocks_of(text, "A.md") == [
        Block("A.md", 2, "sh", "a\n", "it never ends"),
        Block("A.md", 5, "python", "b\n", None),
        Block("A.md", 9, "text", "c\n", None),
        Block("A.md", 13, "", "d\n", None),
    ]


def test_blocks_since_the_heading_or_the_last_text_print_the_text() -> None:
    mark = "<!-- printed by each -->\n```text\n"
    text = f"```sh\na\n```\n# A\n```sh\nb\n```\n```sh\nc\n```\n{mark}d\n```\n```sh\ne\n```\n{mark}f\n```\n"
    assert [(block.code, block.printed) for block in blocks_of(text, "A.md") if block.language == "sh"] == [
        ("a\n", None),
        ("b\n", "d\n"),
        ("c\n", "d\n"),
        ("e\n", "f\n"),
    ]


@pytest.mark.parametrize(
    ("printed", "told", "like"),
    [
        ("a 1\nb\n", "a 1\nb\n", True),
        ("a 17 b\n", "a … b\n", True),
        ("a\nb\nc\n", "a\n…\nc\n", True),
        ("a.\n", "ab\n", False),
        ("a\nb\n", "a\n", False),
    ],
)
def test_dots_stand_for_what_differs(printed: str, told: str, like: bool) -> None:  # noqa: FBT001
    assert is_like(printed, told) is like


def test_a_block_that_prints_something_else_fails(environ: dict[str, str], tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="printed:\na\ninstead of:\nb"):
        run(Block("A.md", 1, "sh", "echo a", None, "b\n"), tmp_path, environ)


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
