"""Does a command run as in a subprocess? In real terminals, with the shells that containers have."""

from __future__ import annotations

import asyncio
import shutil
import signal
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from qovery_async import ConfigurationError, ResponseTooLarge
from qovery_async.shell.results import ShellFailed, ShellTimeout
from tests.support.pushing import IDS
from tests.support.real_terminals import Terminals, container, terminals
from tests.support.server import Ask

pytestmark = pytest.mark.anyio

SHELLS = [
    "dash",
    "bash",
    pytest.param("busybox", marks=pytest.mark.skipif(not shutil.which("busybox"), reason="busybox is not installed")),
]
EVERY_BYTE = bytes(range(256))

Run = Callable[..., Any]


@pytest.fixture(params=SHELLS)
async def inside(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Terminals]:
    async with terminals(PATH=container(tmp_path, request.param)) as served:
        yield served


@pytest.fixture
def run(ask: Ask) -> Run:
    """Runs a command, in both faces."""

    async def run(served: Terminals, *command: str, **options: Any) -> Any:
        more = {"max_response_bytes": options.pop("largest")} if "largest" in options else {}
        settings: dict[str, Any] = {**served.options, **more}

        def asked(client: Any) -> Any:
            return client.shell.run("s1", command, **IDS, **options)

        return await ask(settings.pop("base_url"), asked, **settings)

    return run


@pytest.mark.parametrize("code", [0, 1, 3, 137, 255])
async def test_an_exit_code_comes_back(inside: Terminals, run: Run, code: int) -> None:
    result = await run(inside, "sh", "-c", f"printf 'no line end'; exit {code}")
    assert (result.exit_code, result.output) == (code, b"no line end")


async def test_a_signal_is_128_and_its_number(inside: Terminals, run: Run) -> None:
    result = await run(inside, "sh", "-c", "printf gone; kill -9 $$")
    assert (result.exit_code, result.output) == (137, b"gone")


async def test_a_program_that_is_not_there(inside: Terminals, run: Run) -> None:
    result = await run(inside, "nowhere")
    assert result.exit_code == 127
    assert "nowhere: not found" in result.text


async def test_a_word_of_the_shell_is_no_program(inside: Terminals, run: Run) -> None:
    assert (await run(inside, "exit", "0")).exit_code == 127


async def test_output_and_errors_come_unchanged(inside: Terminals, run: Run) -> None:
    result = await run(inside, "sh", "-c", r"printf 'a\nb\r\n\tc\000\001\004\377'; printf 'd\n' >&2")
    assert result.output == b"a\nb\r\n\tc\x00\x01\x04\xffd\n"


@pytest.mark.parametrize("sent", [b"", b"x", EVERY_BYTE, b"\x03\x04\x1a\n" * 9, b"no line end", EVERY_BYTE * 4096])
async def test_input_goes_in_and_out_unchanged(inside: Terminals, run: Run, sent: bytes) -> None:
    result = await run(inside, "cat", input=sent)
    assert result.output == sent
    assert result.exit_code == 0


async def test_input_that_nobody_reads(inside: Terminals, run: Run) -> None:
    result = await run(inside, "sh", "-c", "exit 5", input=b"x" * 2_000_000)
    assert (result.exit_code, result.output) == (5, b"")


async def test_input_of_which_a_part_is_read(inside: Terminals, run: Run) -> None:
    """Nobody takes the rest for signals."""
    for _ in range(9):
        result = await run(inside, "head", "-c", "10", input=EVERY_BYTE * 10_000)
        assert (result.exit_code, result.output) == (0, EVERY_BYTE[:10])


async def test_without_input_there_is_an_end_at_once(inside: Terminals, run: Run) -> None:
    assert (await run(inside, "cat")).output == b""


async def test_much_output(inside: Terminals, run: Run) -> None:
    result = await run(inside, "seq", "200000")
    assert result.output == b"".join(b"%d\n" % number for number in range(1, 200_001))


async def test_arguments_need_no_quotes(inside: Terminals, run: Run) -> None:
    words = ["$HOME", "a b", "'", '"', "`x`", "\\", "*", "", "-n", "é\n"]
    assert (await run(inside, "printf", "%s|", *words)).output == "".join(f"{word}|" for word in words).encode()


