"""What is there? Everything that was created and not deleted, as it goes over the wire."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import attrs

from qovery_async.emulator.facts.refusals import not_found
from qovery_async.emulator.facts.samples import new_id


@attrs.define(eq=False)
class Entity:
    """One object. Its kind is the API's own word from the path: `environment`, `aws/credentials`.

    `value` is replaced as a whole, never changed inside: objects made from one template share parts.
    """

    kind: str
    id: str
    parent: Entity | None
    value: dict[str, Any]
    children: dict[str, dict[str, Entity]] = attrs.field(factory=dict[str, "dict[str, Entity]"], repr=False)
    settings: dict[str, Any] = attrs.field(factory=dict[str, Any], repr=False)
    """What there is exactly one of, by its word in the path: `advancedSettings`, `network`."""
    facts: dict[str, Any] = attrs.field(factory=dict[str, Any], repr=False)
    """What is known and never answered as such: `state` (a StateEnum value) and whatever life adds."""

    def ancestors(self) -> Iterator[Entity]:
        """Itself, its parent and so on; the root, which is nothing of the API, is left out."""
        entity = self
        while entity.parent is not None:
            yield entity
            entity = entity.parent

    def above(self, kind: str) -> Entity | None:
        """Itself or the ancestor of a kind."""
        return next((entity for entity in self.ancestors() if entity.kind == kind), None)

    def of_kind(self, kind: str) -> list[Entity]:
        """Its children of a kind, oldest first."""
        return list(self.children.get(kind, {}).values())

    def below(self) -> Iterator[Entity]:
        """All its descendants."""
        for family in self.children.values():
            for child in family.values():
                yield child
                yield from child.below()


class State:
    """All entities. Random where the API is, yet the same for the same seed and the same requests."""

    def __init__(self, seed: int = 0) -> None:
        self.seed = seed
        self.root = Entity("", "", None, {})
        self.clock: Callable[[], datetime] = lambda: datetime.now(UTC)
        self.removed: list[Callable[[Entity], None]] = []
        """Called for each entity that goes, children first."""
        self._dice = random.Random(seed)  # noqa: S311  # ids need no secrecy here
        self._by_id: dict[str, Entity] = {}

    def new_id(self) -> str:
        return new_id(self._dice)

    def now(self) -> str:
        return self.clock().isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def add(self, kind: str, parent: Entity, value: dict[str, Any], *, id_: str | None = None, **facts: Any) -> Entity:
        """Puts an object under its parent; its id is the one in it unless another is given."""
        entity = Entity(kind, id_ or value["id"], parent, value, facts=facts)
        parent.children.setdefault(kind, {})[entity.id] = entity
        self._by_id[entity.id] = entity
        return entity

    def remove(self, entity: Entity) -> None:
        """Takes an entity out, with all that is below it."""
        for family in list(entity.children.values()):
            for child in list(family.values()):
                self.remove(child)
        for listener in self.removed:
            listener(entity)
        del self._by_id[entity.id]
        if entity.parent is not None:
            del entity.parent.children[entity.kind][entity.id]

    def find(self, id_: str) -> Entity | None:
        return self._by_id.get(id_)

    def get(self, kind: str, id_: str) -> Entity:
        """The entity of a kind.

        Raises:
            Problem: 404, there is none.
        """
        entity = self._by_id.get(id_)
        if entity is None or entity.kind != kind:
            raise not_found(kind, id_)
        return entity

    def every(self, kind: str) -> list[Entity]:
        """All entities of a kind, wherever they are."""
        return [entity for entity in self._by_id.values() if entity.kind == kind]

    def __len__(self) -> int:
        return len(self._by_id)
