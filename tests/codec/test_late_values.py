"""When does a class of values become an attrs class, and does anybody notice?"""

from __future__ import annotations

import copy
import inspect
import pickle
import pkgutil
import subprocess
import sys
import weakref
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from typing import Any, ClassVar, Generic, TypeVar

import attrs
import pytest

import qovery_async
from qovery_async.vocabulary.late import Late
from qovery_async.vocabulary.values import define, frozen

T = TypeVar("T")

IMPORTED = """
import attr._make

made = []
build = attr._make._ClassBuilder.build_class
attr._make._ClassBuilder.build_class = lambda self: made.append(self._cls.__name__) or build(self)

import qovery_async.deployments.errand
import qovery_async.streams.feed

late = {"Errand", "ClusterSnapshot", "GiveUp", "RetryEvent", "Feed", "Past"}
assert not late & {*made}, made
end = qovery_async.transport.retry.GiveUp("over")
assert late & {*made} == {"GiveUp"}, made

compiled = []
compile_ = attr._make._linecache_and_compile
attr._make._linecache_and_compile = lambda script, *rest: compiled.append(script) or compile_(script, *rest)

qovery_async.Page([])
assert not any("__repr__" in script or "__eq__" in script for script in compiled), compiled
assert repr(end) == "GiveUp(reason='over')" and end == end and end in {end}
assert len(compiled) == 2, compiled
"""


@frozen
class Point(Generic[T]):
    """A place."""

    x: T
    y: int = 2
    names: list[str] = attrs.field(factory=list[str])
    count: ClassVar[int] = 7

    @property
    def both(self) -> tuple[T, int]:
        return self.x, self.y


@frozen
class Named(Point[int]):
    name: str = "here"


@define(eq=False)
class Counter:
    number: int
    seen: int = attrs.field(default=0, init=False)

    def __repr__(self) -> str:
        return "a counter"


def test_an_import_makes_no_class_that_is_not_used() -> None:
    subprocess.run([sys.executable, "-c", IMPORTED], check=True)


def test_it_is_as_attrs_makes_it() -> None:
    one = Named(1, name="there")
    assert repr(one) == "Named(x=1, y=2, names=[], name='there')"
    assert one == Named(1, name="there") != Named(1)
    assert one.both == (1, 2)
    assert (Named.count, Named.__doc__, Point.__doc__) == (7, None, "A place.")
    assert [field.name for field in attrs.fields(Named)] == ["x", "y", "names", "name"]
    assert str(inspect.signature(Counter)) == "(number: 'int') -> None"
    assert Named.__match_args__ == ("x", "y", "names", "name")
    assert attrs.evolve(one, y=3) == Named(1, 3, name="there")
    assert hash(Point(1, names=())) == hash(Point(1, names=()))  # type: ignore[arg-type]  # a list has no hash


def test_its_signature_is_known_as_python_3_13_asks() -> None:
    """`inspect` takes what a class has without looking, and binds it to the class."""

    @frozen
    class Fresh:
        x: int

    found = inspect.getattr_static(Fresh, "__init__")
    assert str(inspect.signature(found.__get__(Fresh, type))) == "(x: 'int') -> None"


def test_frozen_and_slots_hold() -> None:
    one, other = Named(1), Counter(1)
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        one.x = 2  # type: ignore[misc]  # what is tested
    with pytest.raises(AttributeError):
        other.nubmer = 2  # type: ignore[attr-defined]  # what is tested
    other.number = 2
    assert (repr(other), other.number, other == Counter(2)) == ("a counter", 2, False)
    assert weakref.ref(one)() is one


def test_pickles_and_copies() -> None:
    one = Named(1, names=["a"])
    assert pickle.loads(pickle.dumps(one)) == one == copy.deepcopy(one)
    script = f"import pickle; assert pickle.loads({pickle.dumps(qovery_async.Rate(1, 2, 3.0))!r}).remaining == 2"
    subprocess.run([sys.executable, "-c", script], check=True)


def test_many_threads_may_make_the_first_object() -> None:
    for _ in range(20):

        @frozen
        class Fresh:
            x: int

        with ThreadPoolExecutor(8) as threads:
            made = list(threads.map(Fresh, range(16)))
        assert made == [Fresh(number) for number in range(16)]


def test_no_class_refers_to_the_one_it_was() -> None:
    """`super()` and `__class__` in a method mean the class before it got its slots."""
    for class_ in values():
        functions: list[Any] = [value for _, value in inspect.getmembers(class_, inspect.isfunction)]
        assert not any("__class__" in function.__code__.co_freevars for function in functions), class_
        assert attrs.has(class_)


def test_every_class_shows_and_compares_its_objects() -> None:
    for class_ in values():
        methods = [getattr(class_, name) for name in ("__repr__", "__eq__", "__ne__", "__hash__")]
        assert not any(isinstance(method, Late) for method in methods), class_


def test_what_can_change_has_no_hash() -> None:
    @define
    class Open:
        x: int

    assert Open(1) == Open(1) != Open(2)
    with pytest.raises(TypeError, match="unhashable"):
        hash(Open(1))
    assert len({Counter(1), Counter(1)}) == 2


def values() -> Iterator[Any]:
    names = [module.name for module in pkgutil.walk_packages(qovery_async.__path__, "qovery_async.")]
    apart = ("emulator", "models", "bodies", "resources", "__main__")
    for name in names:
        if not any(part in name for part in apart):
            module = import_module(name)
            for class_ in vars(module).values():
                if inspect.isclass(class_) and class_.__module__ == name and hasattr(class_, "__attrs_attrs__"):
                    yield class_
