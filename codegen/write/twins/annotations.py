"""How does an annotation read in the blocking face?

| async                                                       | blocking                    |
|-------------------------------------------------------------|-----------------------------|
| a class with a twin                                         | its twin                    |
| `Callable[[A], Awaitable[R]]`                               | `Callable[[A], R]`          |
| a result `Items[T]`, `AsyncIterator[T]` and their relatives | `Iterator[T]`               |
| a result `AbstractAsyncContextManager[T]`                   | `AbstractContextManager[T]` |

A type variable bound to `Hashable` stands for keys of the user, which may be objects with a twin. Everything else stays
as it is.
"""

from __future__ import annotations

import ast
from collections.abc import Collection

import attrs

from codegen.write.twins.index import ASYNC_ONLY, AWAITABLES, CONTEXTS, STREAMS, Twins, meaning
from codegen.write.twins.plain import elements, members, plain, union
from codegen.write.twins.source import Located, NoTwin, Origin, Source

# The generics that a twin looks into for live objects, on the way out and on the way in.
_OUT = ("list", "List", "tuple", "Tuple", "dict", "Dict", "Sequence", "Mapping", "Annotated")
_IN = (*_OUT, "set", "Set", "frozenset", "FrozenSet", "AbstractSet", "Collection")
_STEPPED = (*_IN, "Iterable", "Iterator", "Generator")
# Libraries whose objects belong to the loop.
_OF_THE_LOOP = ("asyncio", "anyio", "aiohttp")


@attrs.frozen
class Turned:
    """An annotation of the blocking face."""

    text: str
    live: bool
    """Values of the type are, or hold, objects with a twin."""
    calls_back: bool
    """A function that the async side awaits."""
    gives_live: bool = False
    """What that function returns are live objects, for the async side."""
    streams: bool = False
    """The async side takes async iterables as well."""


@attrs.define
class Reader:
    """Turns the annotations of one module and keeps the imports that they need."""

    source: Source
    twins: Twins
    imports: dict[str, Origin] = attrs.Factory(dict)

    def parameter(self, annotation: ast.expr) -> Turned:
        """Of `Iterable[T] | AsyncIterable[T]`, a blocking caller can only give the first."""
        every = members(self.plain(annotation))
        given = [member for member in every if _argument(self.source, member, STREAMS) is None]
        if not given or given == every:
            return self._turned(annotation, _IN)
        if any(isinstance(member, ast.Constant) for member in given):
            raise self.no_twin(annotation, "a stream cannot be None: leave None out, and use an empty default")
        return attrs.evolve(self._turned(union(given), _STEPPED), streams=True)

    def result(self, annotation: ast.expr) -> Turned:
        return self._turned(annotation, _OUT)

    def plain(self, annotation: ast.expr) -> ast.expr:
        return plain(annotation, self.source, self.twins)

    def need(self, expression: ast.expr) -> None:
        """Imports what an expression, of a default say, names."""
        for node in ast.walk(expression):
            if isinstance(node, (ast.Name, ast.Attribute)) and (bound := self.source.bound(node)):
                self.imports[bound] = self.source.names[bound]

    def twin(self, expression: ast.expr) -> str | None:
        """The name of the twin of the class that an expression names; imports it."""
        twin = self.twins.of(self.source, expression)
        if twin is None:
            return None
        if not isinstance(expression, ast.Name):
            raise self.no_twin(expression, f"import {twin.name} by its name: it has a twin of its own")
        renamed = expression.id != self.source.names[expression.id].name
        name = expression.id if renamed else twin.name
        self.imports[name] = twin
        return name

    def stream_item(self, annotation: ast.expr) -> ast.expr | None:
        """`T` of a result `AsyncIterator[T]`."""
        return _argument(self.source, self.plain(annotation), STREAMS)

    def context_target(self, annotation: ast.expr) -> ast.expr | None:
        """`T` of a result `AbstractAsyncContextManager[T]`."""
        return _argument(self.source, self.plain(annotation), CONTEXTS)

    def awaited(self, annotation: ast.expr) -> ast.expr | None:
        """`R` of `Awaitable[R]`."""
        return _argument(self.source, self.plain(annotation), AWAITABLES)

    def no_twin(self, node: Located, why: str) -> NoTwin:
        return self.source.no_twin(node, why)

    def _turned(self, annotation: ast.expr, holders: Collection[str]) -> Turned:
        turn = _Turn(self, holders)
        expression = turn.visit(self.plain(annotation))
        return Turned(ast.unparse(expression), live=turn.live, calls_back=turn.calls_back, gives_live=turn.gives_live)


