"""Where does a database listen, which credentials does it take, and which versions are there?"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

import attrs

from qovery_async.emulator.world import pages
from qovery_async.emulator.world.calls import ApiCall, ApiHandlers, ApiResponse
from qovery_async.emulator.world.state import Entity


@attrs.frozen
class DatabaseKind:
    """What databases of a kind have in common."""

    port: int
    login: str
    versions: Sequence[str]


KINDS: Mapping[str, DatabaseKind] = {
    "MONGODB": DatabaseKind(27017, "root", ("5.0", "6.0", "7.0", "8.0")),
    "MYSQL": DatabaseKind(3306, "root", ("5.7", "8.0", "8.4")),
    "POSTGRESQL": DatabaseKind(5432, "postgres", ("13", "14", "15", "16", "17")),
    "REDIS": DatabaseKind(6379, "default", ("6.0", "6.2", "7.0", "7.2")),
}
_NEWER = DatabaseKind(5432, "root", ())
"""What is known of a kind that is none of these."""
_MODES = ("CONTAINER", "MANAGED")


def handlers() -> ApiHandlers:
    """The handlers that show credentials and versions of databases."""
    return {
        "databases.get_master_credentials": _credentials,
        "databases.list_versions": _versions,
        "environments.list_database_configurations": _configurations,
    }


def when_shown(database: Entity) -> Mapping[str, Any]:
    """The host and port of a database: a public name if everybody may connect, else the name in the cluster."""
    value, short = database.value, database.id[:8]
    public = value.get("accessibility") == "PUBLIC"
    host = f"z{short}-{value['type'].lower()}.apps.acme.example" if public else f"database-z{short}"
    return {"host": host, "port": _kind_of(database).port}


def _kind_of(database: Entity) -> DatabaseKind:
    return KINDS.get(database.value["type"], _NEWER)


def _credentials(call: ApiCall) -> ApiResponse:
    database = call.target
    password = hashlib.sha256(f"{call.state.seed}/{database.id}".encode()).hexdigest()[:24]
    login = _kind_of(database).login
    return ApiResponse({**when_shown(database), "login": login, "password": password})


def _versions(call: ApiCall) -> ApiResponse:
    rows = [{"name": version} for version in _kind_of(call.target).versions]
    return ApiResponse(pages.enclosed(rows, call.operation.response))


def _configurations(call: ApiCall) -> ApiResponse:
    rows = [
        {
            "database_type": name,
            "version": [{"name": v, "supported_mode": mode} for v in kind.versions for mode in _MODES],
        }
        for name, kind in KINDS.items()
    ]
    return ApiResponse(pages.enclosed(rows, call.operation.response))
