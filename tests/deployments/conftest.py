"""What tests of deployments start with: an emulator in which a deployment takes half a second, and its services."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Any

import anyio
import anyio.to_thread
import attrs
import pytest

from qovery_async import NO_RETRIES, AsyncQovery, RequestEvent
from qovery_async.emulator import Emulator
from qovery_async.emulator.world.state import Entity
from qovery_sync import Qovery
from tests.support.quick import hastened

TIMES = 20.0


@attrs.frozen
class Place:
    """An emulated environment with a service of each kind, and what a client asked of it."""

    emulator: Emulator
    face: str
    id: str
    services: dict[str, Any]
    """By kind."""
    asked: list[str] = attrs.field(factory=list[str])
    """The operations, in order."""

    async def __call__(self, call: Callable[[Any], Any], **options: Any) -> Any:
        """Makes a call with a client of the face; the blocking one in a thread, since the emulator needs the loop."""
        options = {"base_url": self.emulator.url, "retries": NO_RETRIES, "on_request": self._note} | options
        with anyio.fail_after(30):
            if self.face == "async":
                async with AsyncQovery(self.emulator.token, **options) as client:
                    return await call(client)
            return await anyio.to_thread.run_sync(self._blocking, call, options, abandon_on_cancel=True)

    def _blocking(self, call: Callable[[Any], Any], options: dict[str, Any]) -> Any:
        with Qovery(self.emulator.token, **options) as client:
            return call(client)

    def _note(self, event: RequestEvent) -> None:
        self.asked.append(event.operation)

    def state(self, kind: str) -> str:
        return str(self.emulator.life.service(self.services[kind].id).state)

    @property
    def there(self) -> Entity | None:
        return self.emulator.state.find(self.id)


@pytest.fixture
async def emulator(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Emulator]:
    async with hastened(monkeypatch, TIMES) as running:
        yield running


@pytest.fixture(params=["async", "sync"])
async def place(request: pytest.FixtureRequest, emulator: Emulator) -> Place:
    """A clone of an environment with an application, a job and a database, never deployed."""
    return await clone(emulator, request.param, "preview-checkout")


async def clone(emulator: Emulator, face: str, name: str) -> Place:
    async with AsyncQovery(emulator.token, base_url=emulator.url) as client:
        originals = await client.organizations.list_environments()
        original = next(each for each in originals if each.name == name)
        made = await client.environments.clone(original.id, {"name": "clone"})
        services = {str(each.service_type): each for each in await client.environments.list_services(made.id)}
    return Place(emulator, face, made.id, services)
