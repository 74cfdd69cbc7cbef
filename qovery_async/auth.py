"""Where does the token come from, and how is it sent?"""

from __future__ import annotations

import inspect
import os
import re
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path

from qovery_async.errors import ConfigurationError
from qovery_async.shared import Shared

TokenSource = str | Callable[[], str | Awaitable[str]]

_VARIABLES = ("QOVERY_API_TOKEN", "QOVERY_API_TOKEN_FILE", "QOVERY_CLI_ACCESS_TOKEN", "Q_CLI_ACCESS_TOKEN")


class Credentials:
    """The token, kept out of representations; a callable is asked again after a 401."""

    __slots__ = ("_asking", "_header", "_scheme", "_source")

    def __init__(self, token: TokenSource | None, scheme: str | None) -> None:
        if scheme not in (None, "Token", "Bearer"):
            raise ConfigurationError(f"auth_scheme must be 'Token' or 'Bearer', got {scheme!r}")
        self._scheme = scheme
        self._source = token if token is not None else token_from(os.environ)
        if not isinstance(self._source, str) and not callable(self._source):
            raise ConfigurationError("token must be a text or a function that returns one")
        self._header = self._spell(self._source) if isinstance(self._source, str) else None
        self._asking: Shared[str] = Shared()

    def __repr__(self) -> str:
        return "Credentials(***)"

    @property
    def can_renew(self) -> bool:
        return not isinstance(self._source, str)

    async def header(self, *, instead_of: str | None = None) -> str:
        """The value of `Authorization`; asks the source anew where `instead_of` was refused."""
        if self._header is None or (self.can_renew and self._header == instead_of):
            return await self._asking.run(self._renew)
        return self._header

    async def _renew(self) -> str:
        self._header = self._spell(await self._ask())
        return self._header

    async def _ask(self) -> object:
        if isinstance(self._source, str):
            return self._source
        token = self._source()
        return await token if inspect.isawaitable(token) else token

    def _spell(self, token: object) -> str:
        # Never shown, not even in part: neither when it is wrong.
        if not isinstance(token, str) or not token.strip():
            raise ConfigurationError(f"the token is empty or no text; {_ADVICE}")
        token = token.strip()
        if not re.fullmatch(r"[!-~]+", token):
            raise ConfigurationError("the token has spaces, line breaks or characters outside ASCII in it")
        return f"{self._scheme or _scheme_of(token)} {token}"


_ADVICE = (
    "give token=..., or set QOVERY_API_TOKEN; a token is made in the Qovery console under "
    "Organization settings > API tokens"
)


def _scheme_of(token: str) -> str:
    """A JWT belongs to a person and goes out as `Bearer`; everything else is an API token."""
    return "Bearer" if token.startswith("eyJ") and token.count(".") == 2 else "Token"


def token_from(environ: Mapping[str, str]) -> str:
    """The token that environment variables hold or point to."""
    for variable in _VARIABLES:
        value = environ.get(variable)
        if not value:
            continue
        if not variable.endswith("_FILE"):
            return value
        try:
            return Path(value).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigurationError(f"{variable}: cannot read {value!r}: {type(error).__name__}") from error
    raise ConfigurationError(f"no token; {_ADVICE}")
