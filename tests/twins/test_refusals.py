"""What has no blocking form stops the generator, with file and line."""

from __future__ import annotations

import textwrap

import pytest

from codegen.write.twins.module import twins
from codegen.write.twins.source import NoTwin, Source

HEAD = """
import functools
from collections.abc import AsyncIterable, AsyncIterator, Awaitable, Callable
from typing import Any, Self

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
        ("async def sail(self): ...", "sail does not say what it returns"),
        ("async def sail(self, to) -> None: ...", "the parameter to has no annotation"),
        ("async def sail(self, to: str, /) -> None: ...", "positional-only"),
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
    ],
)
def test_stops_with_the_place_and_the_reason(method: str, why: str) -> None:
    with pytest.raises(NoTwin) as stopped:
        derived(method)
    line = HEAD.count("\n") + 1
    assert str(stopped.value).startswith(f"qovery_async/fleet.py:{line}")
    assert why in str(stopped.value)


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
