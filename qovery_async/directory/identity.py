"""What is a handle, and what does it remember?"""

from __future__ import annotations

from typing import ClassVar

from qovery_async.directory.entries import DirectoryEntry, Noun, is_id
from qovery_async.errors import ConfigurationError
from qovery_async.runtime.core import Core
from qovery_async.runtime.resource import Resource
from qovery_async.secrecy.printable import one_line
from qovery_async.transport.single_flight import Shared


class Handle(Resource):
    """An object of Qovery that acts. Handles of the same id are equal.

    It remembers the name, and what never changes for its id.
    """

    id: str
    """The id."""
    _noun: ClassVar[Noun]

    def __init__(self, core: Core, target: str | DirectoryEntry) -> None:
        super().__init__(core)
        known = target if isinstance(target, DirectoryEntry) else None
        self.id = known.id if known else _checked(target, self._noun)
        self._known: DirectoryEntry | None = known

    @property
    def name(self) -> str | None:
        """The name when it was last asked for; None while only the id is known."""
        return self._known.name if self._known else None

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Handle):
            return NotImplemented
        return (self._noun, self.id) == (other._noun, other.id)

    def __hash__(self) -> int:
        return hash((self._noun, self.id))

    def __repr__(self) -> str:
        name = f"{self.name!r}, " if self.name else ""
        return f"{type(self).__name__}({name}id={self.id!r})"


class LearningHandle(Handle):
    """A handle that looks up what it needs to know, once."""

    def __init__(self, core: Core, target: str | DirectoryEntry) -> None:
        super().__init__(core, target)
        self._looking_up: Shared[DirectoryEntry] = Shared()

    async def _entry(self) -> DirectoryEntry:
        if self._known is None:
            self._known = await self._looking_up.run(self._look_up)
        return self._known

    async def _look_up(self) -> DirectoryEntry:
        raise NotImplementedError


async def entry_of(handle: Handle) -> DirectoryEntry:
    """What never changes for the id of a handle; looked up only for a service of a kind that is not known."""
    known, noun = handle._known, handle._noun  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]  # of this module
    if known is None and noun == "service" and isinstance(handle, LearningHandle):
        known = await handle._entry()  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
    return known or DirectoryEntry(noun=noun, id=handle.id, names=(), organization_id="")


async def learned(handle: Handle) -> DirectoryEntry | None:
    """What never changes for the id of a handle, looked up by those that do; None where only the id is known."""
    if isinstance(handle, LearningHandle):
        return await handle._entry()  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]  # of this module
    return handle._known  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]  # as above


def is_of(handle: Handle, noun: Noun) -> bool:
    """Whether a handle is that of a `noun`."""
    return handle._noun == noun  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]  # as above


def _checked(id_: object, noun: Noun) -> str:
    if isinstance(id_, str) and is_id(id_):
        return id_.lower()
    raise ConfigurationError(
        f"client.{noun} takes an id, got {one_line(repr(id_))}; client.find.{noun} finds a {noun} by its name"
    )
