"""How does an annotation read in the blocking face?

| async                                                       | blocking                    |
|-------------------------------------------------------------|-----------------------------|
| a class with a twin                                         | its twin                    |
| `Callable[[A], Awaitable[R]]`                               | `Callable[[A], R]`          |
| a result `Items[T]`, `AsyncIterator[T]` and their relatives | `Iterator[T]`               |
| a result `AbstractAsyncContextManager[T]`                   | `AbstractContextManager[T]` |

Everything else stays as it is.
"""

from __future__ import annotations

import ast
from copy import deepcopy

import attrs

from codegen.write.twins.index import Twins
from codegen.write.twins.source import Origin, Source

AWAITABLES = {"Awaitable": 0, "Coroutine": 2}
"""What is awaited, and which of its arguments comes of it."""
STREAMS = ("AsyncIterator", "AsyncIterable", "AsyncGenerator", "Items")
CONTEXTS = ("AbstractAsyncContextManager", "AsyncContextManager")


@attrs.define
class Reader:
    """Turns the annotations of one module and keeps the imports that they need."""

    source: Source
    twins: Twins
    imports: dict[str, Origin] = attrs.Factory(dict)

    def parameter(self, annotation: ast.expr) -> Turned:
        """Of `Iterable[T] | AsyncIterable[T]`, a blocking caller can only give the first."""
        members = _members(_unquoted(annotation))
        blocking = [member for member in members if self.stream_item(member) is None]
        if not blocking or blocking == members:
            return self._turned(annotation)
        return attrs.evolve(self._turned(_union(blocking)), streams=True)

    def result(self, annotation: ast.expr) -> Turned:
        return self._turned(annotation)

    def _turned(self, annotation: ast.expr) -> Turned:
        turn = _Turn(self)
        expression = turn.visit(deepcopy(_unquoted(annotation)))
        return Turned(ast.unparse(expression), live=turn.live, calls_back=turn.calls_back)

    def need(self, expression: ast.expr) -> None:
        """Imports what an expression, of a default say, names."""
        for node in ast.walk(expression):
            if isinstance(node, ast.Name) and (origin := self.source.names.get(node.id)):
                self.imports[node.id] = origin

    def twin(self, expression: ast.expr) -> str | None:
        """The name of the twin of the class that an expression names; imports it."""
        twin = self.twins.of(self.source, expression)
        if twin is None or not isinstance(expression, ast.Name):
            return None
        renamed = expression.id != self.source.names[expression.id].name
        name = expression.id if renamed else twin.name
        self.imports[name] = twin
        return name

    def stream_item(self, annotation: ast.expr) -> ast.expr | None:
        """`T` of a result `AsyncIterator[T]`."""
        return _argument(annotation, dict.fromkeys(STREAMS, 0))

    def context_target(self, annotation: ast.expr) -> ast.expr | None:
        """`T` of a result `AbstractAsyncContextManager[T]`."""
        return _argument(annotation, dict.fromkeys(CONTEXTS, 0))

    def awaited(self, annotation: ast.expr) -> ast.expr | None:
        """`R` of `Awaitable[R]`."""
        return _argument(annotation, AWAITABLES)


@attrs.frozen
class Turned:
    """An annotation of the blocking face."""

    text: str
    live: bool
    """Values of the type are, or hold, objects with a twin."""
    calls_back: bool
    """A function that the async side awaits."""
    streams: bool = False
    """The async side takes async iterables as well."""


class _Turn(ast.NodeTransformer):
    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self.live = False
        self.calls_back = False

    def visit_Subscript(self, node: ast.Subscript) -> ast.expr:
        if _name(node.value) == "Callable" and isinstance(node.slice, ast.Tuple) and len(node.slice.elts) == 2:
            return self._callable(node, *node.slice.elts)
        if _name(node.value) in {*AWAITABLES, *STREAMS, *CONTEXTS}:
            raise self._reader.source.no_twin(node, f"{ast.unparse(node)} has no blocking form here")
        if _name(node.value) in ("Literal", "Annotated"):
            self._reader.need(node)
            return node
        self.generic_visit(node)
        return node

    def _callable(self, node: ast.Subscript, parameters: ast.expr, result: ast.expr) -> ast.expr:
        members = _members(result)
        awaited = [self._reader.awaited(member) for member in members]
        # What is live inside is handed over by the callback itself.
        inner = _Turn(self._reader)
        results = [inner.visit(inside or member) for inside, member in zip(awaited, members, strict=True)]
        unique = {ast.unparse(member): member for member in results}
        turned = inner.visit(parameters)
        if any(awaited):
            self.calls_back = True
        elif inner.live or inner.calls_back:
            raise self._reader.source.no_twin(
                node,
                "a function that takes or returns live objects must return an Awaitable: it runs in the caller's thread",
            )
        self.visit(node.value)
        return ast.Subscript(node.value, ast.Tuple([turned, _union(list(unique.values()))], ast.Load()), ast.Load())

    def visit_Name(self, node: ast.Name) -> ast.expr:
        if node.id == "Self":
            self.live = True
        name = self._reader.twin(node)
        if name is None:
            self._reader.need(node)
            return node
        self.live = True
        return ast.Name(name, ast.Load())

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        if self._reader.twins.of(self._reader.source, node) is not None:
            raise self._reader.source.no_twin(node, f"import {node.attr} by its name: it has a twin of its own")
        self._reader.need(node)
        return node

    def visit_Constant(self, node: ast.Constant) -> ast.expr:
        if isinstance(node.value, str):
            return self.visit(_unquoted(node))  # type: ignore[no-any-return]  # ast says so of `visit`
        return node


def _members(annotation: ast.expr) -> list[ast.expr]:
    """The members of a union `A | B`."""
    if isinstance(annotation, ast.BinOp) and isinstance(annotation.op, ast.BitOr):
        return [*_members(annotation.left), *_members(annotation.right)]
    return [annotation]


def _union(members: list[ast.expr]) -> ast.expr:
    first, *rest = members
    return ast.BinOp(first, ast.BitOr(), _union(rest)) if rest else first


def _argument(annotation: ast.expr, generics: dict[str, int]) -> ast.expr | None:
    annotation = _unquoted(annotation)
    if not isinstance(annotation, ast.Subscript) or (name := _name(annotation.value)) not in generics:
        return None
    arguments = annotation.slice.elts if isinstance(annotation.slice, ast.Tuple) else [annotation.slice]
    return arguments[min(generics[str(name)], len(arguments) - 1)]


def _name(expression: ast.expr) -> str | None:
    if isinstance(expression, ast.Attribute):
        return expression.attr
    return expression.id if isinstance(expression, ast.Name) else None


def _unquoted(annotation: ast.expr) -> ast.expr:
    if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
        return ast.parse(annotation.value, mode="eval").body
    return annotation
