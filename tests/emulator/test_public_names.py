"""What a user touches is imported from `qovery_async.emulator` and has docstrings."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest

from qovery_async import emulator
from qovery_async.emulator import __main__, pytest_plugin


def documentable(owner: type | ModuleType) -> Iterator[tuple[str, Any]]:
    """The public functions, methods and properties that a class or a module defines itself."""
    for name, member in vars(owner).items():
        function = getattr(member, "__func__", member)
        is_own = inspect.isclass(owner) or getattr(function, "__module__", None) == owner.__name__
        if not name.startswith("_") and is_own and (inspect.isfunction(function) or isinstance(function, property)):
            yield name, function


@pytest.mark.parametrize("name", emulator.__all__)
def test_each_name_can_be_imported_and_is_documented(name: str) -> None:
    found = getattr(emulator, name)
    if inspect.isclass(found):
        assert found.__doc__
        assert [member for member, function in documentable(found) if not function.__doc__] == []


@pytest.mark.parametrize("module", [__main__, pytest_plugin], ids=["command line", "pytest plugin"])
def test_the_command_line_and_the_fixture_are_documented(module: ModuleType) -> None:
    assert module.__doc__
    assert [member for member, function in documentable(module) if not function.__doc__] == []


def test_other_names_are_refused_as_by_any_module() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'Trouble'"):
        _ = emulator.Trouble
