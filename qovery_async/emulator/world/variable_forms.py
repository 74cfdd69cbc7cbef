"""Which object does an operation return for a variable? Never with the value of a secret."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from qovery_async.emulator.facts.families import families
from qovery_async.emulator.world.state import Entity

Form = Callable[[Entity], dict[str, Any]]
# The values of `LinkedServiceTypeEnum`.
_LINKED = ("APPLICATION", "CONTAINER", "DATABASE", "JOB", "HELM", "TERRAFORM")


def as_variable(variable: Entity) -> dict[str, Any]:
    """`VariableResponse`."""
    return {**variable.value, **_service(variable), "value": _value(variable)} | _links(variable, "variable")


def as_environment_variable(variable: Entity) -> dict[str, Any]:
    """`EnvironmentVariable`."""
    shown = {key: value for key, value in as_variable(variable).items() if key != "is_secret"}
    return {**shown, "value": shown["value"] or ""}


def as_secret(variable: Entity) -> dict[str, Any]:
    """`Secret`, which has no key for a value."""
    shown = {key: value for key, value in variable.value.items() if key not in ("is_secret", "mount_path")}
    shown |= _service(variable)
    links = _links(variable, "secret")
    return shown | {name: {k: v for k, v in link.items() if k != "value"} for name, link in links.items()}


def _service(variable: Entity) -> dict[str, Any]:
    """The service that a variable belongs to, or that a built-in one is about."""
    service: Entity | None = variable.facts.get("service") or variable.parent
    type_ = families().services.get(service.kind) if service else None
    if service is None or type_ not in _LINKED:
        return {}
    return {"service_id": service.id, "service_name": service.value["name"], "service_type": type_}


def _value(variable: Entity) -> str | None:
    """The value of a variable, or of the one that it is an alias of. None for secrets."""
    if variable.value["is_secret"]:
        return None
    original = variable.facts.get("aliases")
    if original is not None:
        return _value(original)
    plain: str = variable.facts["plain"]
    return plain


def _links(variable: Entity, word: str) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for fact, name in (("aliases", f"aliased_{word}"), ("overrides", f"overridden_{word}")):
        original = variable.facts.get(fact)
        if original is not None:
            value = original.value
            found[name] = {
                "id": original.id,
                "key": value["key"],
                "value": _value(original),
                "mount_path": value.get("mount_path", ""),
                "scope": value["scope"],
                "variable_type": value["variable_type"],
            }
    return found
