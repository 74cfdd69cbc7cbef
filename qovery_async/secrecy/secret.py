"""How is a token kept out of sight?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Generic, NoReturn, Self, TypeVar, cast
from urllib.parse import quote

from multidict import CIMultiDict

from qovery_async.secrecy.masking import MASK

T = TypeVar("T")
V = TypeVar("V")

# Characters; real tokens have 40 and more.
_TELLING = 8


def not_pickled(self: object) -> NoReturn:  # noqa: ARG001  # it stands in as `__reduce__`
    """For what holds a token and connections; `copy` asks it, too."""
    raise TypeError(
        "a client is not pickled or copied, it holds connections and a token: make one in each process, "
        "or a copy by with_options()"
    )


class Hidden(Generic[T]):
    """A value that no representation shows and no pickle holds.

    What debuggers and error trackers print of a frame is the `repr` of its variables, and what lies
    in plain containers. So neither a token nor settings with one in them are in a variable of this
    SDK while something can fail.
    """

    __slots__ = ("reveal",)

    reveal: Callable[[], T]

    def __init__(self, value: T) -> None:
        self.reveal = lambda: value

    def __repr__(self) -> str:
        return MASK

    def __reduce__(self) -> NoReturn:
        raise TypeError("a token is not pickled: give each process its own, through the environment or a file")

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        return self


class Secret(Hidden[str]):
    """A token, or what holds one: an `Authorization` header, the address of a proxy."""

    __slots__ = ("_spellings",)

    _spellings: Callable[[], set[str]]

    def __init__(self, value: str) -> None:
        super().__init__(value)
        spellings = _spellings(value)
        self._spellings = lambda: spellings

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and self.reveal() == other.reveal()

    def __hash__(self) -> int:
        return hash(self.reveal())

    def hidden_in(self, value: V) -> V:
        """A text, or JSON that has been read, without the secret: some servers repeat it in what they answer."""
        spellings = self._spellings()
        return cast("V", _hide(spellings, value)) if spellings else value

    def hidden_in_headers(self, headers: Mapping[str, str]) -> Mapping[str, str]:
        spellings = self._spellings()
        if not any(spelling in value for value in headers.values() for spelling in spellings):
            return headers
        return CIMultiDict((name, _hide(spellings, value)) for name, value in headers.items())


def _spellings(secret: object) -> set[str]:
    """The text behind the scheme, as it is and as in an address; none where it is part of other words."""
    text = secret.rpartition(" ")[2] if isinstance(secret, str) else ""
    return {text, quote(text, safe="")} if len(text) >= _TELLING else set()


def _hide(spellings: set[str], value: Any) -> Any:
    if isinstance(value, str):
        for spelling in spellings:
            value = value.replace(spelling, MASK)
        return value
    if isinstance(value, list):
        return [_hide(spellings, item) for item in cast("list[object]", value)]
    if isinstance(value, dict):
        items = cast("dict[str, object]", value).items()
        return {_hide(spellings, name): _hide(spellings, item) for name, item in items}
    return value


Headers = Mapping[str, str] | Hidden[Mapping[str, str]]


def hidden_headers(headers: Headers | None) -> Hidden[Mapping[str, str]] | None:
    """Headers as they may stand in a variable: keys to other doors go into them."""
    return headers if headers is None or isinstance(headers, Hidden) else Hidden(headers)


def hidden_text(text: str | Secret | None) -> Secret | None:
    """A text with a password in it, as it may stand in a variable."""
    return text if text is None or isinstance(text, Secret) else Secret(text)
