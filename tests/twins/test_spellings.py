"""However an annotation is spelled, its blocking form is the same."""

from __future__ import annotations

import re
import textwrap

import pytest

from codegen.write.twins.module import twins
from codegen.write.twins.source import NoTwin, Source

HEAD = '''
"""Ships."""
import collections.abc
import typing
import typing as t
from collections.abc import Awaitable, Callable
from collections.abc import AsyncIterator as Stream, Awaitable as Promise, Callable as Function
from typing import Annotated, Any, Optional, Union

from . import boats
from .boats import Boat as Dinghy
if typing.TYPE_CHECKING:
    from qovery_async.boats import Boat

class Ship:
    "A live object."
    async def sail(self) -> None:
        "Sail."

class Fleet:
    "A namespace."
'''
BOATS = '''
"""Boats."""
from collections.abc import Awaitable, Callable
from typing import Optional, TypeVar
from qovery_async.oars import Any, Blade, Oar

T = TypeVar("T")
Row = Callable[[str], Awaitable[None]]
Feather = Optional[Callable[[Blade], Awaitable["Boat"]]]
Load = Callable[[Any], Awaitable[None]]
Each = Callable[[T], Awaitable[None]]

class Boat:
    "A live object."
    async def row(self) -> None:
        "Row."
'''
OARS = '''
"""Oars."""
class Blade:
    "A plain object."

class Any:
    "Named like something else."

class Oar:
    "A live object, in a module without twins."
    async def dip(self) -> None:
        "Dip."
'''


def read(name: str, text: str) -> Source:
    return Source.read(f"qovery_async.{name}", f"qovery_async/{name}.py", text)


def derived(method: str) -> str:
    """The twin of a method, after the line of its decorators."""
    fleet = read("fleet", HEAD + textwrap.indent(method, "    "))
    others = {"qovery_async.oars": read("oars", OARS)}
    return twins([fleet, read("boats", BOATS)], {}, others.get)["qovery_sync/fleet.py"]


@pytest.mark.parametrize(
    ("annotation", "blocking"),
    [
        ("Optional[Ship]", "Ship | None"),
        ("Union[Ship, str, None]", "Ship | str | None"),
        ("'Ship | None'", "Ship | None"),
        ("'Ship' | None", "Ship | None"),
        ("dict[str, 'list[Ship]']", "dict[str, list[Ship]]"),
        ("Annotated[Ship, 'Ship ahoy']", "Annotated[Ship, 'Ship ahoy']"),
        ("Dinghy", "Dinghy"),
        ("'Boat'", "Boat"),
        ("Function[[str], Promise[Ship]]", "Function[[str], Ship]"),
        ("t.Callable[[str], t.Awaitable[t.Any]]", "t.Callable[[str], t.Any]"),
        ("collections.abc.Callable[..., collections.abc.Awaitable[None]]", "collections.abc.Callable[..., None]"),
        ("Optional[Callable[[str], Union[Promise[None], None]]]", "Callable[[str], None] | None"),
        ("Callable[[Ship], Optional[Awaitable[str]]]", "Callable[[Ship], str | None]"),
        ("boats.Row", "Callable[[str], None]"),
    ],
)
def test_of_a_parameter(annotation: str, blocking: str) -> None:
    text = derived(f"async def meet(self, other: {annotation}) -> None: 'Meet.'")
    assert f"def meet(self, other: {blocking}) -> None:" in text
    assert re.search(r"self\._given\(other(, gives_live=True)?\)", text)
    assert ("gives_live" in text) is blocking.endswith("], Ship]")


@pytest.mark.parametrize(
    ("method", "blocking"),
    [
        ("def all(self) -> Stream[Ship]: 'All.'", "return self._iterate_live(self._async.all())"),
        ("def all(self) -> 'collections.abc.AsyncIterator[str]': 'All.'", "return self._iterate(self._async.all())"),
        ("def one(self) -> Promise[int]: 'One.'", "return self._call(self._async.one)"),
        ("async def same(self) -> t.Self: 'Same.'", "found: t.Self = self._twin(self._call(self._async.same))"),
        ("@t.overload\nasync def one(self) -> int: ...\nasync def one(self) -> Any: 'One.'", "@t.overload"),
    ],
)
def test_of_a_result(method: str, blocking: str) -> None:
    assert blocking in derived(method)


def test_what_is_imported_under_another_name_keeps_it() -> None:
    assert "from qovery_sync.boats import Boat as Dinghy" in derived("async def meet(self) -> Dinghy: 'Meet.'")
    # Imported for type checkers only, as its original is.
    assert "\n    from qovery_sync.boats import Boat\n" in derived("async def meet(self) -> 'Boat': 'Meet.'")
    assert "import collections.abc\n" in derived("async def count(self) -> collections.abc.Sequence[int]: 'Count.'")


def test_an_alias_of_another_module_brings_what_it_names() -> None:
    text = derived("async def meet(self, hook: boats.Feather = None) -> None: 'Meet.'")
    assert "def meet(self, hook: Callable[[Blade], Boat] | None = None) -> None:" in text
    assert "\nfrom qovery_async.oars import Blade\n" in text
    assert "from qovery_sync.boats import Boat\n" in text


@pytest.mark.parametrize(
    ("method", "why"),
    [
        ("async def meet(self) -> boats.Boat: ...", "import Boat by its name"),
        (
            "async def meet(self, hook: boats.Load) -> None: ...",
            "spell out boats.Load: Any is qovery_async.oars.Any there",
        ),
        ("async def meet(self, hook: boats.Each[str]) -> None: ...", "spell out boats.Each[str]: it is an alias"),
        ("async def meet(self) -> boats.Oar: ...", "qovery_async.oars.Oar has async members, but no twin: name it in"),
        ("async def meet(self, ship: Shipp) -> None: ...", "Shipp is not imported or defined"),
        ("async def meet(self, ship: 'Ship or') -> None: ...", "'Ship or' is no annotation"),
        ("async def meet(self, ships: 'Stream[Ship]') -> None: ...", "Stream[Ship] has no blocking form"),
    ],
)
def test_what_leads_to_no_twin_stops_with_the_place_and_the_reason(method: str, why: str) -> None:
    with pytest.raises(NoTwin) as stopped:
        derived(method)
    assert str(stopped.value).startswith(f"qovery_async/fleet.py:{HEAD.count(chr(10)) + 1}: ")
    assert why in str(stopped.value)
