"""Does pytest's fixture of the emulator work in async and in blocking tests?"""

from __future__ import annotations

import pytest

from qovery_async import AsyncQovery
from qovery_async.emulator import Emulator
from qovery_async.emulator.pytest_plugin import qovery_emulator  # noqa: F401
from qovery_sync import Qovery


def test_blocking(qovery_emulator: Emulator) -> None:  # noqa: F811
    with Qovery(qovery_emulator.token, base_url=qovery_emulator.url) as client:
        assert client.projects.create({"name": "shop"}).name == "shop"


@pytest.mark.anyio
async def test_asynchronous(qovery_emulator: Emulator) -> None:  # noqa: F811
    async with AsyncQovery(qovery_emulator.token, base_url=qovery_emulator.url) as client:
        assert await client.projects.list() == []
