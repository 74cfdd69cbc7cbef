"""Is what an editor shows about a name what a user can read and needs? Asked of Pyright's language server."""

from __future__ import annotations

import re
import tomllib

import attrs
import pytest

from tests.support import ROOT
from tests.support.language_server import running

FOLDER = ROOT / "tests" / "typing"
CODE = FOLDER / "hovered.py"
WIDTH = 120


@attrs.frozen
class Hover:
    """What is expected of a name, at its first place in a function."""

    function: str
    name: str
    shows: str
    """The signature."""
    says: str
    """The first line of the description."""
    free_form: str = ""
    """Why its signature may have `Any`."""
    undescribed: str = ""
    """Why it has no description."""

    def __str__(self) -> str:
        return f"{self.function}-{self.name}"

    def place(self) -> tuple[int, int]:
        lines = CODE.read_text(encoding="utf-8").splitlines()
        (begin,) = (number for number, line in enumerate(lines) if f"def {self.function}(" in line)
        line = next(number for number in range(begin + 1, len(lines)) if self.name in lines[number])
        return line, lines[line].index(self.name) + self.name.rfind(".") + 1


HOVERS = [Hover(**row) for row in tomllib.loads((FOLDER / "hovers.toml").read_text("utf-8"))["hover"]]
EACH = pytest.mark.parametrize("hover", HOVERS, ids=str)


@pytest.fixture(scope="module")
def shown() -> dict[Hover, tuple[str, str]]:
    """By name, the signature and the description that the language server returns."""
    found = dict[Hover, tuple[str, str]]()
    with running(CODE) as server:
        for hover in HOVERS:
            text = server.hover(CODE, *hover.place())
            signature, _, described = text.removeprefix("```python\n").partition("\n```")
            found[hover] = signature, described.removeprefix("\n---\n").strip()
    return found


@pytest.mark.slow
@EACH
def test_it_shows_the_signature_and_what_it_does(hover: Hover, shown: dict[Hover, tuple[str, str]]) -> None:
    signature, described = shown[hover]
    assert signature == hover.shows
    assert described.partition("\n")[0].strip() == hover.says


@EACH
def test_a_user_can_read_it(hover: Hover) -> None:
    assert "Unknown" not in hover.shows
    assert not re.search(r"(?<![\w.])_\w", hover.shows), "an internal name"
    assert not re.search(r"\bqovery_\w+\.|Factory|Coroutine(?!Type)", hover.shows)
    assert max(map(len, hover.shows.splitlines())) <= WIDTH
    awaited = hover.shows.replace("CoroutineType[Any, Any, ", "")
    assert bool(re.search(r"\bAny\b", awaited)) == bool(hover.free_form)
    assert bool(hover.says) != bool(hover.undescribed)


@EACH
def test_the_blocking_face_shows_nothing_to_await(hover: Hover) -> None:
    waits = re.search(r"Coroutine|Awaitable|Async(?!Qovery)", hover.shows)
    assert not waits or hover.function == "in_the_async_face"


def test_there_are_twenty_of_both_faces_and_of_every_kind() -> None:
    assert len(HOVERS) >= 20
    both = [{hover.name for hover in HOVERS if hover.function == f"in_the_{face}_face"} for face in ("async", "blocking")]  # fmt: skip
    assert len(both[0] & both[1]) >= 5
    kinds = {hover.shows.partition(" ")[0] for hover in HOVERS}
    assert kinds >= {"(method)", "(variable)", "(function)", "class"}
