"""Do imports point one way, and does every file keep to one question? What CONTRIBUTING promises about the rooms."""

from __future__ import annotations

import ast
import re

import pytest

from tests.support import ROOT
from tests.support.house import Import, circles, files, imports, is_below, is_generated, modules

ROOMS = (
    "resources", "runtime", "transport", "pacing", "codec", "errors", "bodies", "models", "vocabulary", "secrecy",
    "version",
)  # fmt: skip
"""The rooms of qovery_async, top first; above them stands the rest: the client, its configuration, the capabilities."""

SHIPPED = ("qovery_async", "qovery_sync", "qovery")
NOT_SHIPPED = ("codegen", "tests", "chaos", "fuzz", "benchmarks", "examples", "upkeep", "noxfile")
EMULATOR = "qovery_async.emulator"
BELOW_CODEGENS_ROOMS = {
    "codegen.read": ("codegen.read", "codegen.decisions", "codegen.facts", "codegen.spelling"),
    "codegen.changes": ("codegen.changes", "codegen.write.layout", "codegen.decisions", "codegen.facts"),
    "codegen.decisions": ("codegen.decisions", "codegen.facts", "codegen.spelling"),
    "codegen.site": ("codegen.site", "codegen.write", "codegen.decisions", "codegen.facts", "codegen.spelling"),
    "codegen.write": ("codegen.write", "codegen.decisions", "codegen.facts", "codegen.spelling"),
    "codegen.facts": ("codegen.facts", "codegen.spelling"),
    "codegen.spelling": (),
}
MOST_LINES = 300


def floor(module: str) -> int:
    """How far down a module of the SDK stands; 0 is the top."""
    room = module.removeprefix("qovery_async.").partition(".")[0]
    return ROOMS.index(room) + 1 if room in ROOMS else 0


def is_sdk(module: str) -> bool:
    return is_below(module, "qovery_async") and not is_below(module, EMULATOR)


def told(found: list[Import]) -> list[str]:
    return [str(one) for one in found]


def test_no_import_of_the_sdk_runs_upwards() -> None:
    upwards = [
        i for i in imports() if is_sdk(i.importer) and is_sdk(i.imported) and floor(i.imported) < floor(i.importer)
    ]
    assert told(upwards) == []


def test_models_import_nothing_but_the_vocabulary() -> None:
    allowed = ("qovery_async.models", "qovery_async.vocabulary")
    ours = [i for i in imports() if is_below(i.importer, "qovery_async.models")]
    assert len(ours) > 100
    assert told([i for i in ours if not any(is_below(i.imported, other) for other in allowed)]) == []


def test_bodies_import_nothing_but_models_and_the_vocabulary() -> None:
    allowed = ("qovery_async.bodies", "qovery_async.models", "qovery_async.vocabulary")
    ours = [i for i in imports() if is_below(i.importer, "qovery_async.bodies")]
    assert len(ours) > 100
    assert told([i for i in ours if not any(is_below(i.imported, other) for other in allowed)]) == []


@pytest.mark.parametrize("room", ["models", "bodies"])
def test_models_and_bodies_are_taken_from_where_they_stay(room: str) -> None:
    """Which of its modules a model is in depends on the whole API, and changes with it; programs in strings count too."""
    outside = [i for i in imports() if not is_below(i.importer, f"qovery_async.{room}")]
    assert told([i for i in outside if i.imported.startswith(f"qovery_async.{room}.")]) == []
    named = re.compile(rf"qovery_a?sync\.{room}\.[a-z]\w+")
    texts = {path: path.read_text(encoding="utf-8") for path in files() if not is_generated(path)}
    assert {
        str(path.relative_to(ROOT)): found[0] for path, text in texts.items() if (found := named.search(text))
    } == {}


def test_the_sdk_does_not_know_the_emulator() -> None:
    assert told([i for i in imports() if is_sdk(i.importer) and is_below(i.imported, EMULATOR)]) == []


def test_the_async_face_does_not_know_the_blocking_one() -> None:
    above = ("qovery_sync", "qovery")
    ours = [i for i in imports() if is_below(i.importer, "qovery_async")]
    assert told([i for i in ours if any(is_below(i.imported, other) for other in above)]) == []
    assert [i for i in imports() if is_below(i.importer, "qovery_sync") and is_below(i.imported, "qovery_async")]


def test_nothing_shipped_imports_what_is_not() -> None:
    ours = [i for i in imports() if any(is_below(i.importer, package) for package in SHIPPED)]
    assert told([i for i in ours if any(is_below(i.imported, package) for package in NOT_SHIPPED)]) == []


@pytest.mark.parametrize("room", BELOW_CODEGENS_ROOMS)
def test_the_rooms_of_the_generator_point_to_facts_and_decisions(room: str) -> None:
    ours = [i for i in imports() if is_below(i.importer, room) and is_below(i.imported, "codegen")]
    below = BELOW_CODEGENS_ROOMS[room]
    assert told([i for i in ours if not any(is_below(i.imported, other) for other in below)]) == []


def test_no_modules_import_each_other_in_a_circle() -> None:
    assert circles(imports()) == []
    back_and_forth = [Import("a", "b", ""), Import("b", "c", ""), Import("c", "b", ""), Import("d", "a", "")]
    assert circles(back_and_forth) == [["b", "c"]]


def test_no_file_is_named_like_its_folder() -> None:
    alike = {path for path in files() if path.stem.removeprefix("test_") == path.parent.name}
    assert {path.relative_to(ROOT).as_posix() for path in alike} == set()


def test_no_file_written_by_hand_is_longer_than_can_be_read_at_once() -> None:
    by_hand = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in files() if not is_generated(path)}
    assert {path.relative_to(ROOT).as_posix() for path, lines in by_hand.items() if lines > MOST_LINES} == set()


def test_tests_import_helpers_by_their_full_name() -> None:
    """Not as `server`, which works only with a folder of tests on the path."""
    of_tests = {name: path for name, path in modules().items() if is_below(name, "tests")}
    helpers = {path.stem for path in of_tests.values()} - {"__init__"}
    for path in of_tests.values():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            top = {name.partition(".")[0] for name in names}
            assert not top & helpers, f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', 0)}"


def test_a_class_that_is_written_by_hand_shares_its_name_with_no_other() -> None:
    """In what is shipped and in the generator; what begins with an underscore is a file's own business."""
    ours = {name: path for name, path in modules().items() if name.partition(".")[0] in (*SHIPPED, "codegen")}
    places: dict[str, list[str]] = {}
    for module, path in ours.items():
        for node in ast.parse(path.read_text(encoding="utf-8")).body if not is_generated(path) else ():
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                places.setdefault(node.name, []).append(module)
    assert len(places) > 100
    assert {name: where for name, where in places.items() if len(where) > 1}.keys() == set()
