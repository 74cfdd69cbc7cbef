"""Do commands run in the emulator as they do in real terminals?"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from qovery_async.emulator import Emulator
from qovery_async.shell.results import ShellTimeout
from tests.support.server import Ask

pytestmark = pytest.mark.anyio

EVERY_BYTE = bytes(range(256))
Run = Callable[..., Any]


@pytest.fixture
async def run(ask: Ask) -> AsyncIterator[Run]:
    async with Emulator(world="demo") as emulator:
        service = next(each for each in emulator.state.every("application"))

        async def run(*command: str, **options: Any) -> Any:
            return await ask(
                emulator.url,
                lambda client: client.shell.run(service.id, command, **options),
                token=emulator.token,
                ws_url=emulator.ws_url,
            )

        yield run


@pytest.mark.parametrize(
    ("script", "code"), [("true", 0), ("false", 1), ("exit 3", 3), ("kill -9 $$", 137), ("nowhere", 127)]
)
async def test_exit_codes(run: Run, script: str, code: int) -> None:
    assert (await run("sh", "-c", f"printf out; {script}")).exit_code == code


@pytest.mark.parametrize("sent", [b"", EVERY_BYTE * 4096, b"\x03\x04\n"])
async def test_input_and_output(run: Run, sent: bytes) -> None:
    assert (await run("cat", input=sent)).output == sent


async def test_input_of_which_a_part_is_read(run: Run) -> None:
    result = await run("head", "-c", "10", input=EVERY_BYTE * 20_000)
    assert (result.exit_code, result.output) == (0, EVERY_BYTE[:10])


async def test_output_is_no_terminal(run: Run) -> None:
    assert (await run("sh", "-c", "[ -t 0 ] || [ -t 1 ] || [ -t 2 ] || echo none")).output == b"none\n"


@pytest.mark.parametrize("sent", [None, b"before\n"])
async def test_time_runs_out(run: Run, sent: bytes | None) -> None:
    with pytest.raises(ShellTimeout) as caught:
        await run("sh", "-c", "cat; sleep 100" if sent else "echo before; sleep 100", timeout=0.5, input=sent)
    assert caught.value.output == b"before\n"
