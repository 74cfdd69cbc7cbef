"""How does an annotation read once strings, aliases, `Optional` and `Union` are spelled out?"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterable
from copy import deepcopy

import attrs

from codegen.write.twins.index import Twins, named
from codegen.write.twins.source import Source


def plain(annotation: ast.expr, source: Source, twins: Twins) -> ast.expr:
    """The annotation as an expression of names, brackets and `|`; nodes of strings stand on its line."""
    return _Spelled(annotation, source, twins).visit(deepcopy(annotation))  # type: ignore[no-any-return]  # ast says so


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
    inside: tuple[str, ...] = ()
    """The aliases that are being spelled out."""

    def visit_Constant(self, node: ast.Constant) -> ast.expr:
        if not isinstance(node.value, str):
            return node
        try:
            inside = ast.parse(node.value.strip(), mode="eval").body
        except SyntaxError:
            raise self.source.no_twin(self.place, f"{node.value!r} is no annotation") from None
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
                    raise self.source.no_twin(self.place, why)
                self.generic_visit(node)
                return node

    def visit_Name(self, node: ast.Name) -> ast.expr:
        if self.source.bound(node) is None and not hasattr(builtins, node.id):
            raise self.source.no_twin(self.place, f"{node.id} is not imported or defined at the top of the module")
        return self._followed(node)

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        if self.source.bound(node) is None:
            why = f"{ast.unparse(node)} is not imported or defined at the top of the module"
            raise self.source.no_twin(self.place, why)
        return self._followed(node)

    def _followed(self, node: ast.expr) -> ast.expr:
        """The value of an alias in place of its name."""
        alias = self._alias(node)
        if alias is None:
            return node
        name = ast.unparse(alias)
        if name in self.inside:
            raise self.source.no_twin(
                self.place, f"{ast.unparse(node)} is an alias of itself, which cannot be spelled out"
            )
        return attrs.evolve(self, inside=(*self.inside, name))._here(deepcopy(alias))  # noqa: SLF001  # its own

    def _alias(self, node: ast.expr) -> ast.expr | None:
        """The value of an alias that reads differently in the blocking face."""
        origin = self.source.origin(node)
        found = self.twins.definition(origin) if origin else None
        if found is None:
            return None
        source, value = found
        if isinstance(value, ast.ClassDef) or not self.twins.is_async(source, value):
            return None
        name = ast.unparse(node)
        if isinstance(value, ast.Call):
            raise self.source.no_twin(
                self.place, f"{name} is a type variable bound to a class with a twin, which has no blocking form"
            )
        self._borrow(source, value, name)
        return value

    def _borrow(self, lender: Source, value: ast.expr, alias: str) -> None:
        """Binds the names of an alias of another module here as they are bound there."""
        for node in named(value):
            bound = lender.bound(node)
            if bound is None:
                continue
            theirs = lender.names[bound]
            ours = self.source.names.setdefault(bound, theirs)
            if self.twins.defined(ours) != self.twins.defined(theirs):
                why = f"spell out {alias}: {bound} in it, of {lender.module}, means something else here"
                raise self.source.no_twin(self.place, why)

    def _here(self, expression: ast.expr) -> ast.expr:
        for inner in ast.walk(expression):
            if isinstance(inner, ast.expr):
                ast.copy_location(inner, self.place)
        return self._spelled(expression)

    def _spelled(self, expression: ast.expr) -> ast.expr:
        return self.visit(expression)  # type: ignore[no-any-return]  # ast says so
