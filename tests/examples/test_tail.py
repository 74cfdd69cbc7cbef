"""What does `tail.py` show of the logs of an environment, in both styles, and what may a line do to the terminal?"""

from __future__ import annotations

import asyncio
import contextlib
import os
import pty
import re
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import anyio
import pytest

from qovery_async import AsyncQovery
from qovery_async.emulator import Emulator
from tests.support import ROOT
from tests.support.pushing import Peer, line, pushing

pytestmark = [pytest.mark.anyio, pytest.mark.slow]

BOTH = pytest.mark.parametrize("example", ["tail", "tail_sync"])
SECONDS = 60
"""No example takes as long: one that does hangs."""
ANSI = re.compile(r"\x1b\[\d+m")


async def start(
    example: str, *arguments: str, url: str, ws_url: str, token: str, out: int = PIPE, more: Mapping[str, str] | None = None
) -> Process:  # fmt: skip
    own = {"QOVERY_API_URL": url, "QOVERY_WS_URL": ws_url, "QOVERY_API_TOKEN": token, "PYTHONPATH": str(ROOT)}
    environ = {name: value for name, value in os.environ.items() if name != "NO_COLOR"} | own | dict(more or {})
    command = [sys.executable, "-W", "error", f"examples/{example}.py", *arguments]
    return await asyncio.create_subprocess_exec(*command, cwd=ROOT, env=environ, stdout=out, stderr=PIPE)


async def ended(process: Process) -> tuple[int, str, str]:
    with anyio.fail_after(SECONDS):
        out, err = await process.communicate()
    return process.returncode or 0, (out or b"").decode(), err.decode()


async def tailed(
    example: str, *arguments: str, said: list[str], level: str = "INFO", **options: object
) -> tuple[int, str, str]:
    """Runs it where each service of shop/staging says the same and ends. Returns what it printed, to a pipe."""

    async def serve(peer: Peer) -> None:
        for number, message in enumerate(said):
            await peer.send({**line(number, message=message), "severity_text": level})
        await peer.close(1000)

    async with Emulator(world="demo") as emulator, pushing(serve) as server:
        process = await start(
            example, "shop/staging", *arguments, url=emulator.url, ws_url=server.url, token=emulator.token, **options
        )  # type: ignore[arg-type]
        return await ended(process)


async def in_a_terminal(example: str, *arguments: str, said: list[str], **options: object) -> str:
    """The same in a terminal."""
    ours, theirs = pty.openpty()
    parts: list[bytes] = []

    def read() -> None:
        with contextlib.suppress(OSError):  # the other end is closed
            while part := os.read(ours, 65536):
                parts.append(part)

    reading = asyncio.get_running_loop().run_in_executor(None, read)
    try:
        assert await tailed(example, *arguments, said=said, out=theirs, **options) == (0, "", "")
    finally:
        os.close(theirs)
        await reading
        os.close(ours)
    return b"".join(parts).decode().replace("\r\n", "\n")


@BOTH
async def test_lines_of_all_services_come_aligned_and_plain_in_a_pipe(example: str) -> None:
    code, out, err = await tailed(example, said=["first", "second"])
    assert (code, err) == (0, "")
    lines = out.splitlines()
    assert [re.sub(r"^\d\d:\d\d:\d\d\.\d{3} ", "", one) for one in sorted(lines[:4], key=lambda one: one[13:])] == [
        "api        | first",
        "newsletter | first",
        "orders     | first",
        "storefront | first",
    ]
    assert all(one.endswith("| second") for one in lines[4:])
    assert len(lines) == 8


@BOTH
async def test_each_service_has_its_colour_in_a_terminal_the_same_in_each_run(example: str) -> None:
    shown = await in_a_terminal(example, said=["first"])
    colours = dict(re.findall(r"\x1b\[(\d+)m(\w+) +\|", shown))
    assert len(colours) == len({*colours.values()}) == 4
    names = {name: colour for colour, name in colours.items()}
    again = await in_a_terminal(example, "--service", "api", said=["first"])
    assert f"\x1b[{names['api']}mapi |" in again
    assert "orders" not in again


@BOTH
async def test_levels_have_colours(example: str) -> None:
    assert "\x1b[31mfirst\x1b[0m" in await in_a_terminal(example, said=["first"], level="error")


async def test_no_colours_where_none_are_wanted() -> None:
    for arguments, more in ((("--no-color",), {}), ((), {"NO_COLOR": "1"})):
        shown = await in_a_terminal("tail", *arguments, said=["first"], more=more)
        assert "first" in shown
        assert "\x1b" not in shown


