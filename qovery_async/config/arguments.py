"""How do keywords that a `TypedDict` declares become arguments?

A constructor that takes `**settings` has their values in a plain dict of its frame. `mask` and `mask_token` replace
what may be secret before anything can fail.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar, cast

from qovery_async.config.settings import DEFAULTS, CallOptions, TokenSource
from qovery_async.secrecy.secret import Secret

F = TypeVar("F", bound=Callable[..., Any])
S = TypeVar("S", bound=CallOptions)

_OPEN = DEFAULTS.keys() - {"headers", "proxy", "base_url", "ws_url", "auth_scheme"}


def mask_token(token: TokenSource | None) -> TokenSource | None:
    """The token as a `Secret`, also where its type is wrong."""
    return token if token is None or callable(token) else Secret(token)


def mask(settings: S) -> S:
    """The settings with a `Secret` for each value that may be one.

    These are addresses, which may have a password in them, headers, what has an unknown name, and the scheme, where
    people put the whole `Token ...`.
    """
    return cast("S", {name: _masked(name, value) for name, value in settings.items()})


def _masked(name: str, value: Any) -> object:
    if value is None or name in _OPEN:
        return value
    if name == "headers" and isinstance(value, Mapping):
        return {key: Secret(text) for key, text in cast("Mapping[object, str]", value).items()}
    return Secret(value)


def refuse_unknown(caller: str, given: Iterable[str], known: type) -> None:
    """Refuses a keyword that `known`, a `TypedDict`, does not declare.

    Raises:
        TypeError: there is one.
    """
    names = known.__annotations__
    for name in given:
        if name not in names:
            raise TypeError(f"{caller}() got an unexpected keyword argument {name!r}{_hint(name, [*names, 'token'])}")


def _hint(name: str, names: list[str]) -> str:
    from difflib import get_close_matches

    close = get_close_matches(name, names, n=1)
    return f". Did you mean {close[0]!r}?" if close else ""


def spelled_out(known: type) -> Callable[[F], F]:
    """Shows a function's `**settings: Unpack[known]` as single keywords, in `help` and `inspect.signature`."""

    def spell_out(function: F) -> F:
        signature = inspect.signature(function)
        own = [p for p in signature.parameters.values() if p.kind is not p.VAR_KEYWORD]
        named = [
            inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=DEFAULTS[name], annotation=annotation)
            for name, annotation in known.__annotations__.items()
        ]
        function.__signature__ = signature.replace(parameters=[*own, *named])  # type: ignore[attr-defined]
        return function

    return spell_out
