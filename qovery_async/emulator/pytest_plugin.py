"""The fixture `qovery_emulator`: a local Qovery API for one test, whether that is async or not.

    def test_names(qovery_emulator):
        client = Qovery(qovery_emulator.token, base_url=qovery_emulator.url)

Its world is empty unless the test is marked with `@pytest.mark.qovery_emulator(world="demo")`, whose
arguments are those of `Emulator`.
"""

# Loaded by every pytest run of every project that has this package: nothing heavy above the fixture.
from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from qovery_async.emulator import Emulator


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "qovery_emulator(**options): how the emulator of the fixture is made")


@pytest.fixture
def qovery_emulator(request: pytest.FixtureRequest) -> Iterator[Emulator]:
    """A running emulator, on a loop of its own in a thread, so that a blocking test does not stop it."""
    from anyio.from_thread import start_blocking_portal

    from qovery_async.emulator import Emulator

    marker = request.node.get_closest_marker("qovery_emulator")
    options: dict[str, Any] = marker.kwargs if marker else {}
    emulator = Emulator(**options)
    with start_blocking_portal("asyncio") as portal, portal.wrap_async_context_manager(emulator) as running:
        yield running
