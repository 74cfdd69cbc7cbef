"""The pytest fixture `qovery_emulator`: a local Qovery API for one test, async or not.

    def test_names(qovery_emulator):
        client = Qovery(qovery_emulator.token, base_url=qovery_emulator.url)

The marker `@pytest.mark.qovery_emulator(world="demo")` sets the arguments of `Emulator`. Without it, the
world is empty.
"""

# Every pytest run loads this file if the package is installed, so the emulator is imported in the fixture.
from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from qovery_async.emulator import Emulator


def pytest_configure(config: pytest.Config) -> None:
    """Registers the marker."""
    config.addinivalue_line(
        "markers", "qovery_emulator(**options): arguments of `Emulator` for the fixture `qovery_emulator`"
    )


@pytest.fixture
def qovery_emulator(request: pytest.FixtureRequest) -> Iterator[Emulator]:
    """A running emulator. It has a thread with its own event loop, so that a blocking test does not block it."""
    from anyio.from_thread import start_blocking_portal

    from qovery_async.emulator import Emulator

    marker = request.node.get_closest_marker("qovery_emulator")
    options: dict[str, Any] = marker.kwargs if marker else {}
    emulator = Emulator(**options)
    with start_blocking_portal("asyncio") as portal, portal.wrap_async_context_manager(emulator) as running:
        yield running
