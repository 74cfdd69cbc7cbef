"""Every type that a public signature names can be imported from where users look: the packages, their `models` and their `bodies`."""

from __future__ import annotations

import ast
import builtins
import functools
import inspect
import re
import sys
import types
import typing
from collections.abc import Iterator
from importlib import import_module
from types import ModuleType
from typing import Any, ForwardRef, Protocol, TypedDict, Unpack

import pytest

import qovery_async
import qovery_sync
from qovery_async import AsyncQovery, Model
from qovery_async.runtime.namespace import Namespace
from qovery_async.runtime.resource import Resource
from qovery_async.transport.exchange import Exchange
from qovery_async.transport.request import Request
from qovery_sync import Qovery
from qovery_sync.twin import Twin, twin_class

OWN = ("qovery_async", "qovery_sync", __name__.partition(".")[0])
# The blocking package has `Qovery`, and iterators in place of `Items`.
ASYNC_ONLY = {"AsyncClientSettings", "AsyncQovery", "Items"}

Place = tuple[str, object, ModuleType]
"""Where an annotation stands, what it says, and the module whose names it is written in."""


@pytest.mark.parametrize(
    ("package", "client"), [(qovery_async, AsyncQovery), (qovery_sync, Qovery)], ids=lambda value: value.__name__
)
def test_every_type_of_a_signature_can_be_imported(package: ModuleType, client: type) -> None:
    public = [getattr(package, name) for name in package.__all__]
    assert sorted(missing([*public, *operations(client(token="x"))], package)) == []


def test_the_blocking_package_has_the_same_names() -> None:
    assert {*qovery_sync.__all__} - {"Qovery"} == {*qovery_async.__all__} - ASYNC_ONLY
    same = {*qovery_sync.__all__} & {*qovery_async.__all__} - {"bodies", "models", "webhooks"}
    assert [name for name in same if getattr(qovery_sync, name) is not in_the_blocking_face(name)] == []


def in_the_blocking_face(name: str) -> object:
    """The same object, or its twin if it has one."""
    found = getattr(qovery_async, name)
    return (twin_class(found) if isinstance(found, type) else None) or found


class Settings(TypedDict, total=False):
    request: Request | None


class MoreSettings(Settings):
    timeout: float


class Callback(Protocol):
    def __call__(self, exchange: Exchange) -> None: ...


Alias = str | Callback


def opened(first: Alias, **settings: Unpack[MoreSettings]) -> qovery_async.models.Project:
    raise NotImplementedError


def test_aliases_typed_dicts_and_what_they_name_are_followed() -> None:
    assert {*missing([opened], qovery_async)} == {
        "opened(first): Alias",
        "opened(first): Callback",
        "opened(settings): MoreSettings",
        "MoreSettings.request: Request",
        "Callback.__call__(exchange): Exchange",
        *missing([Request, Exchange], qovery_async),
    }


def missing(roots: list[Any], package: ModuleType) -> Iterator[str]:
    """What the roots name, and what that names in turn, but cannot be imported from the package, its `models` or its `bodies`."""
    waiting, seen = [*roots], set[int]()
    while waiting:
        root = waiting.pop()
        if id(root) in seen:
            continue
        seen.add(id(root))
        for where, annotation, module in places(root):
            for name, value in own_types(annotation, module):
                if not any(getattr(place, name, None) is value for place in (package, package.models, package.bodies)):
                    yield f"{where}: {name}"
                waiting.append(value)


def operations(resource: object) -> Iterator[object]:
    """The methods of all namespaces; the namespaces themselves are made by the client alone."""
    for class_ in type(resource).__mro__:
        for name in [name for name, member in vars(class_).items() if isinstance(member, Namespace)]:
            below = getattr(resource, name)
            for base in filter(is_own, type(below).__mro__):
                yield from functions(base)
            yield from operations(below)


