"""Which webhooks of an organization does an event go to, and may it leave this machine?"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Collection

from yarl import URL

from qovery_async.emulator.world.state import Entity
from qovery_async.models import OrganizationWebhookEventEnum


def wants(webhook: Entity, event: OrganizationWebhookEventEnum, environment: Entity) -> bool:
    """Whether a webhook is enabled and its events and filters match. An empty filter matches everything."""
    value, project = webhook.value, environment.above("project")
    names = value.get("project_names_filter") or ["*"]
    mode = environment.value.get("mode")
    modes = value.get("environment_types_filter") or [mode]
    return (
        value.get("enabled") is not False
        and event in (value.get("events") or ())
        and project is not None
        and any(_fits(name, project.value["name"]) for name in names)
        and mode in modes
    )


def refusal(url: str, hosts: Collection[str]) -> str | None:
    """Why nothing is sent to this address, or None. `hosts` are allowed, with or without a port, as is this machine."""
    try:
        target = URL(url)  # as aiohttp reads it, so that both mean the same host
    except ValueError:
        return "the target_url is no valid address"
    name = target.host
    if not name or target.scheme not in ("http", "https"):
        return "the target_url is no valid address"
    if _is_loopback(name) or not {name, f"{name}:{target.port}"}.isdisjoint(hosts):
        return None
    return f"{name} is not this machine; allow it with Emulator(webhook_hosts=...) or --allow-webhook-host"


def _is_loopback(name: str) -> bool:
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return name == "localhost"


def _fits(pattern: str, name: str) -> bool:
    """Whether a name fits a pattern, in which `*` stands for any characters. Case does not matter."""
    parts = [re.escape(part) for part in pattern.split("*")]
    return re.fullmatch(".*".join(parts), name, re.IGNORECASE | re.DOTALL) is not None
