"""Where does the token come from, and how is it sent?

A token is a `Secret` from the moment it is seen: no variable of a frame that can fail holds it as
plain text, lest an error tracker that prints variables shows it.
"""

from __future__ import annotations

import inspect
import os
import re
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import cast

from qovery_async.errors import ConfigurationError
from qovery_async.secrecy.secret import Secret, not_pickled
from qovery_async.transport.single_flight import Shared

TokenSource = str | Secret | Callable[[], str | Awaitable[str]]

_VARIABLES = ("QOVERY_API_TOKEN", "QOVERY_API_TOKEN_FILE", "QOVERY_CLI_ACCESS_TOKEN", "Q_CLI_ACCESS_TOKEN")


class Credentials:
    """The token, kept out of representations; a callable is asked again after a 401."""

    __slots__ = ("_asking", "_header", "_scheme", "_source")

    def __init__(self, token: Secret | Callable[[], str | Awaitable[str]], scheme: str | None) -> None:
        if scheme not in (None, "Token", "Bearer"):
            raise ConfigurationError(f"auth_scheme must be 'Token' or 'Bearer', got {scheme!r}")
        self._scheme = scheme
        self._source = token
        self._header = self._spell(token) if isinstance(token, Secret) else None
        self._asking: Shared[Secret] = Shared()

    __reduce__ = not_pickled

    def __repr__(self) -> str:
        return "Credentials(***)"

    @property
    def can_renew(self) -> bool:
        return not isinstance(self._source, Secret)

    async def header(self, *, instead_of: Secret | None = None) -> Secret:
        """The value of `Authorization`; asks the source anew where `instead_of` was refused."""
        if self._header is None or (self.can_renew and self._header == instead_of):
            return await self._asking.run(self._renew)
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
        return Secret(f"{self._scheme or _scheme_of(token.reveal())} {token.reveal().strip()}")


_ADVICE = (
    "give token=..., or set QOVERY_API_TOKEN; a token is made in the Qovery console under "
    "Organization settings > API tokens"
)


def _flaw(token: object) -> str | None:
    # Never shown, not even in part: neither when it is wrong.
    if not isinstance(token, str) or not token.strip():
        return f"the token is empty or no text; {_ADVICE}"
    if not re.fullmatch(r"[!-~]+", token.strip()):
        return "the token has spaces, line breaks or characters outside ASCII in it"
    return None


def _scheme_of(token: str) -> str:
    """A JWT belongs to a person and goes out as `Bearer`; everything else is an API token."""
    token = token.strip()
    return "Bearer" if token.startswith("eyJ") and token.count(".") == 2 else "Token"


def hidden(token: TokenSource | None) -> Secret | Callable[[], str | Awaitable[str]] | None:
    """The token as it may stand in a variable, also where it is of a wrong type."""
    if token is None or isinstance(token, Secret) or callable(token):
        return token
    return Secret(token)


def read_token(
    token: Secret | Callable[[], str | Awaitable[str]] | None,
) -> Secret | Callable[[], str | Awaitable[str]]:
    """The token that was given, else the environment's.

    Raises:
        ConfigurationError: there is none, or it is neither text nor a function.
    """
    if token is None:
        found = token_in(os.environ)
        if isinstance(found, Secret):
            return found
        raise ConfigurationError(found)
    if isinstance(token, Secret) and not isinstance(cast("object", token.reveal()), str):
        raise ConfigurationError("token must be a text or a function that returns one")
    return token


def token_in(environ: Mapping[str, str]) -> Secret | str:
    """The token that environment variables hold or point to; else a sentence that says what is wrong."""
    for variable in _VARIABLES:
        value = environ.get(variable)
        if not value:
            continue
        if not variable.endswith("_FILE"):
            return Secret(value)
        try:
            return Secret(Path(value).read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            # Not named: the token itself may have been put there.
            return f"{variable} must name a file with the token in it; reading it failed: {type(error).__name__}"
    return f"no token; {_ADVICE}"
