"""An API token of an emulator, and what is left of it after a rotation."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Generator
from typing import Any

import attrs
import pytest

from qovery_async import AsyncQovery
from qovery_async.emulator import Emulator


@attrs.frozen
class Old:
    """An API token of the emulator, and what a test does with it."""

    emulator: Emulator
    id: str
    text: str = attrs.field(repr=False)
    role_id: str

    def sees(self, token: str | None) -> bool:
        try:
            self.emulator.tokens.identify(f"Token {token}")
        except Exception:  # noqa: BLE001  # the emulator's own refusal
            return False
        return True

    def listed(self) -> dict[str, Any]:
        """The id and the name of each token but the emulator's own."""
        return {
            one.id: one.value["name"]
            for one in self.emulator.state.every("apiToken")
            if one.value["name"] != "emulator"
        }


@pytest.fixture
async def old() -> AsyncIterator[Old]:
    async with Emulator(world="demo", speed=None) as emulator:
        async with AsyncQovery(emulator.token, base_url=emulator.url) as client:
            roles = {one.name: one.id for one in await client.organization.list_available_roles()}
            made = await client.api_tokens.create(
                {"name": "ci", "description": "of the pipeline", "role_id": roles["DevOps"]}
            )
        yield Old(emulator, made.id, made.token or "", roles["DevOps"])


def rotate(id_: str, store: Callable[[str], object], **options: Any) -> Any:
    """The script of a rotation, for both faces."""

    def script(client: Any) -> Generator[Any, Any, Any]:
        return (yield client.tokens.rotate(id_, store=store, **options))

    return script
