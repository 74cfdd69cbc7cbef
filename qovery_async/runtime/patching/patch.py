"""How is an object read, changed and sent back as a whole?"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Literal, TypeVar

from qovery_async.codec.shapes import attributes
from qovery_async.codec.unknown_keys import accept, tell
from qovery_async.codec.writer import encode_body
from qovery_async.errors import ConfigurationError, ConflictingChange, DecodeError, NotListed
from qovery_async.runtime.patching.convert import branch, converted
from qovery_async.runtime.patching.difference import PatchPreview, differences, secret_keys
from qovery_async.runtime.patching.hidden import check
from qovery_async.runtime.patching.merge import merged, other_branch
from qovery_async.runtime.patching.turns import one_at_a_time
from qovery_async.vocabulary import Model
from qovery_async.vocabulary.values import frozen

T = TypeVar("T")

OnConflict = Literal["raise", "again", "ignore"]
"""What `patch` does if someone else changes the object after it was read: raise `ConflictingChange`, patch what is
there now, or not look, which saves a request."""

_CHOICES = ("raise", "again", "ignore")
_ATTEMPTS = 5


@frozen
class Patch:
    """A change of one object: `read` gets it, `target` is the type of the request that replaces it."""

    operation: str
    target: Any
    read: Callable[[], Awaitable[Any]]
    mapping: Mapping[str, Any] | None
    named: Mapping[str, Any]

    async def send(self, write: Callable[[Any], Awaitable[T]], on_conflict: OnConflict) -> T:
        """Reads the object, changes it and sends it.

        Raises:
            ConfigurationError: a value must be given, or the object is of a kind that cannot be converted.
            ConflictingChange: someone else changed the object in between.
            DecodeError: the response is not the object.
        """
        if on_conflict not in _CHOICES:
            raise ConfigurationError(f"on_conflict must be one of {', '.join(_CHOICES)}, got {on_conflict!r}")
        changes = self._changes()
        async with one_at_a_time(self.operation, write):
            return await self._send(write, on_conflict, changes)

    async def _send(self, write: Callable[[Any], Awaitable[T]], on_conflict: OnConflict, changes: dict[str, Any]) -> T:
        found = await self.read()
        for _ in range(_ATTEMPTS):
            body = self._bodies(found, changes)[1]
            if on_conflict == "ignore" or _updated(found) is None:
                return await write(body)
            now = await self.read()
            if _updated(now) == _updated(found):
                return await write(body)
            if on_conflict == "raise":
                raise ConflictingChange(
                    f"{self.operation}: someone else changed the object after it was read, so nothing was sent;"
                    ' look at it and patch it again, or pass on_conflict="again"'
                )
            found = now
        raise ConflictingChange(
            f"{self.operation}: someone else changed the object {_ATTEMPTS} times, each time after it was read, so"
            " nothing was sent; find out what changes it, and patch it again"
        )

    async def preview(self) -> PatchPreview:
        """What `send` would send, and the difference to what is there."""
        changes = self._changes()
        before, after = self._bodies(await self.read(), changes)
        tell(self._update, after)
        return PatchPreview(after, tuple(differences(before, after, secret_keys(self.target))))

    @property
    def _update(self) -> str:
        return f"{self.operation.rpartition('.')[0]}.update"

    def _bodies(self, found: Any, changes: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
        """The JSON of the request without and with the changes."""
        model = branch(found, self.target) if isinstance(found, Model) else None
        if model is None:
            raise ConfigurationError(
                f"{self.operation}: there is no rule by which {type(found).__name__} becomes a request;"
                " call `update` with a whole body"
            )
        if _lacks_id(found):
            raise DecodeError(f"{self.operation}: the response has no id, so it is not the object; nothing was sent")
        before = converted(found, self.target)
        accept(self._update, before)
        after = merged(before, changes, self.target, model)
        given = encode_body(changes)
        check(self.operation, after, given, encode_body(found), other_branch(changes, self.target) or model)
        return before, after

    def _changes(self) -> dict[str, Any]:
        """The mapping and the keywords together.

        Raises:
            ConfigurationError: the mapping is none, or a key is given twice.
        """
        mapping: Mapping[str, Any] = {} if self.mapping is None else self.mapping
        if not isinstance(mapping, Mapping):  # pyright: ignore[reportUnnecessaryIsInstance]  # not everyone checks types
            raise ConfigurationError(f"{self.operation}: the changes must be a mapping, got {type(mapping).__name__}")
        if twice := mapping.keys() & self.named.keys():
            names = ", ".join(sorted(twice))
            raise ConfigurationError(f"{self.operation}: {names} is given twice, in the mapping and by name")
        return {**mapping, **self.named}


async def listed(read: Callable[[], Awaitable[Sequence[T]]], id_: str, operation: str, list_: str) -> T:
    """The object of a list that has an id, where the API has no way to get it alone.

    Raises:
        NotListed: no object has it.
    """
    found = next((item for item in await read() if getattr(item, "id", None) == id_), None)
    if found is None:
        raise NotListed(404, f"{list_} has no object with the id {id_!r}", operation=operation)
    return found


async def boxed(read: Callable[[], Awaitable[Any]], box: type[Model], attribute: str) -> Model:
    """A list that the API returns alone, in the object that its request is."""
    return box(**{attribute: await read()})


def _lacks_id(found: Any) -> bool:
    """Whether an object that has an id came without one: then it is another response, and sending it empties this."""
    return any(a.name == "id" and a.required and found.id is None for a in attributes(found.__class__))


def _updated(found: Any) -> Any:
    """When an object was last changed; None where the API does not tell."""
    return getattr(found, "updated_at", None)
