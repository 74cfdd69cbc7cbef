"""Do custom domains lead to their service? The emulator has no DNS: those of a deployed service do."""

from __future__ import annotations

from typing import Any

from qovery_async.emulator.life.environments import Life
from qovery_async.emulator.world import pages
from qovery_async.emulator.world.calls import ApiCall, ApiHandlers, ApiResponse
from qovery_async.emulator.world.state import Entity

HOST = "gtw.apps.acme.example"
"""The end of the names that Qovery gives to services."""


def handlers(life: Life) -> ApiHandlers:
    """The handlers that check the domains of a service."""

    def check(call: ApiCall) -> ApiResponse:
        deployed = life.service(call.target.id).deployed
        rows = [_checked(domain, deployed=deployed) for domain in call.target.of_kind("customDomain")]
        return ApiResponse(pages.enclosed(rows, call.operation.response))

    return dict.fromkeys((f"{kind}.check_custom_domains" for kind in ("applications", "containers", "helms")), check)


def when_created(service: Entity) -> dict[str, Any]:
    """The name that a domain's CNAME must lead to."""
    return {"validation_domain": f"z{service.id[:8]}-{HOST}"}


def _checked(domain: Entity, *, deployed: bool) -> dict[str, Any]:
    name, target = domain.value["domain"], domain.value.get("validation_domain", HOST)
    if deployed:
        return {"domain_name": name, "status": "MATCHES_LOAD_BALANCER_HOST"}
    return {"domain_name": name, "status": "DOMAIN_NOT_CONFIGURED", "error_details": f"{name} has no CNAME to {target}"}
