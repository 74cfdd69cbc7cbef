"""Which organization is meant where none is named?"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from qovery_async.errors import ConfigurationError
from qovery_async.plain import is_list, is_object
from qovery_async.transport.request import Call

if TYPE_CHECKING:
    from qovery_async.transport.exchange import Exchange


class DefaultOrganization:
    """The only organization the token sees; asked for once, also when many calls need it at once."""

    def __init__(self) -> None:
        self._id: str | None = None
        self._lookups: dict[asyncio.AbstractEventLoop, asyncio.Task[str]] = {}

    async def id(self, exchange: Exchange) -> str:
        """The id.

        Raises:
            ConfigurationError: the token sees several organizations, or none.
        """
        configured = exchange.options.organization_id or self._id
        if configured is not None:
            return configured
        loop = asyncio.get_running_loop()
        lookup = self._lookups.get(loop)
        if lookup is None:
            lookup = self._lookups[loop] = loop.create_task(self._look_up(exchange))
            lookup.add_done_callback(self._forget)
        # Shielded: the caller that asked first may be cancelled while others still wait.
        return await asyncio.shield(lookup)

    def _forget(self, lookup: asyncio.Task[str]) -> None:
        self._lookups.pop(lookup.get_loop(), None)
        if not lookup.cancelled():
            lookup.exception()  # taken, lest it is reported as lost when no caller is left

    async def _look_up(self, exchange: Exchange) -> str:
        response = await exchange.send(Call("organizations.list", "GET", "/organization"), "application/json")
        answer = response.json()
        results = answer.get("results") if is_object(answer) else None
        found = [entry for entry in results if is_object(entry)] if is_list(results) else []
        organizations = {str(entry["id"]): entry.get("name") for entry in found if "id" in entry}
        if len(organizations) == 1:
            (self._id,) = organizations
            return self._id
        if not organizations:
            raise ConfigurationError("the token sees no organization; check that it has not been revoked")
        listed = ", ".join(f"{id_} ({name})" for id_, name in organizations.items())
        raise ConfigurationError(
            "the token sees several organizations; say which with organization_id=... "
            f"or QOVERY_ORGANIZATION_ID: {listed}"
        )