class _Turn(ast.NodeTransformer):
    """Turns a plain annotation; live objects may stand in `holders`."""

    def __init__(self, reader: Reader, holders: Collection[str]) -> None:
        self._reader = reader
        self._holders = holders
        self.live = False
        self.calls_back = False
        self.gives_live = False

    def visit_Subscript(self, node: ast.Subscript) -> ast.expr:
        name = meaning(self._reader.source, node.value)
        if name == "Callable":
            return self._callable(node, *elements(node.slice))
        if name == "Literal":
            self._reader.need(node)
            return node
        if name in ASYNC_ONLY:
            raise self._no_twin(node, f"{ast.unparse(node)} has no blocking form here")
        outside = _Turn(self._reader, self._holders)
        node.value = outside.visit(node.value)
        self.live |= outside.live
        node.slice = self._inside(node, name, is_twin=outside.live)
        return node

    def _inside(self, node: ast.Subscript, name: str | None, *, is_twin: bool) -> ast.expr:
        inner = _Turn(self._reader, self._holders)
        slice_: ast.expr = inner.visit(node.slice)
        held = inner.live or inner.calls_back
        if (
            held
            and not is_twin
            and name not in (*self._holders, "Generic")
            and not _is_namespace(self._reader.source, node.value)
        ):
            what = "a live object" if inner.live else "a function that is awaited"
            raise self._no_twin(node, f"{what} inside {ast.unparse(node.value)}[...] is not found by its twin")
        self.live |= inner.live
        self.calls_back |= inner.calls_back
        self.gives_live |= inner.gives_live
        return slice_

    def _callable(self, node: ast.Subscript, parameters: ast.expr, result: ast.expr) -> ast.expr:
        every = members(result)
        awaited = [_argument(self._reader.source, member, AWAITABLES) for member in every]
        # The callback itself hands over the live objects inside.
        inner = _Turn(self._reader, (*_OUT, "Concatenate"))
        results = [inner.visit(inside or member) for inside, member in zip(awaited, every, strict=True)]
        gives_live = inner.live
        turned = inner.visit(parameters)
        if inner.calls_back:
            raise self._no_twin(node, "a function that takes or returns one that is awaited has no blocking form")
        if any(awaited):
            self.calls_back = True
            self.gives_live |= gives_live
        elif inner.live:
            why = (
                "a function that takes or returns live objects must return an Awaitable: it runs in the caller's thread"
            )
            raise self._no_twin(node, why)
        self.visit(node.value)
        return ast.Subscript(node.value, ast.Tuple([turned, union(results)], ast.Load()), ast.Load())

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return self._name(node)

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        return self._name(node)

    def _name(self, node: ast.Name | ast.Attribute) -> ast.expr:
        source = self._reader.source
        name, origin = meaning(source, node), source.origin(node)
        if name in ASYNC_ONLY or (origin and origin.module.partition(".")[0] in _OF_THE_LOOP):
            raise self._no_twin(node, f"{ast.unparse(node)} has no blocking form here")
        if self._reader.twins.variable(source, node) == "ParamSpec":
            raise self._no_twin(
                node, f"{ast.unparse(node)} is a ParamSpec, which type checkers lose on the way to the loop"
            )
        twin = self._reader.twin(node)
        self.live |= name == "Self" or twin is not None or self._reader.twins.is_key(source, node)
        if twin is None:
            self._reader.need(node)
            return node
        return ast.copy_location(ast.Name(twin, ast.Load()), node)

    def _no_twin(self, node: ast.expr, why: str) -> NoTwin:
        return self._reader.no_twin(node, why)


def _argument(source: Source, annotation: ast.expr, generics: dict[str, int]) -> ast.expr | None:
    if not isinstance(annotation, ast.Subscript) or (name := meaning(source, annotation.value)) not in generics:
        return None
    arguments = elements(annotation.slice)
    return arguments[min(generics[str(name)], len(arguments) - 1)]


def _is_namespace(source: Source, expression: ast.expr) -> bool:
    origin = source.origin(expression)
    return origin is not None and origin.dotted == "qovery_async.runtime.namespace.Namespace"
