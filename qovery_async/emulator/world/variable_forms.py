"""How does a variable read? As part of all, or in the two older forms; a secret's value never."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from qovery_async.emulator.world.state import Entity

Form = Callable[[Entity], dict[str, Any]]


def as_variable(variable: Entity) -> dict[str, Any]:
    """`VariableResponse`."""
    return {**variable.value, "value": _told(variable)} | _links(variable, "variable")


def as_environment_variable(variable: Entity) -> dict[str, Any]:
    """`EnvironmentVariable`."""
    shown = {key: value for key, value in as_variable(variable).items() if key != "is_secret"}
    return {**shown, "value": shown["value"] or ""}


def as_secret(variable: Entity) -> dict[str, Any]:
    """`Secret`, which has no place for a value."""
    shown = {key: value for key, value in variable.value.items() if key not in ("is_secret", "mount_path")}
    links = _links(variable, "secret")
    return shown | {name: {k: v for k, v in link.items() if k != "value"} for name, link in links.items()}


def _told(variable: Entity) -> str | None:
    """Its value, or that of what it is an alias of."""
    if variable.value["is_secret"]:
        return None
    original = variable.facts.get("aliases")
    if original is not None:
        return _told(original)
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
                "value": _told(original),
                "mount_path": value.get("mount_path", ""),
                "scope": value["scope"],
                "variable_type": value["variable_type"],
            }
    return found
