"""How is a token kept out of sight?

A `Secret` is a string that reads `***`. Code that takes it for a string sees the stars: `repr`, f-strings, `%`,
logging, JSON, slices, debuggers, error trackers. Only `reveal()` returns the text; it stands where the text is checked
or sent, in an expression, so that no variable holds it while something can fail.

A subclass of `str` that holds the text and overrides `repr` would need no `reveal()`, but keeps less:

- An error tracker that copies string variables instead of their `repr` (Rollbar's does) reports the text; so does JSON.
- Formatting cannot hide it. aiohttp and yarl convert a subclass with `str()`, which logging and `%` call as well: either
  all three get the text, or the API gets the stars.

Headers need no class of their own: a plain `dict` from names to secrets shows the names only.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NoReturn, Self, TypeVar, cast
from urllib.parse import quote

from multidict import CIMultiDict

from qovery_async.secrecy.masking import MASK

V = TypeVar("V")

# Characters; real tokens have 40 and more.
_TELLING = 8


def not_pickled(self: object) -> NoReturn:  # noqa: ARG001  # it stands in as `__reduce__`
    """Refuses to pickle an object that holds a token or connections; `copy` calls it as well."""
    raise TypeError(
        "a client is not pickled or copied, it holds connections and a token: make one in each process, "
        "or a copy by with_options()"
    )


class Secret(str):
    """A token or a text that contains one: an `Authorization` header, the address of a proxy with its password."""

    __slots__ = ("_spellings", "reveal")

    reveal: Callable[[], str]
    """Returns the text. A value of another type comes back as it was given, for the checks to refuse."""
    _spellings: Callable[[], set[str]]

    def __new__(cls, text: str) -> Self:
        """A secret is taken over as it is."""
        if isinstance(text, cls):
            return text
        secret = super().__new__(cls, MASK)
        spellings = _spellings(text)
        # In functions, where tools that look into objects do not look.
        secret.reveal = lambda: text
        secret._spellings = lambda: spellings
        return secret

    def __repr__(self) -> str:
        return MASK

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and self.reveal() == other.reveal()

    def __ne__(self, other: object) -> bool:
        return not self == other  # that of `str` compares the stars

    def __hash__(self) -> int:
        return hash(self.reveal())

    def __reduce__(self) -> NoReturn:
        raise TypeError("a token is not pickled: give each process its own, through the environment or a file")

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        return self

    def hidden_in(self, value: V) -> V:
        """A string, or JSON that has been read, without the secret: some servers repeat it in a response."""
        spellings = self._spellings()
        return cast("V", _hide(spellings, value)) if spellings else value

    def hidden_in_headers(self, headers: Mapping[str, str]) -> Mapping[str, str]:
        """The headers of a response without the secret."""
        spellings = self._spellings()
        if not any(spelling in value for value in headers.values() for spelling in spellings):
            return headers
        return CIMultiDict((name, _hide(spellings, value)) for name, value in headers.items())


def revealed(headers: Mapping[str, str]) -> dict[str, str]:
    """Headers as they are sent, with the text of those that are secret."""
    return {name: value.reveal() if isinstance(value, Secret) else value for name, value in headers.items()}


def _spellings(secret: object) -> set[str]:
    """The text after the scheme, as it is and percent-encoded; none where it is too short to be told from words."""
    text = secret.rpartition(" ")[2] if isinstance(secret, str) else ""
    return {text, quote(text, safe="", errors="surrogatepass")} if len(text) >= _TELLING else set()


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
