"""Which classes have a blocking twin?"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator, Mapping

from codegen.write.twins.source import Function, Origin, Source

ASYNC, BLOCKING = "qovery_async", "qovery_sync"
RESOURCE = Origin(f"{ASYNC}.runtime.resource", "Resource")
ITEMS = Origin(f"{ASYNC}.runtime.pagination", "Items")

# Generics without a blocking form. The number says which argument is the type of their outcome.
AWAITABLES = {"Awaitable": 0, "Coroutine": 2}
STREAMS = {"AsyncIterator": 0, "AsyncIterable": 0, "AsyncGenerator": 0, "Items": 0}
CONTEXTS = {"AbstractAsyncContextManager": 0, "AsyncContextManager": 0}
ASYNC_ONLY = {*AWAITABLES, *STREAMS, *CONTEXTS}

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)

Find = Callable[[str], Source | None]


class Twins:
    """The classes that have a twin: namespaces, and whatever else has public members that are async or have a twin.

    `by_hand` maps the dotted names of classes to those of twins that are written by hand; `find` reads modules
    that no twins are written for, so that what they define is not mistaken for something plain.
    """

    def __init__(self, sources: Iterable[Source], by_hand: Mapping[str, str], find: Find) -> None:
        self._sources: dict[str, Source | None] = {source.module: source for source in sources}
        self._written = set(self._sources)
        self._by_hand = by_hand
        self._find = find
        self._live: dict[str, bool] = {}

    def of(self, source: Source, expression: ast.expr) -> Origin | None:
        """The twin of the class that an expression names."""
        origin = source.origin(expression)
        if origin is None:
            return None
        defined = self._defined(origin)
        hand = self._by_hand.get(defined.dotted)
        if hand is not None:
            module, _, name = hand.rpartition(".")
            return Origin(module, name, origin.for_checkers)
        if defined == RESOURCE:
            raise source.no_twin(expression, "Resource is a base and has no twin: name the class that is meant")
        found = self.definition(defined)
        if found is None or not isinstance(found[1], ast.ClassDef) or not self.is_live(defined):
            return None
        if defined.name.startswith("_"):
            raise source.no_twin(expression, f"{defined.name} has async members, but no twin: give it a public name")
        if defined.module not in self._written:
            where = "`modules` or `by_hand` of codegen/decisions/capabilities.toml"
            raise source.no_twin(expression, f"{defined.dotted} has async members, but no twin: name it in {where}")
        return Origin(blocking(defined.module), defined.name, origin.for_checkers)

    def is_live(self, origin: Origin) -> bool:
        """Whether a class has public members that are async, or leads to one that has."""
        if origin.dotted not in self._live:
            self._live[origin.dotted] = self._leads_to_async(origin)
        return self._live[origin.dotted]

    def definition(self, origin: Origin) -> tuple[Source, ast.ClassDef | ast.expr] | None:
        """The class or the value of a name, and the module that it stands in."""
        origin = self._defined(origin)
        source = self._source(origin.module)
        found = source.definition(origin.name) if source else None
        return (source, found) if source and found else None

    def is_resource(self, source: Source, expression: ast.expr) -> bool:
        """Whether an expression names the base of all namespaces."""
        origin = source.origin(expression)
        return origin is not None and self._defined(origin) == RESOURCE

    def variable(self, source: Source, expression: ast.expr) -> str | None:
        """The kind of a type variable, where an expression names one: `TypeVar`, `ParamSpec`."""
        origin = source.origin(expression)
        found = self.definition(origin) if origin else None
        return found[0].standard(found[1].func) if found and isinstance(found[1], ast.Call) else None

    def is_key(self, source: Source, expression: ast.expr) -> bool:
        """Whether an expression names a type variable bound to `Hashable`: for keys of the user, who may give live objects."""
        origin = source.origin(expression)
        found = self.definition(origin) if origin else None
        if found is None or not isinstance(found[1], ast.Call):
            return False
        bounds = [keyword.value for keyword in found[1].keywords if keyword.arg == "bound"]
        return [found[0].standard(bound) for bound in bounds] == ["Hashable"]

    def is_async(self, source: Source, expression: ast.AST) -> bool:
        """Whether an expression names something that only the async face has, or leads to it."""
        return any(
            meaning(source, node) in ASYNC_ONLY
            or ((origin := source.origin(node)) is not None and self.is_live(origin))
            for node in named(expression)
        )

    def _leads_to_async(self, origin: Origin) -> bool:
        left, seen = [origin], set[str]()
        while left:
            here = self._defined(left.pop())
            if here in (RESOURCE, ITEMS) or here.dotted in self._by_hand:
                return here != ITEMS
            found = self.definition(here) if here.dotted not in seen else None
            seen.add(here.dotted)
            if found is None:
                continue
            source, definition = found
            expressions: list[ast.expr | ast.ClassDef] = [definition]
            if isinstance(definition, ast.ClassDef):
                if any(isinstance(node, ast.AsyncFunctionDef) and is_public(node.name) for node in definition.body):
                    return True
                expressions = [*definition.bases, *_public_annotations(definition)]
            names = [node for expression in expressions for node in named(expression)]
            if any(meaning(source, node) in ASYNC_ONLY for node in names):
                return True
            left += [led for node in names if (led := source.origin(node)) is not None]
        return False

    def _defined(self, origin: Origin) -> Origin:
        """Where a name is defined that other modules may hand on."""
        source, seen = self._source(origin.module), {origin}
        while source is not None and (further := source.names.get(origin.name)) is not None and further not in seen:
            seen.add(further)
            origin, source = further, self._source(further.module)
        return Origin(origin.module, origin.name)

    def _source(self, module: str) -> Source | None:
        if module not in self._sources:
            self._sources[module] = self._find(module)
        return self._sources[module]


def meaning(source: Source, expression: ast.expr) -> str | None:
    """The original name of something in the standard library, or `Items`; None for other names."""
    origin = source.origin(expression)
    is_items = origin is not None and (origin.module, origin.name) == (ITEMS.module, ITEMS.name)
    return "Items" if is_items else source.standard(expression)


def named(expression: ast.AST) -> Iterator[ast.expr]:
    """Every name and dotted name in an expression, also in its strings."""
    for node in ast.walk(expression):
        if isinstance(node, (ast.Name, ast.Attribute)):
            yield node
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            try:
                yield from named(ast.parse(node.value.strip(), mode="eval").body)
            except SyntaxError:
                continue  # a string that is no annotation, in a Literal say


def is_public(name: str) -> bool:
    return not name.startswith("_") or (name.startswith("__") and name != "__init__")


def blocking(module: str) -> str:
    """The module of the twins: the same place in the other package."""
    return module.replace(ASYNC, BLOCKING, 1)


def _public_annotations(class_: ast.ClassDef) -> Iterator[ast.expr]:
    for node in class_.body:
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and is_public(node.target.id):
            yield node.annotation
        elif isinstance(node, FUNCTIONS) and is_public(node.name):
            yield from _annotations(node)


def _annotations(function: Function) -> Iterator[ast.expr]:
    arguments = function.args
    every = [*arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg]
    yield from (argument.annotation for argument in every if argument is not None and argument.annotation is not None)
    if function.returns is not None:
        yield function.returns