@BOTH
async def test_what_a_line_says_is_shown_and_not_obeyed(example: str) -> None:
    hostile = ["\x1b[2Jgone", "\x1b]0;title\x07", "a\rb", "one\n\ttwo", "\u202eback", "\x9b31m", "\x7f"]
    shown = await in_a_terminal(example, "--service", "api", said=hostile)
    plain = [one.partition("| ")[2] for one in ANSI.sub("", shown).splitlines()]
    assert plain == [
        "\\x1b[2Jgone", "\\x1b]0;title\\x07", "a", "b", "one", "    two", "\\u202eback", "\\x9b31m", "\\x7f",
    ]  # fmt: skip


@BOTH
async def test_grep_keeps_lines_and_marks_what_it_has_found(example: str) -> None:
    said = ["a Time.out here", "timeXout", ""]
    code, out, _ = await tailed(example, "--grep", "time.out", "--service", "api", said=said)
    assert (code, [one.partition("| ")[2] for one in out.splitlines()]) == (0, ["a Time.out here"])
    shown = await in_a_terminal(example, "--grep", "time.out", "--service", "api", said=said)
    assert "a \x1b[1mTime.out\x1b[0m here" in shown


@BOTH
async def test_since_asks_for_that_much_of_the_past(example: str) -> None:
    async with Emulator(world="demo") as emulator:
        async with AsyncQovery(emulator.token, base_url=emulator.url) as client:
            environment = await client.find.environment("shop/production")
        process = await start(
            example, environment.id, "--since", "95s", url=emulator.url, ws_url=emulator.ws_url, token=emulator.token
        )
        assert process.stdout is not None
        with anyio.fail_after(SECONDS):
            seen = [(await process.stdout.readline()).decode() for _ in range(3 * 9)]
        process.send_signal(signal.SIGINT)
        code, _, err = await ended(process)
        assert (code, err) == (0, "")
        asked = [request for request in emulator.streams.requests if request.path == "/service/logs"]
    now = datetime.now(UTC)
    for request in asked:
        start_ = datetime.fromtimestamp(int(request.get("start") or 0) / 1e9, UTC)
        assert timedelta(seconds=95) < now - start_ < timedelta(seconds=95 + SECONDS)
        assert request.get("limit") is None
    assert {one.split()[1] for one in seen} == {"storefront", "api", "orders"}
    assert seen == sorted(seen, key=lambda one: one[:12]), "in the order of time"


@BOTH
async def test_a_reader_that_leaves_ends_it_quietly(example: str) -> None:
    async with Emulator(world="demo", speed=50) as emulator:
        process = await start(
            example, "shop/production", url=emulator.url, ws_url=emulator.ws_url, token=emulator.token
        )
        assert process.stdout is not None
        with anyio.fail_after(SECONDS):
            assert await process.stdout.readline()
            process._transport.get_pipe_transport(1).close()  # type: ignore[attr-defined]  # as `head` does
            assert (await process.wait(), await process.stderr.read()) == (0, b"")  # type: ignore[union-attr]


@BOTH
async def test_what_cannot_be_followed_says_why(example: str) -> None:
    async with Emulator(world="demo") as emulator:
        for arguments, words in (
            (("shop/stagin",), "shop/staging"),
            (("shop/staging", "--service", "missing"), "tail: the environment has no such service"),
            (("shop/staging", "--since", "yesterday"), "must be a number and s, m, h or d, such as 10m"),
        ):
            process = await start(example, *arguments, url=emulator.url, ws_url=emulator.ws_url, token=emulator.token)
            code, out, err = await ended(process)
            assert (code != 0, out) == (True, "")
            assert words in err
            assert "Traceback" not in err
            assert emulator.token not in err


@BOTH
async def test_a_service_that_cannot_be_followed_leaves_the_others(example: str) -> None:
    async def serve(peer: Peer) -> None:
        if len(server.peers) == 1:
            await peer.close(1008, "policy")
        await peer.send(line(1, message="first"))
        await peer.close(1000)

    async with Emulator(world="demo") as emulator, pushing(serve) as server:
        process = await start(example, "shop/staging", url=emulator.url, ws_url=server.url, token=emulator.token)
        code, out, err = await ended(process)
    assert (code, out.count("| first\n")) == (0, 3)
    assert "1008" in err
    assert emulator.token not in err
