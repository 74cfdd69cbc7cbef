"""What has no blocking form stops the generator, with file and line."""

from __future__ import annotations

import textwrap

import pytest

from codegen.write.twins.module import twins
from codegen.write.twins.source import NoTwin, Source

HEAD = """
import asyncio
import functools
from collections.abc import AsyncIterable, AsyncIterator, Awaitable, Callable, Iterable
from contextlib import AbstractAsyncContextManager
from typing import Any, Final, Generic, ParamSpec, Protocol, Self, TypeVar, overload

Bound = TypeVar("Bound", bound="Ship")
P = ParamSpec("P")
T = TypeVar("T")
Hook = Callable[[T], Awaitable[None]]
Endless = Callable[["Endless"], Awaitable[None]]

class Ship:
    "A live object."
    async def sail(self) -> None:
        "Sail."

class Fleet:
    "A namespace."
    async def list(self) -> None:
        "List."
"""


def derived(method: str) -> str:
    text = HEAD + textwrap.indent(textwrap.dedent(method), "    ")
    return "".join(twins([Source.read("qovery_async.fleet", "qovery_async/fleet.py", text)], {}).values())


@pytest.mark.parametrize(
    ("method", "why"),
    [
        ("async def sail(self): ...", "the return annotation of sail is missing"),
        ("async def sail(self, to) -> None: ...", "the annotation of the parameter to is missing"),
        ("@functools.cache\nasync def sail(self) -> None: ...", "@functools.cache"),
        ("@classmethod\nasync def sail(cls) -> None: ...", "@classmethod"),
        ("@staticmethod\ndef sail() -> None: ...", "@staticmethod"),
        ("async def sail(self, **ships: Ship) -> None: ...", "**ships cannot hold live objects"),
        ("async def sail(self, choose: Callable[[Ship], str]) -> None: ...", "must return an Awaitable"),
        ("def hook(self, tell: Callable[[str], Awaitable[None]]) -> None: ...", "awaited later"),
        ("async def wrap(self) -> Callable[[str], Awaitable[None]]: ...", "awaited later"),
        ("async def sail(self, stream: AsyncIterable[str]) -> None: ...", "AsyncIterable[str] has no blocking form"),
        ("async def streams(self) -> list[AsyncIterator[str]]: ...", "AsyncIterator[str] has no blocking form"),
        ("async def __aenter__(self) -> str: ...\nasync def __aexit__(self, *e: object) -> None: ...", "give itself"),
        ("async def choose(self) -> type[Ship]: ...", "a live object inside type[...]"),
        ("async def all(self) -> set[Ship]: ...", "a live object inside set[...]"),
        ("async def all(self, ships: Iterable[Ship]) -> None: ...", "a live object inside Iterable[...]"),
        ("async def all(self, hooks: Iterable[Callable[[], Awaitable[None]]]) -> None: ...", "inside Iterable[...]"),
        ("async def same(self, ship: Bound) -> Bound: ...", "Bound is a type variable bound to a class with a twin"),
        ("async def hook(self, tell: Hook[str]) -> None: ...", "spell out Hook[str]"),
        ("async def hook(self, tell: Endless) -> None: ...", "Endless is an alias of itself"),
        (
            "async def hook(self, tell: Callable[[Callable[[], Awaitable[None]]], Awaitable[None]]) -> None: ...",
            "one that",
        ),
        (
            "async def hook(self, tell: Callable[[], Awaitable[None]] = print) -> None: ...",
            "default of tell must be None",
        ),
        ("async def sail(self, ship: Any = Ship()) -> None: ...", "the default Ship() names a class with a twin"),
        ("async def sail(self, s: Iterable[str] | AsyncIterable[str] | None) -> None: ...", "a stream cannot be None"),
        ("def task(self) -> asyncio.Task[None]: ...", "asyncio.Task has no blocking form"),
        (
            "async def call(self, function: Callable[P, Awaitable[None]], *args: P.args) -> None: ...",
            "P is a ParamSpec",
        ),
        ("def sail(self) -> Awaitable: ...", "Awaitable has no blocking form"),
        ("def sail(self) -> Awaitable[None] | None: ...", "Awaitable[None] has no blocking form"),
        ("async def sail(self) -> AbstractAsyncContextManager[str]: ...", "has no blocking form"),
        ("def __aiter__(self) -> Self: ...", "define `__anext__`"),
        ("def __getattr__(self, name: str) -> Any: ...", "__getattr__ has no blocking form"),
        ("limit = 5", "limit has no annotation"),
        ("limit: Final = 5", "say the type of limit"),
        ("hook: Callable[[str], Awaitable[None]]", "hook is a function that is awaited"),
        ("class Inner: ...", "Inner stands in a class"),
        ("if True:\n    async def sail(self) -> None: ...", "only methods and annotated values"),
    ],
)
def test_stops_with_the_place_and_the_reason(method: str, why: str) -> None:
    with pytest.raises(NoTwin) as stopped:
        derived(method)
    line = HEAD.count("\n") + 1
    assert str(stopped.value).startswith(f"qovery_async/fleet.py:{line}")
    assert why in str(stopped.value)


