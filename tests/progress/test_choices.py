"""What may `progress=` be, and what is refused before any request?"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import anyio
import pytest

from qovery_async import BulkProgress, ConfigurationError
from qovery_async.emulator import Emulator
from tests.support.busy import IDS, Api
from tests.support.server import Ask, serve
from tests.support.terminals import program, run

pytestmark = pytest.mark.anyio

Call = Callable[[Any, Any], Any]


def _deploy(method: str, arguments: list[str], client: Any, progress: object) -> Any:
    return getattr(client.deployments, method)(*arguments, timeout=5, progress=progress)


JOBS: list[tuple[str, Call]] = [
    ("bulk.map(client.projects.get, ['p1'], {})", lambda c, progress: c.bulk.map(c.projects.get, IDS, progress=progress)),
    ("bulk.gather(client.projects.list, {})", lambda c, progress: c.bulk.gather(c.projects.list, progress=progress)),
    ("inventory({})", lambda c, progress: c.inventory(progress=progress)),
    *(
        (f"deployments.{method}(*{arguments}, timeout=5, {{}})", partial(_deploy, method, arguments))
        for method, arguments in (
            ("stop", ["e1"]), ("clone_and_deploy", ["e1", "new"]), ("stop_service", ["s1"]), ("stop_cluster", ["c1"]),
        )
    ),
]  # fmt: skip


@pytest.mark.parametrize("progress", ["bar", "none", b"rich", 7, True])
@pytest.mark.parametrize(("_", "call"), JOBS, ids=[job for job, _ in JOBS])
async def test_anything_else_is_one_clear_error_and_no_request(ask: Ask, _: str, call: Call, progress: object) -> None:
    async with serve() as server:
        with pytest.raises(ConfigurationError, match="progress must be a function, 'rich' or None, got"):
            await ask(server.url, lambda client: call(client, progress))
        assert server.requests == []


@pytest.mark.parametrize("face", ["async", "blocking"])
@pytest.mark.parametrize("job", [job for job, _ in JOBS])
async def test_without_rich_the_error_names_the_extra_and_no_request_is_sent(face: str, job: str) -> None:
    body = f"""
        sys.modules["rich"] = None
        from qovery_async import ConfigurationError
        try:
            await client.{job.format('progress="rich"')}
        except ConfigurationError as error:
            print(error)
    """
    async with serve() as server:
        ran = await anyio.to_thread.run_sync(run, program(face, body), server.url)
        assert server.requests == []
    assert (ran.status, ran.shown) == (0, "")
    assert ran.printed == "progress='rich' needs the extra `rich`: pip install rich\n"


async def test_nothing_is_written_where_nothing_is_asked_for(ask: Ask, capfd: pytest.CaptureFixture[str]) -> None:
    async with serve(Api()) as server:
        await ask(server.url, lambda client: client.bulk.map(client.projects.get, IDS, progress=None))
    assert capfd.readouterr() == ("", "")


async def test_an_inventory_counts_all_its_requests(ask: Ask) -> None:
    told: list[BulkProgress] = []
    async with Emulator(world="demo") as emulator:
        await ask(
            emulator.url,
            lambda client: client.inventory(service_states=True, progress=told.append),
            token=emulator.token,
        )
    assert [progress.done for progress in told] == list(range(1, 22))
    assert {progress.total for progress in told[:5]} == {None}  # not known before the projects are
    assert {progress.total for progress in told[5:]} == {5 + 4 + 12}


async def test_an_inventory_is_shown_too(ask: Ask, capfd: pytest.CaptureFixture[str]) -> None:
    async with Emulator(world="demo") as emulator:
        await ask(emulator.url, lambda client: client.inventory(progress="rich"), token=emulator.token)
    shown = capfd.readouterr()
    assert shown.out == ""
    assert shown.err.splitlines()[0] == "inventory: 1"
    assert shown.err.splitlines()[-1] == "inventory: 9 of 9"


async def test_what_an_inventory_s_function_raises_ends_it(ask: Ask) -> None:
    def refuse(_: BulkProgress) -> None:
        raise LookupError("enough")

    async with Emulator(world="demo") as emulator:
        with pytest.raises(LookupError, match="enough"):
            await ask(emulator.url, lambda client: client.inventory(progress=refuse), token=emulator.token)
