"""How is a token kept out of sight?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NoReturn

from multidict import CIMultiDict

from qovery_async.masking import MASK

# Characters; real tokens have 40 and more.
_TELLING = 8


class Secret:
    """A text that no representation shows and no pickle holds.

    What debuggers and error trackers print of a frame is the `repr` of its variables, so a token
    is never in a variable of this SDK as plain text while something can fail.
    """

    __slots__ = ("reveal",)

    reveal: Callable[[], str]

    def __init__(self, text: str) -> None:
        self.reveal = lambda: text

    def __repr__(self) -> str:
        return MASK

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and self.reveal() == other.reveal()

    def __hash__(self) -> int:
        return hash(self.reveal())

    def hidden_in(self, text: bytes) -> bytes:
        """The text without the secret, which some servers repeat in what they answer."""
        secret = self._telling()
        return text.replace(secret.encode(), MASK.encode()) if secret else text

    def hidden_in_headers(self, headers: Mapping[str, str]) -> Mapping[str, str]:
        secret = self._telling()
        if not secret or not any(secret in value for value in headers.values()):
            return headers
        return CIMultiDict((name, value.replace(secret, MASK)) for name, value in headers.items())

    def _telling(self) -> str:
        """The text behind the scheme; none where it is so short that it stands in other words."""
        text = self.reveal().rpartition(" ")[2]
        return text if len(text) >= _TELLING else ""

    def __reduce__(self) -> NoReturn:
        raise TypeError("a token is not pickled: give each process its own, through the environment or a file")

    def __copy__(self) -> Secret:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> Secret:
        return self


class Hidden(dict[str, Any]):
    """Settings among which there may be a token: their representation shows none of them."""

    def __repr__(self) -> str:
        return MASK
