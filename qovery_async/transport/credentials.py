"""How is the token sent, and when is its source asked again?"""

from __future__ import annotations

import inspect
import re
from collections.abc import Awaitable, Callable

from qovery_async.errors import ConfigurationError
from qovery_async.secrecy.secret import Secret, not_pickled
from qovery_async.transport.options import Timeout
from qovery_async.transport.patience import patiently
from qovery_async.transport.request import Request
from qovery_async.transport.single_flight import Shared

Source = Secret | Callable[[], str | Awaitable[str]]
"""A token, or a function that returns one."""

ADVICE = (
    "give token=..., or set QOVERY_API_TOKEN; a token is made in the Qovery console under "
    "Organization settings > API tokens"
)
"""Ends the messages about a missing token."""

_QUOTES = "\"'`\u2018\u2019\u201c\u201d"


class Credentials:
    """Makes the `Authorization` header of a token; a function is called again after a 401."""

    __slots__ = ("_asking", "_beside", "_header", "_scheme", "_source")

    def __init__(self, token: Source, scheme: str | None, beside: tuple[Secret, ...] = ()) -> None:
        """`beside` are secrets that travel with the token: what hides it in a response hides them too."""
        self._scheme = scheme
        self._beside = beside
        self._source = token
        self._header = self._spell(token) if isinstance(token, Secret) else None
        self._asking: Shared[Secret] = Shared()

    __reduce__ = not_pickled

    def __repr__(self) -> str:
        return "Credentials(***)"

    @property
    def can_renew(self) -> bool:
        """Whether the token comes from a function, which may return a new one."""
        return not isinstance(self._source, Secret)

    @property
    def ready(self) -> Secret | None:
        """The value of `Authorization`, once it is known."""
        return self._header

    def replace(self, token: Secret) -> None:
        """Sends another token from now on, in place of one that was given as a string."""
        self._header, self._source = self._spell(token), token

    def instead(self, token: Secret) -> Credentials:
        """The same for another token, whatever scheme this one was given: both are Qovery's."""
        return Credentials(token, None, self._beside)

    async def header(self, request: Request, limit: Timeout, *, instead_of: Secret | None = None) -> Secret:
        """The value of `Authorization`; a new one, where there can be one, if the API has refused `instead_of`."""
        if self._header is None or (self.can_renew and self._header == instead_of):
            return await patiently(f"{request}: the token function", self._asking.run(self._renew), limit)
        return self._header

    async def _renew(self) -> Secret:
        self._header = self._spell(await self._ask())
        return self._header

    async def _ask(self) -> Secret:
        if isinstance(self._source, Secret):
            return self._source
        token = self._source()
        return Secret(await token if inspect.isawaitable(token) else token)

    def _spell(self, token: Secret) -> Secret:
        flaw = _flaw(token.reveal())
        if flaw is not None:
            raise ConfigurationError(flaw)
        scheme, stripped = self._scheme or _scheme_of(token.reveal()), Secret(token.reveal().strip())
        return Secret(f"{scheme} {stripped.reveal()}", stripped, *self._beside)


def _flaw(token: object) -> str | None:
    # A wrong token is not shown either, not even a part of it.
    if not isinstance(token, str) or not token.strip():
        return f"the token is empty or not a string; {ADVICE}"
    stripped = token.strip()
    if stripped[0] in _QUOTES or stripped[-1] in _QUOTES:
        return "the token is in quotes; remove the quotes, which `docker --env-file`, for one, takes for a part of it"
    scheme = re.match(r"(?i)(authorization:\s*)?(token|bearer)\s", stripped)
    if scheme is not None:
        return f"the token begins with `{scheme[2].title()} `; leave off `{scheme[2].title()} `, which the SDK adds"
    if stripped[0] == "#":
        return "the token begins with `#`, like a comment of a `.env` file; write the token in its place"
    if not re.fullmatch(r"[!-~]+", stripped):
        return "the token contains spaces, line breaks or characters outside ASCII"
    return None


def _scheme_of(token: str) -> str:
    """A JWT belongs to a person and goes out as `Bearer`; everything else is an API token."""
    token = token.strip()
    return "Bearer" if token.startswith("eyJ") and token.count(".") == 2 else "Token"