async def test_output_that_looks_like_what_the_script_prints(inside: Terminals, run: Run) -> None:
    """A command sees the arguments of the script that runs it, but not what that prints."""
    look = "tr '\\0' '\\n' < /proc/$PPID/cmdline; cat /proc/$PPID/cmdline; exit 9"
    result = await run(inside, "sh", "-c", look)
    assert result.exit_code == 9
    assert b"shift 3" in result.output


async def test_output_is_no_terminal(inside: Terminals, run: Run) -> None:
    """So that programs print one thing a line, in no colours, and ask no pager."""
    assert (await run(inside, "sh", "-c", "[ -t 0 ] || [ -t 1 ] || [ -t 2 ] || echo none")).output == b"none\n"


async def test_time_runs_out(inside: Terminals, run: Run) -> None:
    with pytest.raises(ShellTimeout, match=r"had not ended within the timeout \(1 s\)") as caught:
        await run(inside, "sh", "-c", "echo before; sleep 100", timeout=1)
    assert caught.value.output == b"before\n"
    assert await asyncio.to_thread(inside.processes[-1].wait, 20) in (-signal.SIGINT, 130)


async def test_time_runs_out_behind_the_input(inside: Terminals, run: Run) -> None:
    with pytest.raises(ShellTimeout) as caught:
        await run(inside, "sh", "-c", "cat; sleep 100", input="é", timeout=1)
    assert caught.value.output.decode() == "é"
    assert await asyncio.to_thread(inside.processes[-1].wait, 20) in (-signal.SIGINT, 130)


async def test_a_command_that_ends_the_terminal(inside: Terminals, run: Run) -> None:
    """There is no exit code then, and that is no 0."""
    with pytest.raises(ShellFailed, match="it is not known how the command ended") as caught:
        await run(inside, "sh", "-c", "printf half; kill -9 $PPID; kill -9 0")
    assert caught.value.code == 1000


async def test_more_output_than_a_response_may_have(inside: Terminals, run: Run) -> None:
    with pytest.raises(ResponseTooLarge, match=r"read it from client\.shell as it comes"):
        await run(inside, "seq", "1000000", largest=100_000)


@pytest.mark.parametrize(
    ("without", "sent", "match"),
    [
        ("sh", None, "does the service run, and does its container have `sh`, which run needs\\?$"),
        ("cat", None, "the container has no `cat`, which run needs$"),
        ("head", b"x", "the container has no `head`, which run needs for input"),
        ("stty", b"x", "the container has no `stty`, which run needs for input"),
    ],
)
async def test_a_container_lacks_a_program(tmp_path: Path, run: Run, without: str, sent: bytes, match: str) -> None:
    async with terminals(PATH=container(tmp_path, "dash", without)) as served:
        with pytest.raises(ShellFailed, match=match):
            await run(served, "true", input=sent)


@pytest.mark.parametrize("without", ["stty", "head"])
async def test_without_input_less_will_do(tmp_path: Path, run: Run, without: str) -> None:
    """Where the terminal stays as it is, its line ends are undone."""
    async with terminals(PATH=container(tmp_path, "dash", without)) as served:
        result = await run(served, "printf", "a\\nb\\r\\n")
    assert (result.exit_code, result.output) == (0, b"a\nb\r\n")


@pytest.mark.parametrize("command", ["ls", [], [1], None, ["a\0b"], b"ls"])
async def test_a_command_that_cannot_be_right(run: Run, ask: Ask, command: Any) -> None:
    with pytest.raises(ConfigurationError, match="command"):
        await ask("http://127.0.0.1:9", lambda client: client.shell.run("s1", command))


@pytest.mark.parametrize("more", [{"input": 5}, {"timeout": 0}, {"timeout": "1"}, {"pod_name": ""}])
async def test_an_argument_that_cannot_be_right(run: Run, ask: Ask, more: Any) -> None:
    with pytest.raises(ConfigurationError, match=next(iter(more))):
        await ask("http://127.0.0.1:9", lambda client: client.shell.run("s1", ["ls"], **more))
