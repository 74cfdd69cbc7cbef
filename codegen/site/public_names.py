"""Which names do the packages offer, in which module is each written, and what does its source say of it?"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Container, Iterator, Mapping
from functools import cache
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from types import ModuleType
from typing import Any

import attrs

from codegen.site.faces import owners
from qovery_async import emulator

PACKAGES = ("qovery_async", "qovery_async.webhooks", "qovery_async.emulator", "qovery_sync")


@attrs.frozen
class PublicName:
    """A name that users import, and what it stands for."""

    name: str
    package: str
    module: str
    """The module that defines it."""
    value: Any

    @property
    def is_class(self) -> bool:
        return inspect.isclass(self.value)


def public_names() -> list[PublicName]:
    """All of them, the first package first; modules and the version need no entry."""
    found: dict[str, PublicName] = {}
    for package in PACKAGES:
        module = import_module(package)
        where = _modules(module)
        for name in module.__all__:
            value = getattr(module, name)
            if not isinstance(value, ModuleType) and not name.startswith("__"):
                found.setdefault(name, PublicName(name, package, where.get(name, package), value))
    return list(found.values())


def inner_types() -> set[str]:
    """The types of the emulator: its attributes have some that users meet, but do not import."""
    folder = Path(emulator.__file__).parent
    found = {"Middleware"}  # aiohttp's
    for path in folder.rglob("*.py"):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            names = node.targets if isinstance(node, ast.Assign) else []
            found |= {node.name} if isinstance(node, ast.ClassDef) else set()
            found |= {name.id for name in names if isinstance(name, ast.Name)}
    return found


def source_of_alias(one: PublicName) -> tuple[str, str]:
    """What an alias or a constant stands for, as it is written, and the text below it."""
    for statement, text in _with_text(_tree(one.module).body):
        target = statement.targets[0] if isinstance(statement, ast.Assign) else getattr(statement, "target", None)
        if isinstance(target, ast.Name) and target.id == one.name:
            value: ast.expr = statement.value  # type: ignore[attr-defined]
            return ast.unparse(value), text
    return "", ""


def attributes_of(class_: type, elsewhere: Container[str]) -> dict[str, tuple[str, str]]:
    """The attributes that a class declares, with its bases that are not explained elsewhere: type and text."""
    found: dict[str, tuple[str, str]] = {}
    for owner in reversed(owners(class_, elsewhere)):
        tree = _tree(owner.__module__)
        # A TypedDict may be made by a call, which declares nothing here.
        of_class = [node.body for node in tree.body if isinstance(node, ast.ClassDef) and node.name == owner.__name__]
        for node, text in _with_text([statement for body in of_class for statement in body]):
            if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
                found |= _public(node.target.id, ast.unparse(node.annotation), text)
            elif isinstance(node, ast.FunctionDef) and _is_property(node):
                type_ = ast.unparse(node.returns) if node.returns else "Any"
                found |= _public(node.name, type_, ast.get_docstring(node) or "")
    return found


@cache
def _tree(module: str) -> ast.Module:
    return ast.parse(inspect.getsource(import_module(module)))


def _modules(package: ModuleType) -> Mapping[str, str]:
    """The module that each name of a package is imported from."""
    tree = _tree(package.__name__)
    return {
        alias.asname or alias.name: str(node.module)
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
        if node.module != package.__name__
    }


def _with_text(body: list[ast.stmt]) -> Iterator[tuple[ast.stmt, str]]:
    """Each statement, with the string that stands below it."""
    for statement, after in pairwise([*body, ast.Pass()]):
        text = after.value.value if isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant) else ""
        yield statement, " ".join(str(text).split())


def _is_property(node: ast.FunctionDef) -> bool:
    return any(isinstance(one, ast.Name) and one.id in ("property", "cached_property") for one in node.decorator_list)


def _public(name: str, type_: str, text: str) -> dict[str, tuple[str, str]]:
    return {} if name.startswith("_") or type_.startswith(("ClassVar", "Namespace[")) else {name: (type_, text)}
