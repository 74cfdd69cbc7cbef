"""Do patches of one object that run at once keep what the others change?"""

from __future__ import annotations

import asyncio
import gc
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import anyio.to_thread
import pytest

from qovery_async import AsyncQovery, bodies
from qovery_async.emulator import Emulator
from qovery_async.runtime.patching import turns
from qovery_sync import Qovery

pytestmark = pytest.mark.anyio

CHANGES: list[bodies.ApplicationPatch] = [
    {"cpu": 700},
    {"memory": 999},
    {"description": "changed"},
    {"git_repository": {"branch": "next"}},
    {"auto_preview": False},
]


def seen(application: Any) -> list[object]:
    git = application.git_repository
    return [application.cpu, application.memory, application.description, git.branch, application.auto_preview]


EXPECTED = [700, 999, "changed", "next", False]


@pytest.mark.parametrize("on_conflict", ["raise", "again", "ignore"])
async def test_of_one_loop_take_turns(on_conflict: Any) -> None:
    async with Emulator(world="demo") as emulator, AsyncQovery(emulator.token, base_url=emulator.url) as client:
        id_ = emulator.state.every("application")[0].id
        await asyncio.gather(*(client.applications.patch(id_, change, on_conflict=on_conflict) for change in CHANGES))
        assert seen(await client.applications.get(id_)) == EXPECTED


@pytest.mark.parametrize("on_conflict", ["raise", "again", "ignore"])
async def test_of_threads_that_share_a_client_take_turns(on_conflict: Any) -> None:
    async with Emulator(world="demo") as emulator:
        id_ = emulator.state.every("application")[0].id

        def patches() -> list[object]:
            with Qovery(emulator.token, base_url=emulator.url) as client, ThreadPoolExecutor(5) as pool:
                made = [
                    pool.submit(client.applications.patch, id_, change, on_conflict=on_conflict) for change in CHANGES
                ]
                for future in made:
                    future.result()
                return seen(client.applications.get(id_))

        assert await anyio.to_thread.run_sync(patches) == EXPECTED


async def test_of_objects_without_a_time_take_turns() -> None:
    async with Emulator(world="demo") as emulator, AsyncQovery(emulator.token, base_url=emulator.url) as client:
        id_ = emulator.state.every("application")[0].id
        settings = client.applications.advanced_settings
        await asyncio.gather(
            settings.patch(id_, {"network.ingress.enable_cors": True}),
            settings.patch(id_, {"network.ingress.cors_allow_origin": "https://example.com"}),
        )
        now = await settings.get(id_)
        assert now.network_ingress_enable_cors is True
        assert now.network_ingress_cors_allow_origin == "https://example.com"


async def test_that_are_cancelled_let_the_next_one_pass() -> None:
    async with Emulator(world="demo") as emulator, AsyncQovery(emulator.token, base_url=emulator.url) as client:
        id_ = emulator.state.every("application")[0].id
        tasks = [asyncio.create_task(client.applications.patch(id_, cpu=600 + n)) for n in range(3)]
        await asyncio.sleep(0)
        for task in tasks[:2]:
            task.cancel()
        async with asyncio.timeout(5):
            done = await asyncio.gather(*tasks, return_exceptions=True)
        assert [type(result) for result in done[:2]] == [asyncio.CancelledError] * 2
        assert (await client.applications.get(id_)).cpu == 602


async def test_leave_no_lock_behind() -> None:
    async with Emulator(world="demo") as emulator, AsyncQovery(emulator.token, base_url=emulator.url) as client:
        for application in emulator.state.every("application"):
            await client.applications.patch(application.id, cpu=700)
        gc.collect()
        assert len(turns._of_loop[asyncio.get_running_loop()]) == 0  # pyright: ignore[reportPrivateUsage]
