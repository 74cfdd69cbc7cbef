"""How does a method read in the blocking face?"""

from __future__ import annotations

import ast
import re
import textwrap
from collections.abc import Iterator

import attrs

from codegen.write.twins.annotations import Reader, Turned
from codegen.write.twins.index import is_public
from codegen.write.twins.source import Function, Origin

# Carried over as they are.
_KEPT = ("overload", "property", "deprecated_call")
# Ends of a class's life and its pickles are the base class's business.
_LEFT_OUT = ("__init__", "__init_subclass__", "__repr__", "__reduce__", "__aenter__", "__aexit__", "__anext__")
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_GENERICS = {
    "Iterator": Origin("collections.abc", "Iterator"),
    "AbstractContextManager": Origin("contextlib", "AbstractContextManager"),
}
_RENAMED = {"__aiter__": "__iter__"}


def methods(class_: ast.ClassDef, reader: Reader) -> Iterator[str]:
    """The text of every method and property of a twin, in the order of the class."""
    functions = [node for node in class_.body if isinstance(node, _FUNCTIONS) and is_public(node)]
    for node in functions:
        if node.name not in _LEFT_OUT:
            overloads = [other for other in functions if other.name == node.name and other is not node]
            yield _Method(node, overloads, reader).text()


def is_entered(class_: ast.ClassDef, reader: Reader) -> bool:
    """Whether a class is an async context manager itself."""
    for node in class_.body:
        if isinstance(node, _FUNCTIONS) and node.name == "__aenter__":
            if node.returns is None or ast.unparse(node.returns) not in ("Self", class_.name):
                raise reader.source.no_twin(node, "a class that is entered must give itself: `__aenter__` returns Self")
            return True
    return False


def values(class_: ast.ClassDef, reader: Reader) -> tuple[list[str], list[str]]:
    """What the class body declares: nested namespaces, and values, which become properties."""
    namespaces, properties = [], []
    for node in class_.body:
        if not isinstance(node, ast.AnnAssign) or not isinstance(node.target, ast.Name):
            continue
        name = node.target.id
        if name.startswith("_"):
            continue
        type_ = reader.result(node.annotation)
        if type_.text.startswith("Namespace[") and node.value:
            namespaces.append(f"    {name}: {type_.text} = {ast.unparse(node.value)}\n")
        else:
            body = _returning(f"self._async.{name}", type_.text, live=type_.live)
            properties.append(f"    @property\n    def {name}(self) -> {type_.text}:\n{body}")
    return namespaces, properties


@attrs.frozen
class _Parameter:
    declared: str
    passed: str
    calls_back: bool


