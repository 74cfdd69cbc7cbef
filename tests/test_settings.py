"""The arguments of the clients stand once, in `qovery_async/config/settings.py`, and everything agrees with them."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest

from qovery_async import AsyncClientSettings, AsyncQovery, CallOptions
from qovery_async.config import settings
from qovery_sync import Qovery

NAMED = inspect.Parameter.KEYWORD_ONLY
DOTENV = inspect.Parameter(
    "dotenv", inspect.Parameter.POSITIONAL_OR_KEYWORD, default=None, annotation="str | Path | None"
)
SETTINGS = list(AsyncClientSettings.__annotations__)
FACES = pytest.mark.parametrize("face", [AsyncQovery, Qovery])


def args_of(class_: type) -> str:
    """The section `Args:` of a docstring."""
    return inspect.cleandoc(class_.__doc__ or "").partition("Args:\n")[2].partition("\n\n")[0]


def declared() -> dict[str, str]:
    """The string below each setting in the source."""
    found: dict[str, str] = {}
    for class_ in ast.parse(inspect.getsource(settings)).body:
        members = class_.body if isinstance(class_, ast.ClassDef) else []
        for member, below in pairwise(members):
            if isinstance(member, ast.AnnAssign) and isinstance(below, ast.Expr):
                assert isinstance(member.target, ast.Name)
                found[member.target.id] = ast.literal_eval(below.value)
    return found


DECLARED = declared()


@pytest.mark.parametrize("function", [AsyncQovery, AsyncQovery.from_env])
def test_settings_are_shown_as_keywords_with_their_types_and_defaults(function: Callable[..., object]) -> None:
    found = dict(inspect.signature(function).parameters)
    assert (found.pop("token").default, found.pop("dotenv", None)) in ((None, None), (None, DOTENV))
    assert {name: p.annotation for name, p in found.items()} == AsyncClientSettings.__annotations__
    assert {p.kind for p in found.values()} == {NAMED}
    defaults = {name: p.default for name, p in found.items() if p.default is not None}
    assert defaults == {
        "trust_env": True, "allow_plain_http": False, "max_response_bytes": 64 * 2**20, "strict": False
    }  # fmt: skip


@FACES
def test_the_options_of_with_options_are_settings_of_the_client(face: type[Any]) -> None:
    _, *changed = inspect.signature(face.with_options).parameters.values()
    assert [p.name for p in changed] == list(CallOptions.__annotations__)
    assert [str(p) for p in changed] == [str(inspect.signature(face).parameters[p.name]) for p in changed]


def test_settings_are_described_one_by_one_at_the_class() -> None:
    """The names in the `Args:` of `help(AsyncQovery)` are those that the constructor takes, in its order."""
    assert re.findall(r"(?m)^    (\w+): \S", args_of(AsyncQovery)) == ["token", *SETTINGS]


@pytest.mark.parametrize("name", SETTINGS)
def test_settings_are_described_one_by_one_where_they_are_declared(name: str) -> None:
    """Editors show the string below a declaration; whatever has a default but None says which."""
    text = DECLARED[name]
    assert text.endswith(".")
    assert text.isascii()
    default = inspect.signature(AsyncQovery).parameters[name].default
    assert default in (None, 64 * 2**20) or f"Default: {default}." in text


@FACES
def test_an_unknown_keyword_is_refused_by_name(face: Any) -> None:
    client = face("x")
    for call, named in {
        lambda: face(tokn="x"): f"{face.__name__}() got an unexpected keyword argument 'tokn'. Did you mean 'token'?",
        lambda: face.from_env(timeuot=5): f"{face.__name__}() got an unexpected keyword argument 'timeuot'. "
        "Did you mean 'timeout'?",
        lambda: client.with_options(strict=True): f"{face.__name__}.with_options() got an unexpected keyword "
        "argument 'strict'",
        lambda: face(nothing_like_it=1): f"{face.__name__}() got an unexpected keyword argument 'nothing_like_it'",
    }.items():
        with pytest.raises(TypeError) as refused:
            call()
        assert str(refused.value) == named


def test_the_blocking_client_does_not_take_a_session() -> None:
    for make in (Qovery, Qovery.from_env):
        with pytest.raises(TypeError, match=r"^Qovery\(\) got an unexpected keyword argument 'session'$"):
            make(session=None)  # type: ignore[call-arg]  # type checkers refuse it too
