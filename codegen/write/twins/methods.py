"""How does a method read in the blocking face?"""

from __future__ import annotations

import ast
from collections.abc import Iterator

import attrs

from codegen.write.twins.annotations import Reader, Turned
from codegen.write.twins.body import is_self, returning
from codegen.write.twins.docs import docstring
from codegen.write.twins.index import FUNCTIONS, is_public
from codegen.write.twins.source import Function, Origin

# Carried over as they are.
_KEPT = ("overload", "property", "deprecated_call")
_MANAGER = "asynccontextmanager"
# The base class has them, and twins are not built by those who call.
_LEFT_OUT = (
    "__init__", "__new__", "__init_subclass__", "__attrs_post_init__", "__post_init__", "__del__",
    "__repr__", "__reduce__", "__eq__", "__ne__", "__hash__", "__aenter__", "__aexit__", "__anext__",
)  # fmt: skip
# Operators of the original that its twin can ask for.
_OPERATORS = (
    "__len__", "__bool__", "__contains__", "__getitem__", "__iter__", "__str__", "__int__", "__float__",
    "__lt__", "__le__", "__gt__", "__ge__",
)  # fmt: skip
_RENAMED = {"__aiter__": "__iter__"}
_GENERICS = {
    "Iterator": Origin("collections.abc", "Iterator"),
    "AbstractContextManager": Origin("contextlib", "AbstractContextManager"),
}


def methods(class_: ast.ClassDef, reader: Reader) -> Iterator[str]:
    """The source of every method and property of a twin, in the order of the class."""
    functions = [node for node in class_.body if isinstance(node, FUNCTIONS) and is_public(node.name)]
    for node in functions:
        if node.name not in _LEFT_OUT:
            overloads = [other for other in functions if other.name == node.name and other is not node]
            yield _Method(class_, node, overloads, reader).text()


@attrs.frozen
class _Parameter:
    declared: str
    passed: str
    calls_back: bool


