"""Which names does an async module define or import, and where do they come from?"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator

import attrs

Function = ast.FunctionDef | ast.AsyncFunctionDef
Located = ast.stmt | ast.expr | ast.arg

# Modules whose names are known by what they mean, under whatever name they are imported.
_STANDARD = ("typing", "typing_extensions", "collections.abc", "contextlib")


class NoTwin(Exception):
    """Something has no blocking form; says what, in which file and line."""

    def __init__(self, source: Source, node: Located, why: str) -> None:
        super().__init__(f"{source.path}:{node.lineno}: {why}")


@attrs.frozen
class Origin:
    """Where a name comes from: `name` of `module`; no `name` for a module itself."""

    module: str
    name: str = ""
    for_checkers: bool = False
    """Imported under `TYPE_CHECKING` only."""

    @property
    def dotted(self) -> str:
        return f"{self.module}.{self.name}" if self.name else self.module


@attrs.frozen
class Source:
    """An async module, parsed."""

    module: str
    path: str
    tree: ast.Module = attrs.field(repr=False)
    names: dict[str, Origin] = attrs.field(repr=False)
    """The names that the module binds: `Ship`, and `collections.abc` where that is imported as such."""

    @classmethod
    def read(cls, module: str, path: str, text: str) -> Source:
        tree = ast.parse(text, path)
        package = module if path.endswith("__init__.py") else module.rpartition(".")[0]
        return cls(module, path, tree, dict(_names(tree, module, package)))

    @property
    def title(self) -> str:
        return ast.get_docstring(self.tree) or ""

    def classes(self) -> Iterator[ast.ClassDef]:
        return (node for node in self.tree.body if isinstance(node, ast.ClassDef))

    def definition(self, name: str) -> ast.ClassDef | ast.expr | None:
        """The class of a name, or the value that the module gives it."""
        for node in self.tree.body:
            match node:
                case ast.ClassDef(name=found) if found == name:
                    return node
                case ast.Assign(targets=[ast.Name(id=found)], value=value) if found == name:
                    return value
                case ast.AnnAssign(target=ast.Name(id=found), value=ast.expr() as value) if found == name:
                    return value
                case _:
                    pass
        return None

    def bound(self, expression: ast.expr) -> str | None:
        """The part of a dotted name that the module binds: `abc` of `abc.Callable`."""
        words = _words(expression)
        beginnings = (".".join(words[:end]) for end in range(len(words), 0, -1))
        return next((beginning for beginning in beginnings if beginning in self.names), None)

    def origin(self, expression: ast.expr) -> Origin | None:
        """Where a name or a dotted name comes from; None for builtins and what is no name."""
        bound = self.bound(expression)
        if bound is None:
            return None
        origin = self.names[bound]
        for word in _words(expression)[bound.count(".") + 1 :]:
            origin = Origin(origin.dotted, word, origin.for_checkers)
        return origin

    def standard(self, expression: ast.expr) -> str | None:
        """The original name of something in the standard library: `Callable`, `list`; None for other names."""
        origin = self.origin(expression)
        if origin is not None:
            return origin.name if origin.module in _STANDARD else None
        return expression.id if isinstance(expression, ast.Name) and hasattr(builtins, expression.id) else None

    def no_twin(self, node: Located, why: str) -> NoTwin:
        return NoTwin(self, node, why)


def _words(expression: ast.expr) -> list[str]:
    if isinstance(expression, ast.Attribute):
        before = _words(expression.value)
        return [*before, expression.attr] if before else []
    return [expression.id] if isinstance(expression, ast.Name) else []


def _names(tree: ast.Module, module: str, package: str) -> Iterator[tuple[str, Origin]]:
    for node in tree.body:
        yield from _bound(node, module, package, for_checkers=False)
        if isinstance(node, ast.If) and _words(node.test)[-1:] == ["TYPE_CHECKING"]:
            for inner in node.body:
                yield from _bound(inner, module, package, for_checkers=True)


def _bound(node: ast.stmt, module: str, package: str, *, for_checkers: bool) -> Iterator[tuple[str, Origin]]:
    match node:
        case ast.ImportFrom(module=source, names=names, level=level):
            above = package.rsplit(".", level - 1)[0] if level else ""
            for alias in names:
                yield alias.asname or alias.name, Origin(f"{above}.{source or ''}".strip("."), alias.name, for_checkers)
        case ast.Import(names=names):
            for alias in names:
                yield alias.asname or alias.name, Origin(alias.name, "", for_checkers)
        case (
            ast.ClassDef(name=name)
            | ast.FunctionDef(name=name)
            | ast.AsyncFunctionDef(name=name)
            | ast.AnnAssign(target=ast.Name(id=name))
            | ast.Assign(targets=[ast.Name(id=name)])
        ):
            yield name, Origin(module, name, for_checkers)
        case _:
            pass
