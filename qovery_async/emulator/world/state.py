"""Which objects exist? All that were created and not deleted, as the API sends them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

import attrs

from qovery_async.emulator.facts.refusals import not_found
from qovery_async.emulator.life.dice import Ids


@attrs.define(eq=False)
class Entity:
    """An object of the API. Its kind is the word in the path: `environment`, `aws/credentials`.

    Replace `value` as a whole and never change it in place: entities copied from one template share parts.
    """

    kind: str
    id: str
    parent: Entity | None
    value: dict[str, Any]
    children: dict[str, dict[str, Entity]] = attrs.field(factory=dict[str, "dict[str, Entity]"], repr=False)
    settings: dict[str, Any] = attrs.field(factory=dict[str, Any], repr=False)
    """Settings, of which an entity has exactly one, by the word in the path: `advancedSettings`."""
    facts: dict[str, Any] = attrs.field(factory=dict[str, Any], repr=False)
    """What the emulator keeps and the API does not show as such: `state`, `token`, `stage`."""

    def ancestors(self) -> Iterator[Entity]:
        """The entity itself, its parent and so on, without the root of the state."""
        entity = self
        while entity.parent is not None:
            yield entity
            entity = entity.parent

    def above(self, kind: str) -> Entity | None:
        """The ancestor of a kind, or the entity itself if it is of that kind."""
        return next((entity for entity in self.ancestors() if entity.kind == kind), None)

    def of_kind(self, kind: str) -> list[Entity]:
        """The children of a kind, oldest first."""
        return list(self.children.get(kind, {}).values())

    def below(self) -> Iterator[Entity]:
        """All descendants, parents before children."""
        for family in self.children.values():
            for child in family.values():
                yield child
                yield from child.below()


class State:
    """All entities of an emulator. The same seed and the same requests give the same ids."""

    def __init__(self, seed: int = 0) -> None:
        self.seed = seed
        self.root = Entity("", "", None, {})
        self.clock: Callable[[], datetime] = lambda: datetime.now(UTC)
        self.in_real_seconds: Callable[[float], float] = lambda seconds: seconds
        """How long seconds of the emulator's clock take in the time that `clock` tells."""
        self.removed: list[Callable[[Entity], None]] = []
        """Functions that are called with each removed entity, children first."""
        self.ids = Ids(seed)
        self._by_id: dict[str, Entity] = {}

    def new_id(self) -> str:
        """A UUID."""
        return self.ids.new()

    def now(self) -> str:
        """The time of the emulator's clock, in ISO 8601."""
        return self.clock().isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def add(self, kind: str, parent: Entity, value: dict[str, Any], *, id_: str | None = None, **facts: Any) -> Entity:
        """Adds an object under its parent. Without `id_`, the object's own id counts."""
        entity = Entity(kind, id_ or value["id"], parent, value, facts=facts)
        parent.children.setdefault(kind, {})[entity.id] = entity
        self._by_id[entity.id] = entity
        return entity

    def remove(self, entity: Entity) -> None:
        """Removes an entity with its descendants."""
        for family in list(entity.children.values()):
            for child in list(family.values()):
                self.remove(child)
        for listener in self.removed:
            listener(entity)
        del self._by_id[entity.id]
        if entity.parent is not None:
            del entity.parent.children[entity.kind][entity.id]

    def find(self, id_: str) -> Entity | None:
        """The entity with this id, or None."""
        return self._by_id.get(id_)

    def get(self, kind: str, id_: str) -> Entity:
        """The entity of this kind with this id.

        Raises:
            Refusal: 404 if it does not exist.
        """
        entity = self._by_id.get(id_)
        if entity is None or entity.kind != kind:
            raise not_found(kind, id_)
        return entity

    def every(self, kind: str) -> list[Entity]:
        """All entities of a kind, oldest first."""
        return [entity for entity in self._by_id.values() if entity.kind == kind]

    def all(self) -> Iterable[Entity]:
        """All entities, oldest first."""
        return self._by_id.values()

    def __len__(self) -> int:
        return len(self._by_id)
