"""What do the environment and a `.env` file set?"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TypeVar, cast

from qovery_async.config.settings import ClientSettings, TokenSource
from qovery_async.errors import ConfigurationError
from qovery_async.secrecy.secret import Secret
from qovery_async.transport.credentials import ADVICE, Source

S = TypeVar("S", bound=ClientSettings)

API_URL, WS_URL, ORGANIZATION_ID = "QOVERY_API_URL", "QOVERY_WS_URL", "QOVERY_ORGANIZATION_ID"
_TOKENS = ("QOVERY_API_TOKEN", "QOVERY_API_TOKEN_FILE", "QOVERY_CLI_ACCESS_TOKEN", "Q_CLI_ACCESS_TOKEN")


def read_token(token: TokenSource | None) -> Source:
    """The token that was passed, else the environment's.

    Raises:
        ConfigurationError: there is none, or it is neither a string nor a function.
    """
    given = _find_token(_environment()) if token is None else token
    if isinstance(given, Secret) and not isinstance(cast("object", given.reveal()), str):
        raise ConfigurationError(
            f"token must be a string or a function that returns one, got {type(given.reveal()).__name__}"
        )
    return cast("Source", given)


def with_file(path: str | Path, token: TokenSource | None, settings: S) -> tuple[TokenSource, S]:
    """The arguments, completed by a `.env` file: the environment wins over the file, an argument over both.

    Raises:
        ConfigurationError: the file cannot be read, or no token is found.
    """
    file = read_dotenv(path)
    found = file | _environment()
    named = {"base_url": API_URL, "ws_url": WS_URL, "organization_id": ORGANIZATION_ID}
    named = {argument: found[variable].reveal() for argument, variable in named.items() if variable in file}
    return _find_token(found) if token is None else token, cast("S", {**named, **settings})


def read_dotenv(path: str | Path) -> dict[str, Secret]:
    """The `QOVERY_...` lines of a `.env` file that set something: `NAME=value`, `export` and quotes allowed."""
    text, flaw = "", None
    try:
        text = Path(path).read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        flaw = str(error)
    # Out here, since an error of decoding holds the whole file.
    if flaw is not None:
        raise ConfigurationError(f"cannot read {str(path)!r}: {flaw}")
    found: dict[str, Secret] = {}
    for line in text.splitlines():
        match = re.fullmatch(r"\s*(?:export\s+)?(QOVERY_\w+|Q_CLI_\w+)\s*=\s*(.*?)\s*", line)
        if match:
            name, value = match.groups()
            quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "'\""
            found[name] = Secret(value[1:-1] if quoted else re.sub(r"\s+#.*", "", value))
    return {name: value for name, value in found.items() if value.reveal()}


def _environment() -> dict[str, Secret]:
    """The SDK's own variables; an empty one counts as none."""
    names = (*_TOKENS, API_URL, WS_URL, ORGANIZATION_ID)
    return {name: Secret(os.environ[name]) for name in names if os.environ.get(name)}


def _find_token(variables: Mapping[str, Secret]) -> Secret:
    variable = next((name for name in _TOKENS if name in variables), None)
    if variable is None:
        raise ConfigurationError(f"no token; {ADVICE}")
    if not variable.endswith("_FILE"):
        return variables[variable]
    try:
        return Secret(Path(variables[variable].reveal()).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        kind = type(error).__name__
    # Neither the file's name, since the token itself may stand there, nor the error, which repeats it.
    raise ConfigurationError(f"{variable} must name a file with the token in it; reading it failed: {kind}")
