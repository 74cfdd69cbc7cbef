"""All roads by which a token comes to a client, and one call of a client of either face that got it there."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import anyio
import anyio.to_thread
import pytest

from qovery_async import NO_RETRIES, AsyncQovery
from qovery_sync import Qovery

Arguments = dict[str, Any]
"""Of `from_env`."""


def _variable(name: str) -> Callable[[str, Path, pytest.MonkeyPatch], Arguments]:
    def come(token: str, folder: Path, patch: pytest.MonkeyPatch) -> Arguments:
        patch.setenv(name, token)
        return {}

    return come


def _file_of_variable(token: str, folder: Path, patch: pytest.MonkeyPatch) -> Arguments:
    patch.setenv("QOVERY_API_TOKEN_FILE", str(_written(folder / "token", token)))
    return {}


def _line_of_file(token: str, folder: Path, patch: pytest.MonkeyPatch) -> Arguments:
    quoted = token.replace("\\", r"\\").replace("'", r"\'")
    return {"dotenv": _written(folder / "env", f"QOVERY_API_TOKEN='{quoted}'\n")}


def _file_of_file(token: str, folder: Path, patch: pytest.MonkeyPatch) -> Arguments:
    name = _written(folder / "token", token)
    return {"dotenv": _written(folder / "env", f"QOVERY_API_TOKEN_FILE={name}\n")}


def _argument(token: str, folder: Path, patch: pytest.MonkeyPatch) -> Arguments:
    return {"token": token}


def _function(token: str, folder: Path, patch: pytest.MonkeyPatch) -> Arguments:
    return {"token": lambda: token}


def _async_function(token: str, folder: Path, patch: pytest.MonkeyPatch) -> Arguments:
    async def later() -> str:
        return token

    return {"token": later}


ROADS: dict[str, Callable[[str, Path, pytest.MonkeyPatch], Arguments]] = {
    "an argument": _argument,
    "a function": _function,
    "an async function": _async_function,
    "QOVERY_API_TOKEN": _variable("QOVERY_API_TOKEN"),
    "QOVERY_CLI_ACCESS_TOKEN": _variable("QOVERY_CLI_ACCESS_TOKEN"),
    "Q_CLI_ACCESS_TOKEN": _variable("Q_CLI_ACCESS_TOKEN"),
    "QOVERY_API_TOKEN_FILE": _file_of_variable,
    "a .env file": _line_of_file,
    "a file that a .env file names": _file_of_file,
}


def _written(path: Path, text: str) -> Path:
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    return path


async def list_projects(face: type[Any], url: str, arguments: Arguments) -> Any:
    """Makes a client and one call."""
    given: Arguments = {"base_url": url, "retries": NO_RETRIES, **arguments}

    def call_blocking() -> Any:
        with Qovery.from_env(**given) as client:
            return client.projects.list(organization_id="o1")

    if face is Qovery:
        return await anyio.to_thread.run_sync(call_blocking)
    async with AsyncQovery.from_env(**given) as client:
        return await client.projects.list(organization_id="o1")
