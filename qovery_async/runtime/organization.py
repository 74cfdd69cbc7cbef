"""Which organization does a call use if it names none?"""

from __future__ import annotations

from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Any

from qovery_async.codec.plain import is_object
from qovery_async.errors import ConfigurationError
from qovery_async.runtime.reading import read_items
from qovery_async.secrecy.printable import one_line
from qovery_async.transport.request import Call
from qovery_async.transport.single_flight import Shared

if TYPE_CHECKING:
    from qovery_async.transport.exchange import Exchange


# An error lists at most so many organizations.
_LISTED = 20


class DefaultOrganization:
    """The configured organization, or the only one that the token sees; concurrent calls share one lookup."""

    def __init__(self) -> None:
        self._id: str | None = None
        self._lookup: Shared[str] = Shared()

    async def id(self, exchange: Exchange) -> str:
        """The organization's id.

        Raises:
            ConfigurationError: no organization is configured, and the token sees several or none.
        """
        configured = exchange.options.organization_id or self._id
        return configured or await self._lookup.run(partial(self._look_up, exchange))

    async def _look_up(self, exchange: Exchange) -> str:
        response = await exchange.send(Call("organizations.list", "GET /organization"), "application/json")
        _, found = await read_items(exchange.codec, response, Any, "results")
        organizations: dict[str, object] = {
            entry["id"]: entry.get("name") for entry in found if is_object(entry) and isinstance(entry.get("id"), str)
        }
        if len(organizations) == 1:
            (only,) = organizations
            self._id = only
            return only
        if not organizations:
            raise ConfigurationError(
                "the token sees no organization; check that it has not been revoked and belongs to one"
            )
        listed = ", ".join(one_line(f"{id_} ({name})", 100) for id_, name in islice(organizations.items(), _LISTED))
        raise ConfigurationError(
            "the token sees several organizations; choose one with organization_id=... "
            f"or QOVERY_ORGANIZATION_ID: {listed}"
        )