@attrs.define
class _Method:
    """One method on its way; `overloads` are the others of its name, which say what it takes and gives as well."""

    class_: ast.ClassDef
    node: Function
    overloads: list[Function]
    reader: Reader

    def text(self) -> str:
        node = self.node
        if node.returns is None:
            raise self.reader.no_twin(node, f"the return annotation of {node.name} is missing")
        decorators = [_decorator(decorator, self.reader) for decorator in node.decorator_list]
        kept = "".join(
            f"    @{ast.unparse(decorator)}\n"
            for name, decorator in zip(decorators, node.decorator_list, strict=True)
            if name in _KEPT
        )
        parameters = list(self._parameters())
        declared = ", ".join(["self", *(parameter.declared for parameter in parameters)])
        returns, body = self._form(node.returns, decorators, parameters)
        head = f"{kept}    def {_RENAMED.get(node.name, node.name)}({declared}) -> {returns}:"
        if "overload" in decorators:
            return f"{head} ...\n"
        if "property" not in decorators:
            self._check_overloads()
        return f"{head}\n{_docstring(node)}{body}"

    def _form(self, returns: ast.expr, decorators: list[str], parameters: list[_Parameter]) -> tuple[str, str]:
        """The return annotation of a method, and its body."""
        node, reader = self.node, self.reader
        own = self._original()
        given = ", ".join(parameter.passed for parameter in parameters if parameter.passed)
        value = own if "property" in decorators or node.name == "__aiter__" else f"{own}({given})"
        calls_back = any(parameter.calls_back for parameter in parameters)
        is_coroutine = isinstance(node, ast.AsyncFunctionDef) and not _yields(node)
        item, target = reader.stream_item(returns), reader.context_target(returns)
        if node.name == "__aiter__" and is_self(returns, self.class_, reader):
            item = self._next_item()
        if _MANAGER in decorators:
            return self._handed("AbstractContextManager", item or returns, "_enter", value)
        if target is not None and not is_coroutine:
            return self._handed("AbstractContextManager", target, "_enter", value)
        if item is not None and not is_coroutine:
            return self._handed("Iterator", item, "_iterate", value)
        awaited = returns if is_coroutine else reader.awaited(returns)
        if awaited is not None and "property" in decorators:
            raise reader.no_twin(node, f"{node.name} is a property that is awaited: make it a method")
        turned = reader.result(awaited or returns)
        if turned.calls_back or (calls_back and awaited is None):
            why = "a function that is awaited later, when no thread waits in a call, has no blocking form"
            raise reader.no_twin(node, why)
        if awaited is not None:
            crossing = "_call_back" if calls_back else "_call"
            value = f"self.{crossing}({f'{own}, {given}' if given else own})"
        live = turned.live or self._any_is_live()
        loose = calls_back and reader.twins.variable(reader.source, reader.plain(awaited or returns)) is not None
        return turned.text, returning(value, turned.text, live=live, loose=loose, variable=self._free("found"))

    def _original(self) -> str:
        """The expression for the original, which the twin calls."""
        name = self.node.name
        if name in ("__call__", "__aiter__"):
            return "self._async"
        if name.startswith("__") and name not in _OPERATORS:
            raise self.reader.no_twin(self.node, f"{name} has no blocking form")
        return f"self._async.{name}"

    def _next_item(self) -> ast.expr:
        """The type of the items of an object that iterates over itself."""
        for node in self.class_.body:
            if isinstance(node, FUNCTIONS) and node.name == "__anext__" and node.returns is not None:
                return node.returns
        raise self.reader.no_twin(
            self.node, f"{self.class_.name} iterates over itself: define `__anext__` with a return annotation"
        )

    def _free(self, variable: str) -> str:
        """A name that no parameter has."""
        taken = {node.arg for node in ast.walk(self.node.args) if isinstance(node, ast.arg)}
        return self._free(f"{variable}_") if variable in taken else variable

    def _check_overloads(self) -> None:
        """Live objects are looked for where the implementation says what they are called."""
        own = {argument.arg for argument in _named(self.node)}
        for other in self.overloads:
            for argument in _named(other):
                if argument.arg not in own and not (self.node.args.vararg and argument in other.args.posonlyargs):
                    why = f"the implementation of {self.node.name} has no parameter {argument.arg}"
                    raise self.reader.no_twin(argument, why)

    def _handed(self, generic: str, inner: ast.expr, how: str, value: str) -> tuple[str, str]:
        turned = self.reader.result(inner)
        self.reader.imports[generic] = _GENERICS[generic]
        return f"{generic}[{turned.text}]", f"        return self.{how}{'_live' if turned.live else ''}({value})\n"

    def _any_is_live(self) -> bool:
        return any(other.returns is not None and self.reader.result(other.returns).live for other in self.overloads)

    def _parameters(self) -> Iterator[_Parameter]:
        arguments = self.node.args
        positional = [*arguments.posonlyargs, *arguments.args]
        defaults: list[ast.expr | None] = [None] * (len(positional) - len(arguments.defaults)) + [*arguments.defaults]
        for number, (argument, default) in enumerate(zip(positional, defaults, strict=True), start=1):
            if number > 1:  # the first is `self`
                yield self._parameter(argument, default, "{}")
            if number == len(arguments.posonlyargs):
                yield _Parameter("/", "", calls_back=False)
        if arguments.vararg:
            yield self._parameter(arguments.vararg, None, "*{}", star="*")
        elif arguments.kwonlyargs:
            yield _Parameter("*", "", calls_back=False)
        for argument, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
            yield self._parameter(argument, default, f"{argument.arg}={{}}")
        if arguments.kwarg:
            yield self._parameter(arguments.kwarg, None, "**{}", star="**")

    def _parameter(self, argument: ast.arg, default: ast.expr | None, passed: str, star: str = "") -> _Parameter:
        turned = self._turned(argument)
        declared = f"{star}{argument.arg}: {turned.text}"
        if default is not None:
            self._check_default(default)
            self.reader.need(default)
            declared += f" = {ast.unparse(default)}"
        every = [turned, *(self._turned(other) for other in self._same(argument))]
        name = argument.arg
        if any(other.streams for other in every):
            return _Parameter(declared, passed.format(f"self._items({name})"), calls_back=True)
        calls_back = any(other.calls_back for other in every)
        if calls_back and default is not None and not isinstance(default, ast.Constant):
            raise self.reader.no_twin(
                default,
                f"the default of {name} must be None: a function that is awaited would run in the caller's thread",
            )
        if any(other.live or other.calls_back for other in every):
            if star == "**":
                raise self.reader.no_twin(argument, f"**{name} cannot hold live objects or functions")
            name = f"self._given({name}{', gives_live=True' if any(other.gives_live for other in every) else ''})"
        return _Parameter(declared, passed.format(name), calls_back)

    def _turned(self, argument: ast.arg) -> Turned:
        if argument.annotation is None:
            raise self.reader.no_twin(argument, f"the annotation of the parameter {argument.arg} is missing")
        return self.reader.parameter(argument.annotation)

    def _check_default(self, default: ast.expr) -> None:
        for node in ast.walk(default):
            if isinstance(node, (ast.Name, ast.Attribute)) and self.reader.twins.of(self.reader.source, node):
                raise self.reader.no_twin(default, f"the default {ast.unparse(default)} names a class with a twin")

    def _same(self, argument: ast.arg) -> Iterator[ast.arg]:
        """The parameter in the overloads of its method."""
        return (a for other in self.overloads for a in _named(other) if a.arg == argument.arg)


def _named(function: Function) -> list[ast.arg]:
    """The parameters that are passed by themselves, without `self`."""
    return [*[*function.args.posonlyargs, *function.args.args][1:], *function.args.kwonlyargs]


def _decorator(decorator: ast.expr, reader: Reader) -> str:
    """The original name of a decorator."""
    called = decorator.func if isinstance(decorator, ast.Call) else decorator
    origin = reader.source.origin(called)
    name = origin.name if origin else ast.unparse(called)
    if name not in (*_KEPT, _MANAGER):
        why = f"the decorator @{ast.unparse(decorator)} has no blocking form"
        raise reader.no_twin(decorator, why)
    if name in _KEPT:
        reader.need(decorator)
    return name


def _yields(node: ast.AsyncFunctionDef) -> bool:
    """Whether a coroutine function is a generator; functions inside it do not count."""
    left: list[ast.AST] = [*node.body]
    while left:
        inner = left.pop()
        if isinstance(inner, (ast.Yield, ast.YieldFrom)):
            return True
        if not isinstance(inner, (*FUNCTIONS, ast.Lambda)):
            left += ast.iter_child_nodes(inner)
    return False


def _docstring(node: Function | ast.ClassDef) -> str:
    text = ast.get_docstring(node)
    return docstring(text, "        ") if text else ""
