"""Three places of the demo world, one inside the other, and what their variables really are."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import Any

import attrs

from qovery_async import AliasOf, MountedFile, SecretValue, VariableValue
from qovery_async.emulator import Emulator, Fault
from qovery_async.emulator.faults.kinds import IncomingRequest, OutgoingResponse
from qovery_async.emulator.world.state import Entity
from qovery_async.emulator.world.variables import add

KIND = "variable"
SCOPES = ("project", "environment", "application")


@attrs.frozen
class Places:
    """An application of the demo world, and what it is in; without variables."""

    emulator: Emulator

    @property
    def application(self) -> Entity:
        return self.emulator.state.every("application")[0]

    @property
    def environment(self) -> Entity:
        return self._above("environment")

    @property
    def project(self) -> Entity:
        return self._above("project")

    def all(self) -> list[Entity]:
        return [self.project, self.environment, self.application]

    def has(self, place: Entity, key: str, value: str = "v", *, is_secret: bool = False, **more: Any) -> Entity:
        """A variable that is there from the start."""
        made = {"key": key, "value": value, **more}
        return add(self.emulator.state, place, made, is_secret=is_secret)

    def linked(self, place: Entity, key: str, original: Entity, value: str = "") -> Entity:
        """An alias, or with the key of the original, an override."""
        fact = "overrides" if key == original.value["key"] else "aliases"
        sent = {**original.value, "key": key, "value": value}
        facts = {fact: original}
        return add(self.emulator.state, place, sent, is_secret=original.value["is_secret"], **facts)

    def shown(self, place: Entity) -> dict[str, str]:
        """What the variables of a place are, secrets included: `*` marks those, `->` an alias."""
        return {entity.value["key"]: _shown(entity) for entity in place.of_kind(KIND) if not _is_built_in(entity)}

    def clear(self) -> None:
        """Removes the variables that the demo world begins with."""
        for place in [self.project, *self.project.below()]:
            for entity in place.of_kind(KIND):
                self.emulator.state.remove(entity)

    def _above(self, kind: str) -> Entity:
        found = self.application.above(kind)
        assert found is not None
        return found


def _is_built_in(entity: Entity) -> bool:
    return bool(entity.value["scope"] == "BUILT_IN")


def _shown(entity: Entity) -> str:
    if "aliases" in entity.facts:
        return f"->{entity.facts['aliases'].value['key']}"
    text = f"*{entity.facts['plain']}" if entity.value["is_secret"] else str(entity.facts["plain"])
    path = entity.value.get("mount_path")
    return f"{text} at {path}" if path else text


def expected(desired: Mapping[str, VariableValue]) -> dict[str, str]:
    """What `Places.shown` shows once variables are as desired."""
    return {key: _wanted(value) for key, value in desired.items()}


def _wanted(value: VariableValue) -> str:
    match value:
        case AliasOf():
            return f"->{value.key}"
        case SecretValue():
            return f"*{value.value}"
        case MountedFile():
            return f"{_wanted(value.content)} at {value.mount_path}"
        case str():
            return value


def kill(emulator: Emulator, at: int) -> None:
    """Ends a program at its request number `at`, from 0: requests under way take effect, and no response comes."""
    numbers = itertools.count()
    killed = False

    def before(_: IncomingRequest, response: OutgoingResponse) -> OutgoingResponse | None:
        nonlocal killed
        if killed:
            return attrs.evolve(response, ending="dropped")
        killed = next(numbers) >= at
        return None

    def after(_: IncomingRequest, response: OutgoingResponse) -> OutgoingResponse | None:
        return attrs.evolve(response, ending="dropped") if killed else None

    emulator.faults.add(Fault("kill", "before", before), call="variables.*")
    emulator.faults.add(Fault("kill", "after", after), call="variables.*")


def build(places: Places) -> None:
    """An application that has a variable of each type, and inherits some."""
    app, environment, project = places.application, places.environment, places.project
    places.has(project, "UP", "up")
    places.has(project, "UP_SECRET", "hush up", is_secret=True)
    places.has(project, "UP_FILE", "up", mount_path="/up")
    up = places.has(project, "OVER", "wide")
    places.linked(environment, "OVER", up, "middle")
    places.linked(app, "OVER", up, "narrow")
    a = places.has(app, "A", "a", description="the first")
    places.has(app, "S", "hush", is_secret=True)
    places.has(app, "F", "file", mount_path="/f")
    places.linked(app, "ALIAS", a)
    places.linked(app, "UP_ALIAS", places.has(environment, "E", "e"))
