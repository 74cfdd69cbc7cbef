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
from typing import Any, NoReturn, Self, TypeVar

from multidict import CIMultiDict

from qovery_async.secrecy.masking import MASK
from qovery_async.secrecy.repeats import hide, may_stand_in, telling

V = TypeVar("V")


def not_pickled(self: object) -> NoReturn:  # noqa: ARG001  # it stands in as `__reduce__`
    """Refuses to pickle an object that holds a token or connections; `copy` calls it as well."""
    raise TypeError(
        "a client is not pickled or copied, it holds connections and a token: make one in each process, "
        "or a copy by with_options()"
    )


class Secret(str):
    """A token or a text that contains one: an `Authorization` header, the address of a proxy with its password."""

    __slots__ = ("reveal", "texts")

    reveal: Callable[[], str]
    """Returns the text. A value of another type comes back as it was given, for the checks to refuse."""
    texts: Callable[[], tuple[str, ...]]
    """Returns what `hidden_in` looks for."""

    def __new__(cls, text: str, *inside: Secret) -> Self:
        """A secret is taken over as it is. `hidden_in` looks for the secrets `inside` the text, else for all of it."""
        if isinstance(text, cls):
            return text
        secret = super().__new__(cls, MASK)
        texts = telling(text) if not inside else tuple({found: None for part in inside for found in part.texts()})
        # In functions, where tools that look into objects do not look.
        secret.reveal = lambda: text
        secret.texts = lambda: texts
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
        return hide(self.texts(), value)

    def hidden_in_headers(self, headers: Mapping[str, str]) -> Mapping[str, str]:
        """The headers of a response without the secret."""
        if not may_stand_in(self.texts(), "\n".join([*headers, *headers.values()])):
            return headers
        return CIMultiDict((self.hidden_in(name), self.hidden_in(value)) for name, value in headers.items())


def revealed(headers: Mapping[str, str]) -> dict[str, str]:
    """Headers as they are sent, with the text of those that are secret."""
    return {name: value.reveal() if isinstance(value, Secret) else value for name, value in headers.items()}
