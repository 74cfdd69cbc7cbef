"""How does an annotation read once strings, aliases, `Optional` and `Union` are spelled out?"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterable
from copy import deepcopy

import attrs

from codegen.write.twins.index import Twins
from codegen.write.twins.source import NoTwin, Source


def plain(annotation: ast.expr, source: Source, twins: Twins) -> ast.expr:
    """The annotation as an expression of names, brackets and `|`; nodes of strings stand on its line."""
    return _Spelled(annotation, source, twins, source).visit(deepcopy(annotation))  # type: ignore[no-any-return]  # ast says so


def members(annotation: ast.expr) -> list[ast.expr]:
    """The members of a union `A | B`."""
    if isinstance(annotation, ast.BinOp) and isinstance(annotation.op, ast.BitOr):
        return [*members(annotation.left), *members(annotation.right)]
    return [annotation]


def union(parts: Iterable[ast.expr]) -> ast.expr:
    """`A | B` of its members, each once."""
    first, *rest = {ast.unparse(part): part for part in parts}.values()
    for part in rest:
        first = ast.copy_location(ast.BinOp(first, ast.BitOr(), part), first)
    return first


def elements(slice_: ast.expr) -> list[ast.expr]:
    """The arguments between the brackets of a generic."""
    return slice_.elts if isinstance(slice_, ast.Tuple) else [slice_]


@attrs.frozen
class _Spelled(ast.NodeTransformer):
    place: ast.expr
    source: Source
    twins: Twins
    home: Source
    """The module that the annotation stands in; `source` is that of the alias which is being spelled out."""
    inside: tuple[ast.expr, ...] = ()
    """The values of the aliases that are being spelled out."""

    def _no_twin(self, why: str) -> NoTwin:
        return self.home.no_twin(self.place, why)

    def visit_Constant(self, node: ast.Constant) -> ast.expr:
        if not isinstance(node.value, str):
            return node
        try:
            inside = ast.parse(node.value.strip(), mode="eval").body
        except SyntaxError:
            raise self._no_twin(f"{node.value!r} is no annotation") from None
        return self._here(inside)

    def visit_Subscript(self, node: ast.Subscript) -> ast.expr:
        match self.source.standard(node.value):
            case "Literal":
                return node
            case "Annotated":
                first, *remarks = elements(node.slice)
                node.slice = ast.Tuple([self._spelled(first), *remarks], ast.Load())
                return node
            case "Optional":
                return union([*members(self._spelled(node.slice)), ast.copy_location(ast.Constant(None), node)])
            case "Union":
                return union(part for element in elements(node.slice) for part in members(self._spelled(element)))
            case _:
                if self._alias(node.value) is not None:
                    why = f"spell out {ast.unparse(node)}: it is an alias of a type that the blocking face changes"
                    raise self._no_twin(why)
                self.generic_visit(node)
                return node

    def visit_Name(self, node: ast.Name) -> ast.expr:
        if self.source.bound(node) is None and not hasattr(builtins, node.id):
            raise self._no_twin(f"{node.id} is not imported or defined at the top of the module")
        return self._spelled_out(node)

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        if self.source.bound(node) is None:
            raise self._no_twin(f"{ast.unparse(node)} is not imported or defined at the top of the module")
        return self._spelled_out(node)

    def _spelled_out(self, node: ast.Name | ast.Attribute) -> ast.expr:
        """An alias that reads differently in the blocking face, as what it stands for; any other name as it is."""
        found, name = self._alias(node), ast.unparse(node)
        if found is None:
            return node
        source, value = found
        if value in self.inside:
            raise self._no_twin(f"{name} is an alias of itself, which cannot be spelled out")
        inside = attrs.evolve(self, source=source, inside=(*self.inside, value))
        spelled = inside._here(deepcopy(value))  # noqa: SLF001  # its own
        if source is not self.source:
            self._import(spelled, source, name)
        return spelled

    def _import(self, spelled: ast.expr, source: Source, alias: str) -> None:
        """Binds what an alias of another module names, as that module does."""
        for node in ast.walk(spelled):
            bound = source.bound(node) if isinstance(node, (ast.Name, ast.Attribute)) else None
            if bound is not None:
                theirs = source.names[bound]
                ours = self.source.names.setdefault(bound, theirs)
                if ours.dotted != theirs.dotted:
                    raise self._no_twin(f"spell out {alias}: {bound} is {theirs.dotted} there, {ours.dotted} here")

    def _alias(self, node: ast.expr) -> tuple[Source, ast.expr] | None:
        """The value of an alias that reads differently in the blocking face, and the module that it stands in."""
        origin = self.source.origin(node)
        found = self.twins.definition(origin) if origin else None
        if found is None:
            return None
        source, value = found
        if isinstance(value, ast.ClassDef) or not self.twins.is_async(source, value):
            return None
        if isinstance(value, ast.Call):
            raise self._no_twin(
                f"{ast.unparse(node)} is a type variable bound to a class with a twin, which has no blocking form"
            )
        return source, value

    def _here(self, expression: ast.expr) -> ast.expr:
        for inner in ast.walk(expression):
            if isinstance(inner, ast.expr):
                ast.copy_location(inner, self.place)
        return self._spelled(expression)

    def _spelled(self, expression: ast.expr) -> ast.expr:
        return self.visit(expression)  # type: ignore[no-any-return]  # ast says so
