"""An organization of services with names of one's choice, as a server for tests of `client.find`."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from aiohttp import web

SINCE = "2026-01-02T03:04:05Z"


def id_of(*names: str) -> str:
    """The id of what these names lead to, from its project down."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, "|".join(names)))


class NamedPlaces:
    """Responds with the lists of an organization; `services` are the names of each, from its project down.

    Two names are an environment without services, one is a project without environments.
    """

    def __init__(self, *services: Sequence[str], kind: str = "CONTAINER") -> None:
        self.kind = kind
        self.services = [tuple(names) for names in services]

    def __call__(self, request: web.BaseRequest) -> web.Response:
        lists = {"project": self._projects, "environments": self._environments, "services": self._services}
        found = lists.get(request.path.rpartition("/")[2])
        return web.json_response({"results": found() if found else []})

    def _projects(self) -> list[Any]:
        projects = dict.fromkeys(names[:1] for names in self.services)
        return [self._named(names) | {"organization": {"id": "o1"}} for names in projects]

    def _environments(self) -> list[Any]:
        environments = dict.fromkeys(names[:2] for names in self.services if len(names) > 1)
        return [
            self._named(names) | {
                "mode": "STAGING", "organization": {"id": "o1"}, "project": {"id": id_of(*names[:1])},
            }
            for names in environments
        ]  # fmt: skip

    def _services(self) -> list[Any]:
        return [
            self._named(names) | {
                "description": "", "icon_uri": "", "service_type": self.kind, "cluster_id": "c1",
                "project_id": id_of(names[0]), "project_name": names[0],
                "environment_id": id_of(*names[:2]), "environment_name": names[1],
            }
            for names in self.services if len(names) > 2
        ]  # fmt: skip

    def _named(self, names: Sequence[str]) -> dict[str, Any]:
        return {"id": id_of(*names), "name": names[-1], "created_at": SINCE}
