"""Under which URLs can the services of an environment be reached?"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

from qovery_async.emulator.life.environments import Life
from qovery_async.emulator.world import domains, pages
from qovery_async.emulator.world.calls import ApiCall, ApiHandlers, ApiResponse
from qovery_async.emulator.world.state import Entity
from qovery_async.emulator.world.views import service_type, services_of

_HTTPS = 443
# Ports of Helm services do not say so: all of them are public.
_ALL_PUBLIC = "helm"


def handlers(life: Life) -> ApiHandlers:
    """The handlers that list links, of an environment and of one service, and that tell whether they work."""

    def router(call: ApiCall) -> ApiResponse:
        id_ = str(uuid.uuid5(uuid.UUID(call.target.id), "router"))
        return ApiResponse({"routerId": id_, "status": life.service(call.target.id).state.value})

    of_service = dict.fromkeys(("applications.list_links", "containers.list_links", "helms.list_links"), _of_service)
    return {
        **of_service,
        "environments.list_links": _of_environment,
        "services.get_ingress_deployment_status": router,
    }


def _of_environment(call: ApiCall) -> ApiResponse:
    found = [link for service in services_of(call.target) for link in _links(service)]
    return ApiResponse(pages.enclosed(found, call.operation.response))


def _of_service(call: ApiCall) -> ApiResponse:
    return ApiResponse(pages.enclosed(list(_links(call.target)), call.operation.response))


def _links(service: Entity) -> Iterator[dict[str, Any]]:
    """A link for each public port, and one for each custom domain, which leads to the default port."""
    ports = [
        port
        for port in service.value.get("ports") or ()
        if port.get("publicly_accessible") or service.kind == _ALL_PUBLIC
    ]
    if not ports:
        return
    default = next((port for port in ports if port.get("is_default")), ports[0])
    for port in ports:
        host = f"p{port['internal_port']}-z{service.id[:8]}-{domains.HOST}"
        yield _link(service, port, host, is_qovery_domain=True, is_default=port is default)
    for domain in service.of_kind("customDomain"):
        yield _link(service, default, domain.value["domain"], is_qovery_domain=False, is_default=False)


def _link(
    service: Entity, port: dict[str, Any], host: str, *, is_qovery_domain: bool, is_default: bool
) -> dict[str, Any]:
    return {
        "service_id": service.id,
        "service_type": service_type(service),
        "url": f"https://{host}",
        "internal_port": port["internal_port"],
        "external_port": port.get("external_port") or _HTTPS,
        "is_qovery_domain": is_qovery_domain,
        "is_default": is_default,
    }
