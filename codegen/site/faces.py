"""Which namespaces does a client have, and which methods do they have in either face?

Read from the classes themselves, so that nothing is left out, whoever wrote it.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Container, Iterator
from typing import Any, Literal

import attrs

from qovery_async import AsyncQovery
from qovery_async.runtime.namespace import Namespace
from qovery_sync import Qovery

Form = Literal["awaited", "iterated", "entered", "plain"]
_PREFIX = {"awaited": "await ", "iterated": "async for item in ", "entered": "async with ", "plain": ""}
_BLOCKING_PREFIX = {"awaited": "", "iterated": "for item in ", "entered": "with ", "plain": ""}
_ITERATED = ("Items[", "AsyncIterator[", "AsyncGenerator[", "Stream[", "Merged[")
_ENTERED = ("AbstractAsyncContextManager[", "ShellSession")


@attrs.frozen
class Method:
    """A public method, as the async class has it."""

    name: str
    """Empty for an object that is called itself: `client.inventory()`."""
    signature: inspect.Signature
    doc: str
    form: Form

    @property
    def awaits(self) -> str:
        """What stands before a call of it in async code."""
        return _PREFIX[self.form]

    @property
    def blocks(self) -> str:
        """What stands before a call of it in blocking code."""
        return _BLOCKING_PREFIX[self.form]

    @property
    def parameters(self) -> list[inspect.Parameter]:
        return [p for p in self.signature.parameters.values() if p.name not in ("self", "cls")]


@attrs.frozen
class ClientPart:
    """A namespace: where it stands on a client, and what it has."""

    path: str
    about: str
    methods: list[Method]
    children: list[str]


def places() -> list[ClientPart]:
    """All namespaces, by their path. A client that is asked nothing needs no true token."""
    client = AsyncQovery("reference")
    return sorted((place for name in _nested(client) for place in _below(client, name)), key=lambda place: place.path)


def owners(class_: type, elsewhere: Container[str] = ()) -> list[type]:
    """A class and those of the project that it inherits from, but not the bases that are explained elsewhere."""
    bases = {base for known in class_.__mro__[1:] if known.__name__ in elsewhere for base in known.__mro__}
    without = ("Resource", "Namespaces")
    ours = [one for one in class_.__mro__ if one.__module__.startswith("qovery_") and one.__name__ not in without]
    return [one for one in ours if one not in bases]


def methods_of(class_: type, elsewhere: Container[str] = ()) -> list[Method]:
    """The public methods of a class: first its own, then what it inherits."""
    found: dict[str, Method] = {}
    for owner in owners(class_, elsewhere):
        for name, value in vars(owner).items():
            public = name == "__call__" or not name.startswith("_")
            if public and name not in found and (function := _function(value)):
                found[name] = method(function, "" if name == "__call__" else name)
    return list(found.values())


def method(function: Callable[..., Any], name: str) -> Method:
    signature = inspect.signature(function)
    return Method(name, signature, inspect.getdoc(function) or "", _form(function, str(signature.return_annotation)))


def missing_in_blocking() -> list[str]:
    """The namespaces that only the async face has: none."""
    asynchronous, blocking = AsyncQovery("reference"), Qovery("reference")
    return sorted({*_nested(asynchronous)} ^ {*_nested(blocking)})


def _below(parent: Any, name: str, above: str = "") -> Iterator[ClientPart]:
    own = getattr(parent, name)
    class_ = type(own)
    children = list(_nested(own))
    path = f"{above}{name}"
    yield ClientPart(path, inspect.getdoc(class_) or "", methods_of(class_), [f"{path}.{child}" for child in children])
    for child in children:
        yield from _below(own, child, f"{path}.")


def _nested(parent: Any) -> Iterator[str]:
    seen = set[int]()
    for owner in reversed(type(parent).__mro__):
        for name, value in vars(owner).items():
            # `organization` is `organizations` under another name.
            if isinstance(value, Namespace) and id(value) not in seen:
                seen.add(id(value))
                yield name


def _function(value: Any) -> Callable[..., Any] | None:
    plain = value.__func__ if isinstance(value, (staticmethod, classmethod)) else value
    return plain if inspect.isfunction(plain) else None


def _form(function: Callable[..., Any], returned: str) -> Form:
    inner = inspect.unwrap(function)
    if inspect.isasyncgenfunction(inner):
        return "entered" if function is not inner else "iterated"
    if inspect.iscoroutinefunction(inner):
        return "awaited"
    if returned.startswith(_ITERATED):
        return "iterated"
    return "entered" if returned.startswith(_ENTERED) else "plain"
