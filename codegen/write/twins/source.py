"""What does an async module define, and where do its names come from?"""

from __future__ import annotations

import ast
from collections.abc import Iterator

import attrs

Function = ast.FunctionDef | ast.AsyncFunctionDef


class NoTwin(Exception):
    """Something has no blocking form; says what, in which file and line."""

    def __init__(self, source: Source, node: ast.stmt | ast.expr | ast.arg, why: str) -> None:
        super().__init__(f"{source.path}:{node.lineno}: {why}")


@attrs.frozen
class Origin:
    """Where a name comes from: `name` of `module`; no `name` for a module itself."""

    module: str
    name: str = ""
    for_checkers: bool = False
    """Imported under `TYPE_CHECKING` only."""


@attrs.frozen
class Source:
    """An async module, parsed."""

    module: str
    path: str
    tree: ast.Module = attrs.field(repr=False)
    names: dict[str, Origin] = attrs.field(repr=False)

    @classmethod
    def read(cls, module: str, path: str, text: str) -> Source:
        tree = ast.parse(text, path)
        return cls(module, path, tree, dict(_names(tree, module)))

    @property
    def title(self) -> str:
        return ast.get_docstring(self.tree) or ""

    def classes(self) -> Iterator[ast.ClassDef]:
        return (node for node in self.tree.body if isinstance(node, ast.ClassDef))

    def origin(self, expression: ast.expr) -> Origin | None:
        """Where a name or a dotted name comes from; None for builtins and what is no name."""
        if isinstance(expression, ast.Name):
            return self.names.get(expression.id)
        if isinstance(expression, ast.Attribute):
            owner = self.origin(expression.value)
            if owner is not None:
                return Origin(f"{owner.module}.{owner.name}".rstrip("."), expression.attr, owner.for_checkers)
        return None

    def no_twin(self, node: ast.stmt | ast.expr | ast.arg, why: str) -> NoTwin:
        return NoTwin(self, node, why)


def _names(tree: ast.Module, module: str) -> Iterator[tuple[str, Origin]]:
    for node in tree.body:
        yield from _bound(node, module, for_checkers=False)
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            for inner in node.body:
                yield from _bound(inner, module, for_checkers=True)


def _bound(node: ast.stmt, module: str, *, for_checkers: bool) -> Iterator[tuple[str, Origin]]:
    match node:
        case ast.ImportFrom(module=str(source), names=names):
            for alias in names:
                yield alias.asname or alias.name, Origin(source, alias.name, for_checkers)
        case ast.Import(names=names):
            for alias in names:
                yield alias.asname or alias.name, Origin(alias.name, "", for_checkers)
        case ast.ClassDef(name=name) | ast.AnnAssign(target=ast.Name(id=name)):
            yield name, Origin(module, name, for_checkers)
        case ast.Assign(targets=[ast.Name(id=name)]):
            yield name, Origin(module, name, for_checkers)
        case _:
            pass