@pytest.mark.parametrize("method", ["async def name(self) -> str: ...", "def name(self) -> Awaitable[str]: ..."])
def test_a_property_that_is_awaited_stops_it(method: str) -> None:
    with pytest.raises(NoTwin, match="name is a property that is awaited: make it a method"):
        derived(f"@property\n{method}")


def test_a_setter_stops_it() -> None:
    setter = "@name.setter\ndef name(self, new: str) -> None: ..."
    with pytest.raises(NoTwin, match=r"the decorator @name\.setter has no blocking form"):
        derived(f"@property\ndef name(self) -> str: ...\n{setter}")


def test_an_overload_with_a_parameter_that_its_implementation_lacks_stops_it() -> None:
    with pytest.raises(NoTwin, match="the implementation of sail has no parameter ship"):
        derived(
            "@overload\nasync def sail(self, ship: Ship) -> None: ...\nasync def sail(self, *ships: Any) -> None: ..."
        )


@pytest.mark.parametrize(
    ("bases", "why"),
    [
        ("Protocol", "Protocol has no twin, so the twin of Found would lack what it inherits"),
        ("Plain", "Plain has no twin"),
        ("_Hidden", "_Hidden has async members, but no twin: give it a public name"),
    ],
)
def test_a_class_that_would_lose_what_it_inherits_stops_it(bases: str, why: str) -> None:
    text = (
        "from typing import Protocol\nclass Plain: ...\nclass _Hidden:\n  async def a(self) -> None: ...\n"
        f"class Found({bases}):\n  'Found.'\n  async def b(self) -> None: ...\n"
    )
    with pytest.raises(NoTwin, match=rf"qovery_async/f\.py:5: {why}"):
        twins([Source.read("qovery_async.f", "qovery_async/f.py", text)], {})


def test_a_class_that_is_reached_through_its_module_stops_it() -> None:
    used = "from qovery_async import ships\nclass Fleet:\n  'A namespace.'\n  async def find(self) -> ships.Ship: ...\n"
    ships = "class Ship:\n  'A ship.'\n  async def sail(self) -> None: ...\n"
    sources = [
        Source.read("qovery_async.fleet", "qovery_async/fleet.py", used),
        Source.read("qovery_async.ships", "qovery_async/ships.py", ships),
    ]
    with pytest.raises(NoTwin, match=r"qovery_async/fleet\.py:4: import Ship by its name"):
        twins(sources, {})


def test_a_class_without_docstring_stops_it() -> None:
    source = Source.read("qovery_async.f", "qovery_async/f.py", "class Fleet:\n  async def sail(self) -> None: ...\n")
    with pytest.raises(NoTwin, match=r"qovery_async/f\.py:1: Fleet has no docstring"):
        twins([source], {})


def test_private_methods_and_classes_and_modules_without_live_classes_have_no_twin() -> None:
    assert "_secret" not in derived("async def _secret(self) -> Any: ...")
    plain = Source.read("qovery_async.plain", "qovery_async/plain.py", "class Voyage:\n  'Plain.'\n  to: str\n")
    assert twins([plain], {}) == {}