@attrs.define
class _Method:
    """One method on its way; `overloads` are the others of its name, which say what it takes and gives as well."""

    node: Function
    overloads: list[Function]
    reader: Reader

    def text(self) -> str:
        node = self.node
        if node.returns is None:
            raise self.reader.source.no_twin(node, f"{node.name} does not say what it returns")
        decorators = [_decorator(decorator, self.reader) for decorator in node.decorator_list]
        kept = "".join(f"    @{text}\n" for text in decorators if text.partition("(")[0] in _KEPT)
        parameters = list(self._parameters())
        declared = ", ".join(["self", *(parameter.declared for parameter in parameters)])
        returns, body = self._form(node.returns, decorators, parameters)
        head = f"{kept}    def {_RENAMED.get(node.name, node.name)}({declared}) -> {returns}:"
        return f"{head} ...\n" if "overload" in decorators else f"{head}\n{_docstring(node)}{body}"

    def _form(self, returns: ast.expr, decorators: list[str], parameters: list[_Parameter]) -> tuple[str, str]:
        """What a method returns, and its body."""
        node, reader = self.node, self.reader
        own = f"self._async.{node.name}" if not node.name.startswith("__") else "self._async"
        given = ", ".join(parameter.passed for parameter in parameters if parameter.passed)
        calls_back = any(parameter.calls_back for parameter in parameters)
        is_async = isinstance(node, ast.AsyncFunctionDef)
        item, target = reader.stream_item(returns), reader.context_target(returns)
        if "asynccontextmanager" in decorators:
            target = item
        if target is not None:
            return self._handed("AbstractContextManager", target, "_enter", f"{own}({given})")
        if item is not None and (not isinstance(node, ast.AsyncFunctionDef) or _yields(node)):
            return self._handed("Iterator", item, "_iterate", own if node.name == "__aiter__" else f"{own}({given})")
        awaited = returns if is_async else reader.awaited(returns)
        turned = reader.result(awaited or returns)
        if turned.calls_back or (calls_back and awaited is None):
            why = "a function that is awaited later, when no thread waits in a call, has no blocking form"
            raise reader.source.no_twin(node, why)
        if awaited is not None:
            crossing = "_call_back" if calls_back else "_call"
            value = f"self.{crossing}({f'{own}, {given}' if given else own})"
        else:
            value = own if "property" in decorators else f"{own}({given})"
        return turned.text, _returning(value, turned.text, live=turned.live or self._any_is_live())

    def _handed(self, generic: str, inner: ast.expr, how: str, value: str) -> tuple[str, str]:
        turned = self.reader.result(inner)
        self.reader.imports[generic] = _GENERICS[generic]
        return f"{generic}[{turned.text}]", f"        return self.{how}{'_live' if turned.live else ''}({value})\n"

    def _any_is_live(self) -> bool:
        return any(other.returns is not None and self.reader.result(other.returns).live for other in self.overloads)

    def _parameters(self) -> Iterator[_Parameter]:
        arguments = self.node.args
        positional = arguments.args[1:]
        if arguments.posonlyargs:
            raise self.reader.source.no_twin(self.node, "positional-only parameters have no blocking form here")
        defaults: list[ast.expr | None] = [None] * (len(positional) - len(arguments.defaults)) + [*arguments.defaults]
        for argument, default in zip(positional, defaults, strict=True):
            yield self._parameter(argument, default, "{}")
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
            self.reader.need(default)
            declared += f" = {ast.unparse(default)}"
        every = [turned, *(self._turned(other) for other in self._same(argument))]
        name = argument.arg
        if any(other.streams for other in every):
            return _Parameter(declared, passed.format(f"self._items({name})"), calls_back=True)
        if any(other.live or other.calls_back for other in every):
            if star == "**":
                raise self.reader.source.no_twin(argument, f"**{name} cannot hold live objects or functions")
            name = f"self._given({name})"
        return _Parameter(declared, passed.format(name), any(other.calls_back for other in every))

    def _turned(self, argument: ast.arg) -> Turned:
        if argument.annotation is None:
            raise self.reader.source.no_twin(argument, f"the parameter {argument.arg} has no annotation")
        return self.reader.parameter(argument.annotation)

    def _same(self, argument: ast.arg) -> Iterator[ast.arg]:
        """The parameter in the overloads of its method."""
        for other in self.overloads:
            yield from (a for a in (*other.args.args, *other.args.kwonlyargs) if a.arg == argument.arg)


def _decorator(decorator: ast.expr, reader: Reader) -> str:
    text = ast.unparse(decorator)
    called = text.partition("(")[0]
    if called not in (*_KEPT, "asynccontextmanager"):
        raise reader.source.no_twin(decorator, f"nobody knows what becomes of @{text} in the blocking face")
    if called in _KEPT:
        reader.need(decorator)
    return text


def _yields(node: ast.AsyncFunctionDef) -> bool:
    """Whether a coroutine function is a generator; functions inside it do not count."""
    left: list[ast.AST] = [*node.body]
    while left:
        inner = left.pop()
        if isinstance(inner, (ast.Yield, ast.YieldFrom)):
            return True
        if not isinstance(inner, (*_FUNCTIONS, ast.Lambda)):
            left += ast.iter_child_nodes(inner)
    return False


def _returning(value: str, type_: str, *, live: bool) -> str:
    if live:
        # Assigned first: what `_twin` gives is typed by what is expected of it.
        return f"        found: {type_} = self._twin({value})\n        return found\n"
    return f"        return {value}\n"


def _docstring(node: Function | ast.ClassDef) -> str:
    text = ast.get_docstring(node)
    return docstring(text, "        ") if text else ""


def docstring(text: str, indent: str) -> str:
    """A docstring, its examples turned."""
    turned = re.sub(r"\bawait (?=\w)|\basync (?=for\b|with\b)", "", text).replace("AsyncQovery", "Qovery")
    turned = turned.replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
    closing = f"\n{indent}" if "\n" in turned else ""
    return textwrap.indent(f'"""{turned}', indent) + f'{closing}"""\n'
