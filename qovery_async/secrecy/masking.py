"""How are secrets masked in plain values?

Models know which of their attributes are secret. A plain mapping has only the names of its keys, and some responses
are one secret text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, SupportsIndex, cast

MASK = "***"

# Strings, which `re` compiles with their first use: every program imports this module, few mask anything.
_WORDS = (
    r"secret|passw|passphrase|(^|_)pwd|token|credential|jwt|bearer|cookie|cvv|kubeconfig|signature|authorization"
    r"|(^|_)auth$|webhook_?url|connection_?string|(^|_)dsn$"
    r"|(private|api|access|account|shared|signing|encryption|ssh|license)_?keys?"
)
# Ends of names that only describe a secret: `git_token_id`, `secret_name`, `target_secret_set`.
_ABOUT = r"_(ids?|names?|types?|kind|mode|arn|at|set|count|seconds|enabled|version|env_var)$"
_FLAGS = ("is_secret", "secret", "sensitive")
_NAMES = ("key", "name")
_HUMP = r"(?<=[a-z0-9])(?=[A-Z])"
_SEPARATORS = r"[^a-z0-9]+"
# Levels; far below the depth at which Python's recursion ends.
_DEEPEST = 40


def looks_secret(name: str) -> bool:
    """Whether the name of a key, a header or an attribute is that of a secret: `apiKey`, `X-Auth-Token`."""
    spelled = _snake(name)
    return re.search(_WORDS, spelled) is not None and re.search(_ABOUT, spelled) is None


def masked(value: object, depth: int = 0) -> str:
    """`repr` with `***` for each value that has a secret's name in a plain mapping, at any depth."""
    if isinstance(value, (Mapping, list, tuple)) and depth == _DEEPEST:
        return "..."
    if isinstance(value, Mapping):
        mapping = cast("Mapping[object, object]", value)
        hidden = _hidden(mapping)
        parts = [f"{k!r}: {MASK if k in hidden else masked(v, depth + 1)}" for k, v in mapping.items()]
        return f"{{{', '.join(parts)}}}"
    if isinstance(value, (list, tuple)):
        items = cast("Sequence[object]", value)
        parts = [masked(item, depth + 1) for item in items]
        if _is_named_secret(items):
            parts[1] = MASK
        text = ", ".join(parts)
        return f"[{text}]" if isinstance(value, list) else f"({text},)" if len(parts) == 1 else f"({text})"
    return repr(value)


def _hidden(mapping: Mapping[Any, object]) -> set[object]:
    names = {key: _snake(key) for key, value in mapping.items() if isinstance(key, str) and _can_be_secret(value)}
    hidden: set[object] = {key for key in names if looks_secret(key)}
    # `{"name": "API_TOKEN", "value": ...}` and `{"is_secret": true, "value": ...}`
    marked = any(mapping.get(flag) is True for flag in _FLAGS)
    named = any(isinstance(name := mapping.get(key), str) and looks_secret(name) for key in _NAMES)
    if marked or named:
        hidden |= {key for key, name in names.items() if name == "default" or name.endswith("value")}
    return hidden


def _is_named_secret(items: Sequence[object]) -> bool:
    """Whether it is a pair like `["auth.password", ...]`, the form of overrides for a Helm chart's values."""
    return len(items) == 2 and isinstance(items[0], str) and looks_secret(items[0]) and _can_be_secret(items[1])


def _can_be_secret(value: object) -> bool:
    return value is not None and not isinstance(value, bool)


def _snake(name: str) -> str:
    return re.sub(_SEPARATORS, "_", re.sub(_HUMP, "_", name).lower())


class SecretText(str):
    """A result that is secret as a whole, such as a kubeconfig: a `str` with `***` as its `repr` and its slices'.

    It belongs to the user, who may print, send and pickle it; a `Secret`, which nobody should print, holds no text.
    """

    __slots__ = ()

    def __repr__(self) -> str:
        return MASK

    def __getitem__(self, key: SupportsIndex | slice) -> SecretText:
        """Masked as well: tools that print tracebacks cut a long string before they call `repr`."""
        return SecretText(super().__getitem__(key))