def places(root: Any) -> Iterator[Place]:
    """The annotations of a function, or of a class and all that it has publicly; else the type of a constant."""
    if inspect.isfunction(root):
        for name, annotation in inspect.get_annotations(root).items():
            yield f"{root.__qualname__}({name})", annotation, sys.modules[root.__module__]
    elif isinstance(root, type):
        # A model names other models, which are all in one place.
        if not issubclass(root, Model) or root is Model:
            if not issubclass(root, Resource | Twin):  # those are made by the client alone
                yield from places(root.__init__)
            for class_ in filter(is_own, root.__mro__):
                yield from attributes(class_)
                for function in functions(class_):
                    yield from places(function)
    elif not isinstance(root, ModuleType) and not typing.get_origin(root):
        yield "a constant", type(root), sys.modules[__name__]


def attributes(class_: type) -> Iterator[Place]:
    for name, annotation in inspect.get_annotations(class_).items():
        # What the client's namespaces are called does not matter: they are reached through it.
        if name[0] != "_" and not isinstance(vars(class_).get(name), Namespace):
            yield f"{class_.__name__}.{name}", annotation, sys.modules[class_.__module__]


def functions(class_: type) -> Iterator[types.FunctionType]:
    """What a class itself has of methods and properties, without its constructor."""
    for name, member in vars(class_).items():
        function = getattr(member, "fget", getattr(member, "__func__", member))
        if (name[0] != "_" or name.endswith("__")) and name != "__init__" and inspect.isfunction(function):
            yield function


def own_types(annotation: object, module: ModuleType) -> Iterator[tuple[str, object]]:
    """The classes and aliases of this project that an annotation is written with, and what the aliases stand for."""
    if isinstance(annotation, ForwardRef):  # in a TypedDict
        module = sys.modules[str(annotation.__forward_module__ or module.__name__)]
        annotation = annotation.__forward_arg__
    if not isinstance(annotation, str):
        yield from own_parts(annotation)
        return
    for dotted in re.findall(r"[A-Za-z_][\w.]*", re.sub(r"'[^']*'", "", annotation)):
        value = resolve(dotted, module)
        if is_own(value) if isinstance(value, type) else is_own_alias(dotted, value, module):
            yield dotted.rpartition(".")[2], value
            yield from own_parts(value)


def own_parts(value: object) -> Iterator[tuple[str, object]]:
    class_ = typing.get_origin(value) or value
    if isinstance(class_, type) and is_own(class_):
        yield class_.__name__, class_
    for part in value if isinstance(value, list) else typing.get_args(value):
        yield from own_parts(part)


def is_own(value: Any) -> bool:
    return value.__module__.partition(".")[0] in OWN


def is_own_alias(dotted: str, value: object, module: ModuleType) -> bool:
    """Unlike a class, an alias does not know where it was defined; the import of its name does."""
    source = imported(module).get(dotted.partition(".")[0], (module.__name__, ""))[0]
    return typing.get_origin(value) is not None and source.partition(".")[0] in OWN


def resolve(dotted: str, module: ModuleType) -> Any:
    first, *rest = dotted.split(".")
    known = {**vars(builtins), **vars(module)}
    if first not in known:  # imported for type checkers only
        source, name = imported(module)[first]
        known[first] = getattr(import_module(source), name) if name else import_module(source)
    return functools.reduce(getattr, rest, known[first])


@functools.cache
def imported(module: ModuleType) -> dict[str, tuple[str, str]]:
    """The module and name behind each imported name; a module that is imported as such has no name."""
    found: dict[str, tuple[str, str]] = {}
    for node in ast.walk(ast.parse(inspect.getsource(module))):
        if isinstance(node, ast.ImportFrom):
            found |= {alias.asname or alias.name: (str(node.module), alias.name) for alias in node.names}
        elif isinstance(node, ast.Import):
            found |= {alias.asname or alias.name: (alias.name, "") for alias in node.names}
    return found
