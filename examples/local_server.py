"""A handful of Qovery objects behind a local address, to try the examples without an account.

    python examples/local_server.py python examples/inventory.py

Runs the command with `QOVERY_API_URL` and `QOVERY_API_TOKEN` set, and ends with it.
"""

from __future__ import annotations

import asyncio
import os
import sys
import uuid
from typing import Any

from aiohttp import web

TOKEN = "demo-token"  # noqa: S105  # opens nothing but this server
CREATED = "2026-01-05T09:00:00Z"


def id_of(*names: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, "/".join(names)))


WORLD = {
    "shop": {
        "production": {"api": ("APPLICATION", "DEPLOYED"), "orders": ("DATABASE", "DEPLOYED")},
        "staging": {"api": ("APPLICATION", "DEPLOYING"), "orders": ("DATABASE", "DEPLOYED")},
    },
    "tools": {
        "production": {"grafana": ("HELM", "DEPLOYED"), "backup": ("JOB", "DEPLOYMENT_ERROR")},
        "preview-42": {},
    },
}
ORGANIZATION = {"id": id_of("acme"), "name": "acme", "created_at": CREATED, "plan": "ENTERPRISE"}
KINDS = ("application", "container", "job", "database", "helm", "terraform")


def projects() -> list[dict[str, Any]]:
    return [
        {
            "id": id_of(name),
            "name": name,
            "created_at": CREATED,
            "associated_environments_count": len(environments),
            "organization": {"id": ORGANIZATION["id"]},
        }
        for name, environments in WORLD.items()
    ]


def environments() -> list[dict[str, Any]]:
    return [
        {
            "id": id_of(project, name),
            "name": name,
            "created_at": CREATED,
            "organization": {"id": ORGANIZATION["id"]},
            "project": {"id": id_of(project)},
            "mode": {"production": "PRODUCTION", "staging": "STAGING"}.get(name, "PREVIEW"),
        }
        for project, names in WORLD.items()
        for name in names
    ]


def services() -> list[dict[str, Any]]:
    return [
        {
            "id": id_of(project, environment, name),
            "name": name,
            "description": "",
            "icon_uri": "app://qovery-console/application",
            "service_type": kind,
            "project_id": id_of(project),
            "project_name": project,
            "environment_id": id_of(project, environment),
            "environment_name": environment,
            "cluster_id": id_of("cluster"),
        }
        for project, names in WORLD.items()
        for environment, found in names.items()
        for name, (kind, _) in found.items()
    ]


def statuses(environment_id: str) -> dict[str, Any]:
    for project, names in WORLD.items():
        for environment, found in names.items():
            if id_of(project, environment) == environment_id:
                states = {state for _, state in found.values()} or {"READY"}
                state = next((s for s in states if s != "DEPLOYED"), "DEPLOYED")
                answer: dict[str, Any] = {f"{kind}s": [] for kind in KINDS}
                answer["environment"] = {"id": environment_id, "state": state, "last_deployment_state": state}
                for name, (kind, service_state) in found.items():
                    one = status(id_of(project, environment, name), service_state)
                    answer[f"{kind.lower()}s"].append(one)
                return answer
    raise web.HTTPNotFound


def status(service_id: str, state: str) -> dict[str, Any]:
    return {
        "id": service_id,
        "state": state,
        "service_deployment_status": "UP_TO_DATE",
        "is_part_last_deployment": True,
        "status_details": {"action": "DEPLOY", "status": "SUCCESS", "sub_action": "NONE"},
        "deployment_request_id": None,
        "deployment_requests_count": 0,
    }


@web.middleware
async def guarded(request: web.Request, handler: Any) -> web.StreamResponse:
    if request.headers.get("Authorization") != f"Token {TOKEN}":
        return web.json_response({"status": 401, "detail": "unknown token"}, status=401)
    answer: web.StreamResponse = await handler(request)
    return answer


def application() -> web.Application:
    app = web.Application(middlewares=[guarded])

    def answer(path: str, body: Any) -> None:
        async def handler(_: web.Request) -> web.Response:
            return web.json_response(body)

        app.router.add_get(path, handler)

    async def statuses_of(request: web.Request) -> web.Response:
        return web.json_response(statuses(request.match_info["id"]))

    answer("/organization", {"results": [ORGANIZATION]})
    answer(f"/organization/{ORGANIZATION['id']}/project", {"results": projects()})
    answer(f"/organization/{ORGANIZATION['id']}/environments", {"results": environments()})
    answer(f"/organization/{ORGANIZATION['id']}/services", {"results": services()})
    app.router.add_get("/environment/{id}/statuses", statuses_of)
    return app


async def main(command: list[str]) -> int:
    runner = web.AppRunner(application())
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    environ = {**os.environ, "QOVERY_API_URL": f"http://{host}:{port}", "QOVERY_API_TOKEN": TOKEN}
    process = await asyncio.create_subprocess_exec(*command, env=environ)
    try:
        return await process.wait()
    finally:
        await runner.cleanup()


if __name__ == "__main__":
    sys.exit(asyncio.run(main(sys.argv[1:])))
