"""Which module imports which? Read from the source, so that imports in functions and for type checkers count too."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import attrs

from tests.support import ROOT

PLACES = ("qovery_async", "qovery_sync", "qovery.py", "codegen", "tests", "chaos", "fuzz", "benchmarks", "examples", "upkeep", "noxfile.py")  # fmt: skip


@attrs.frozen
class Import:
    """One import: where it stands, and the module that it leads to."""

    importer: str
    imported: str
    where: str
    """File and line."""

    def __str__(self) -> str:
        return f"{self.where}: {self.importer} imports {self.imported}"


@cache
def files() -> list[Path]:
    """Every Python file of the project."""
    found = [path for place in PLACES for path in [ROOT / place, *(ROOT / place).rglob("*.py")]]
    return sorted(path for path in found if path.suffix == ".py" and path.is_file())


@cache
def modules() -> Mapping[str, Path]:
    return {_name(path): path for path in files()}


@cache
def imports() -> list[Import]:
    """Every import of one of the project's modules by another."""
    return [found for name, path in modules().items() for found in _imports_of(name, path) if found.imported != name]


def is_generated(path: Path) -> bool:
    with path.open(encoding="utf-8") as text:
        return text.readline().startswith("# Generated")


def is_below(module: str, package: str) -> bool:
    """Whether it is the package itself or stands in it."""
    return module == package or module.startswith(f"{package}.")


def circles(found: list[Import]) -> list[list[str]]:
    """The groups of modules that reach each other by imports."""
    ahead: dict[str, set[str]] = {}
    for one in found:
        ahead.setdefault(one.importer, set()).add(one.imported)
    reach = {module: _reached(module, ahead) for module in ahead}
    together = {module: {other for other in reach[module] if module in reach.get(other, ())} for module in reach}
    return sorted({tuple(sorted(group)): sorted(group) for group in together.values() if group}.values())


def _reached(start: str, ahead: Mapping[str, set[str]]) -> set[str]:
    left, found = [*ahead[start]], set[str]()
    while left:
        module = left.pop()
        if module not in found:
            found.add(module)
            left += ahead.get(module, ())
    return found


def _name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _imports_of(name: str, path: Path) -> Iterator[Import]:
    package = name if path.name == "__init__.py" else name.rpartition(".")[0]
    for statement in _statements(ast.parse(path.read_text(encoding="utf-8"))):
        where = f"{path.relative_to(ROOT)}:{getattr(statement, 'lineno', 0)}"
        if isinstance(statement, ast.Import):
            for alias in statement.names:
                if alias.name in modules():
                    yield Import(name, alias.name, where)
        elif isinstance(statement, ast.ImportFrom):
            above = package.rsplit(".", statement.level - 1)[0] if statement.level else ""
            base = ".".join(filter(None, [above, statement.module]))
            for alias in statement.names:
                # `from package import name` leads to the module of that name, if there is one.
                led = next((module for module in (f"{base}.{alias.name}", base) if module in modules()), None)
                if led is not None:
                    yield Import(name, led, where)


def _statements(block: ast.AST) -> Iterator[ast.stmt]:
    """Statements at any depth; expressions hold no imports, and most of a file is expressions."""
    for field in ("body", "orelse", "finalbody", "handlers", "cases"):
        for inner in getattr(block, field, ()):
            if isinstance(inner, ast.stmt):
                yield inner
            yield from _statements(inner)
