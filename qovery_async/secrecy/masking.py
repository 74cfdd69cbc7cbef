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
    r"secret|passw|passphrase|passcode|pgpass|token|credential|jwt|bearer|cookie|cvv|kubeconfig|signature|authorization"
    r"|webhook_?url|connection_?string|docker_?(auth_?config|cfg|config_?json)|npmrc|netrc|(^|_)id_(rsa|ecdsa|ed25519)"
    r"|(^|_)(db|pg|user|root)?pass(_|$)|(^|_)(pwd|creds?|pem)(_|$)|(^|_)(auth|dsn|otp|pat|psk|salt|sas|sig)$"
    r"|(private|api|access|account|shared|signing|encryption|ssh|license|app|client|deploy|hmac|master|tls|ssl)_?keys?"
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
        hidden = secret_keys(mapping)
        parts = [f"{k!r}: {MASK if k in hidden else masked(v, depth + 1)}" for k, v in mapping.items()]
        return f"{{{', '.join(parts)}}}"
    if isinstance(value, (list, tuple)):
        items = cast("Sequence[object]", value)
        parts = [masked(item, depth + 1) for item in items]
        if is_named_secret(items):
            parts[1] = MASK
        text = ", ".join(parts)
        return f"[{text}]" if isinstance(value, list) else f"({text},)" if len(parts) == 1 else f"({text})"
    # An enum and a `SecretText` have a `repr` of their own.
    return repr(without_passwords(value) if type(value) is str else value)


def without_passwords(text: str) -> str:
    """A text with `***` for what is secret in the addresses in it.

    These are a password (`//user:password@`), a user of 20 characters or more, which is a token, and parameters that
    are named like secrets (`?token=`, `;Password=`).
    """
    if "://" in text and "@" in text:
        text = re.sub(r"\S+", _without_login, text)
    return re.sub(r"(^|[?&;])([\w.-]{1,80})=[^&;#\s]+", _without_value, text) if "=" in text else text


def _without_login(word: re.Match[str]) -> str:
    # To the last `@`, since people do not encode theirs. `://host:80/` and `://[::1]:80/` have a port, no password.
    begin, end = re.search(r"://(?!\[)[^/?#@:]*:(?!\d{1,5}([/?#]|$))", word[0]), word[0].rfind("@")
    if begin is not None and begin.end() < end:
        return f"{word[0][: begin.end()]}{MASK}{word[0][end:]}"
    return re.sub(r"://[^/?#@:]{20,}@", f"://{MASK}@", word[0])


def _without_value(parameter: re.Match[str]) -> str:
    return f"{parameter[1]}{parameter[2]}={MASK}" if looks_secret(parameter[2]) else parameter[0]


def beside_secret_name(mapping: Mapping[Any, object]) -> set[object]:
    """The keys whose values are secret because of what stands beside them: `{"key": "API_TOKEN", "value": ...}`."""
    if not any(isinstance(name := mapping.get(key), str) and looks_secret(name) for key in _NAMES):
        return set()
    return _values(mapping)


def _values(mapping: Mapping[Any, object]) -> set[object]:
    names = {key: _snake(key) for key, value in mapping.items() if isinstance(key, str) and _can_be_secret(value)}
    return {key for key, name in names.items() if name == "default" or name.endswith("value")}


def secret_keys(mapping: Mapping[Any, object]) -> set[object]:
    """The keys of a plain mapping whose values are secret, by their names or by what stands beside them."""
    hidden: set[object] = {
        key for key, value in mapping.items() if isinstance(key, str) and _can_be_secret(value) and looks_secret(key)
    }
    return hidden | (_values(mapping) if is_marked(mapping) else beside_secret_name(mapping))


def is_marked(mapping: Mapping[Any, object]) -> bool:
    """Whether a mapping says that its value is secret: `{"is_secret": true, "value": ...}`."""
    return any(mapping.get(flag) is True for flag in _FLAGS)


def is_named_secret(items: Sequence[object]) -> bool:
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
