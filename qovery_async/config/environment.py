"""What do the environment and a `.env` file set?"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar, cast

from qovery_async.config.dotenv import parse
from qovery_async.config.settings import ClientSettings, TokenSource
from qovery_async.errors import ConfigurationError
from qovery_async.secrecy.secret import Secret
from qovery_async.transport.credentials import ADVICE, Source

S = TypeVar("S", bound=ClientSettings)

API_URL, WS_URL, ORGANIZATION_ID = "QOVERY_API_URL", "QOVERY_WS_URL", "QOVERY_ORGANIZATION_ID"
_TOKENS = ("QOVERY_API_TOKEN", "QOVERY_API_TOKEN_FILE", "QOVERY_CLI_ACCESS_TOKEN", "Q_CLI_ACCESS_TOKEN")
_NAMES = (*_TOKENS, API_URL, WS_URL, ORGANIZATION_ID)


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
    file, environment = read_dotenv(path), _environment()
    left = {name: file[name] for name in file if name not in environment}
    named: dict[str, Any] = {"base_url": left.get(API_URL), "ws_url": left.get(WS_URL)}
    if ORGANIZATION_ID in left:
        named["organization_id"] = left[ORGANIZATION_ID].reveal()
    found = {argument: value for argument, value in named.items() if settings.get(argument) is None}
    if token is None:
        token = _find_token(environment if any(name in environment for name in _TOKENS) else file)
    return token, cast("S", {**settings, **found})


def read_dotenv(path: str | Path) -> dict[str, Secret]:
    """The SDK's own variables in a `.env` file that set something.

    Raises:
        ConfigurationError: the file, or a line with one of the variables, cannot be read.
    """
    if str(path).startswith(("qov_", "sk-qov", "eyJ")):
        raise ConfigurationError("dotenv must be the name of a file; a token is passed as token=...")
    found, flaw = _read_file(path)
    # Out here, where nothing holds the text of the file.
    if flaw is not None:
        raise ConfigurationError(f"cannot read {str(path)!r}: {flaw}")
    return found


def _read_file(path: str | Path) -> tuple[dict[str, Secret], str | None]:
    try:
        text = Path(path).read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        return {}, str(error)
    file = parse(text, os.environ)
    for line, rest in file.broken.items():
        name = re.search(r"\b(QOVERY|Q_CLI)_\w+", rest)
        if name is not None and name[0] in _NAMES:
            return {}, f"line {line} sets {name[0]}, but its quotes do not end, or something follows them"
    return {name: Secret(file.values[name]) for name in _NAMES if file.values.get(name)}, None


def _environment() -> dict[str, Secret]:
    """The SDK's own variables; an empty one counts as none."""
    return {name: Secret(os.environ[name]) for name in _NAMES if os.environ.get(name)}


def _find_token(variables: Mapping[str, Secret]) -> Secret:
    variable = next((name for name in _TOKENS if name in variables), None)
    if variable is None:
        raise ConfigurationError(f"no token; {ADVICE}")
    if not variable.endswith("_FILE"):
        return variables[variable]
    try:
        return Secret(Path(variables[variable].reveal()).read_text(encoding="utf-8-sig"))
    except (OSError, ValueError) as error:
        kind = type(error).__name__
    # Neither the file's name, since the token itself may stand there, nor the error, which repeats it.
    raise ConfigurationError(f"{variable} must name a file with the token in it; reading it failed: {kind}")
