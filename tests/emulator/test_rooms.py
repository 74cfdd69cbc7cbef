"""The imports of the emulator point one way.

    assembly ──> console ──> streams ──> shell
        │           │           └──────> http ──> world ──> facts
        ├───────────┴──────> faults ──────┘       ∧ └─────> life
        └──> saving ───────> webhooks ────────────┘

Every import counts: at the top of a file, inside a function and under `TYPE_CHECKING`.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

import qovery_async.emulator

EMULATOR = "qovery_async.emulator"
ROOT = Path(qovery_async.emulator.__file__).parents[2]

MAY_IMPORT = {
    "facts": set[str](),
    "life": set[str](),
    "shell": set[str](),
    "world": {"facts", "life"},
    "http": {"facts", "life", "world"},
    "faults": {"http"},
    "streams": {"facts", "life", "shell", "world", "http"},
    "webhooks": {"facts", "life", "world"},
    "observability": {"facts", "life", "world", "streams"},
    "console": {"facts", "life", "world", "http", "faults", "streams"},
    "saving": {"life", "world", "http", "webhooks"},
    "assembly": {
        "facts",
        "life",
        "world",
        "http",
        "faults",
        "streams",
        "webhooks",
        "console",
        "saving",
        "observability",
    },
}
FROM_THE_SDK = (
    "qovery_async.models",
    "qovery_async.vocabulary",
    "qovery_async.codec.plain",
    "qovery_async.codec.shapes",
    "qovery_async.codec.decode.choose",
)


def module_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


MODULES = {module_of(path): path for path in ROOT.glob("qovery_async/emulator/**/*.py")}


def imported(path: Path) -> Iterator[str]:
    """Every name that a file imports, with its module."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative imports are not read by this test"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def modules_imported(path: Path) -> set[str]:
    """The modules of the emulator that a file imports from."""
    found: set[str] = set()
    for name in imported(path):
        if name == EMULATOR or name.startswith(EMULATOR + "."):
            found.add(name if name in MODULES else name.rpartition(".")[0])
    return found


def room_of(module: str) -> str:
    return module.removeprefix(EMULATOR + ".").partition(".")[0]


@pytest.mark.parametrize("room", MAY_IMPORT)
def test_a_room_imports_only_rooms_below_it(room: str) -> None:
    for module, path in MODULES.items():
        if room_of(module) == room:
            others = {room_of(other) for other in modules_imported(path)} - {room}
            assert others <= MAY_IMPORT[room], module


def test_every_file_is_in_a_room_or_is_what_a_user_touches() -> None:
    roots = {module for module in MODULES if room_of(module) not in MAY_IMPORT}
    assert roots == {EMULATOR, f"{EMULATOR}.__main__", f"{EMULATOR}.pytest_plugin"}


def test_no_modules_import_each_other_in_a_circle() -> None:
    graph = {module: modules_imported(path) - {module} for module, path in MODULES.items()}
    TopologicalSorter(graph).prepare()  # raises `CycleError`, which names the modules


def test_the_emulator_takes_models_and_their_vocabulary_from_the_sdk_and_nothing_else() -> None:
    for module, path in MODULES.items():
        for name in imported(path):
            if name.startswith(("qovery_async", "qovery_sync")):
                assert f"{name}.".startswith((f"{EMULATOR}.", *(f"{allowed}." for allowed in FROM_THE_SDK))), module


def test_the_sdk_does_not_import_the_emulator() -> None:
    for package in ("qovery_async", "qovery_sync"):
        for path in ROOT.glob(f"{package}/**/*.py"):
            if module_of(path) not in MODULES:
                assert not [name for name in imported(path) if name.startswith(EMULATOR)], path


def test_no_file_is_named_like_its_folder() -> None:
    assert [str(path) for path in MODULES.values() if path.stem == path.parent.name] == []
