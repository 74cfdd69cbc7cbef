"""What goes back and forth while somebody types into a shell, and how does its session end?"""

from __future__ import annotations

import asyncio
import time

import anyio
import pytest

from qovery_async.emulator.shell.container import Container
from qovery_async.emulator.shell.terminal import LINE, WAITING, Interrupted, Terminal
from qovery_async.emulator.streams.channel import AGENT_TIMEOUTS
from qovery_async.emulator.streams.server import Close
from tests.support.shells import INSIDE, asking, output, rest, until
from tests.support.stream_world import SERVICE, SHELL, World, serving, soon

pytestmark = pytest.mark.anyio


class TestTerminal:
    """What goes back and forth while somebody types."""

    async def test_echoes_and_prompts(self) -> None:
        async with serving(World(inside=INSIDE)) as served, served.open("/shell/exec", SHELL) as socket:
            assert await until(socket, b"# ") == b"# "
            await socket.send_bytes(b"echo hi\r")
            assert await until(socket, b"# ") == b"echo hi\r\nhi\r\n# "
            await socket.send_str("exit\n")
            assert await rest(socket) == b"exit\r\n"

    async def test_waits_for_the_rest_of_a_command(self) -> None:
        async with serving() as served, served.open("/shell/exec", SHELL) as socket:
            await socket.send_bytes(b"echo 'a\nb' &&\n\necho c\nexit\n")
            shown = await rest(socket)
            assert shown.count(b"> ") == 3
            assert b"a\r\nb\r\n" in shown
            assert b"c\r\n" in shown

    async def test_keeps_its_memory_between_lines(self) -> None:
        async with serving() as served, served.open("/shell/exec", asking("bash")) as socket:
            await socket.send_bytes(b"A=1\ncd /tmp\nfalse\necho $A $? $PWD\nexit\n")
            assert b"1 1 /tmp\r\n" in await rest(socket)

    async def test_control_c_interrupts_and_the_shell_goes_on(self) -> None:
        async with serving() as served, served.open("/shell/exec", SHELL) as socket:
            await until(socket, b"# ")
            await socket.send_bytes(b"sleep 60; echo never\n")
            await until(socket, b"never\r\n")
            await socket.send_bytes(b"\x03")
            assert await until(socket, b"# ") == b"^C\r\n# "
            await socket.send_bytes(b"half\x03echo $?\nexit\n")
            assert b"130\r\n" in await rest(socket)

    async def test_control_c_ends_a_program(self) -> None:
        async with (
            serving() as served,
            served.open("/shell/exec", asking("sh", "-c", "echo on; sleep 60; echo never")) as socket,
        ):
            await until(socket, b"on\r\n")
            await socket.send_bytes(b"\x03")
            assert await rest(socket) == b"^C"

    async def test_sleep_takes_its_time(self) -> None:
        start = time.perf_counter()
        assert await output("sleep 0.1; echo up; sleep soon") == "up\r\nsleep: invalid time interval 'soon'\r\n"
        assert time.perf_counter() - start >= 0.1

    async def test_cat_ends_with_control_d(self) -> None:
        async with (
            serving() as served,
            served.open("/shell/exec", asking("sh", "-c", "cat; echo end")) as socket,
        ):
            await socket.send_bytes(b"one\ntw\x04o\n")
            assert await until(socket, b"one\r\ntwo\r\n" * 2)
            await socket.send_bytes(b"\x04")
            assert await rest(socket) == b"end\r\n"

    async def test_control_d_leaves_the_shell(self) -> None:
        async with serving() as served, served.open("/shell/exec", SHELL) as socket:
            await socket.send_bytes(b"ech\x04o x\n\x04")
            assert (await rest(socket)).endswith(b"x\r\n# ")

    async def test_takes_much_typed_at_once(self) -> None:
        lines = b"".join(b"line %d\n" % number for number in range(20_000))
        async with (
            serving() as served,
            served.open("/shell/exec", asking("sh", "-c", "stty -echo; echo go; cat")) as socket,
        ):
            await until(socket, b"go\r\n")

            async def type_it() -> None:
                for start in range(0, len(lines), 4096):
                    await socket.send_bytes(lines[start : start + 4096])
                await socket.send_bytes(b"\x04")

            typing = asyncio.create_task(type_it())
            assert await rest(socket) == lines.replace(b"\n", b"\r\n")
            await typing

    async def test_can_be_made_fit_for_bytes(self) -> None:
        async with (
            serving() as served,
            served.open("/shell/exec", asking("sh", "-c", "stty raw -echo; printf go; cat")) as socket,
        ):
            await until(socket, b"go")
            await socket.send_bytes(b"\x03\x04\r\n\x7f")
            assert await socket.receive_bytes() == b"\x03\x04\r\n\x7f"

    @pytest.mark.parametrize(("width", "height"), [("132", "43"), ("0", "0")])
    async def test_has_the_size_asked_for(self, width: str, height: str) -> None:
        async with serving() as served:
            parameters = asking("stty", "size", tty_width=width, tty_height=height)
            async with served.open("/shell/exec", parameters) as socket:
                assert await rest(socket) == f"{height} {width}\r\n".encode()

    async def test_writes_long_output_in_small_frames(self) -> None:
        world = World(inside=Container(files={"/app/big": b"x" * 10_000}))
        assert len(await output("cat big", world)) == 10_000


class TestSessions:
    """A shell is a stream like the others."""

    @pytest.mark.parametrize(
        ("path", "more"), [("/shell/exec", {}), ("/shell/ephemeral", {"mode": "clone"}), ("/shell/debug", {})]
    )
    async def test_opens_on_every_path(self, path: str, more: dict[str, str]) -> None:
        async with serving() as served:
            parameters = {**SHELL, "flavor": "FULL_PRIVILEGE", "cpu_override": "500m", **more}
            async with served.open(path, parameters) as socket:
                assert await until(socket, b"# ") == b"# "

    async def test_needs_a_pod(self) -> None:
        async with serving(World(running=[])) as served, served.open("/shell/exec", SHELL) as socket:
            assert (await socket.receive()).data == 1011
            assert socket.close_code == 1011

    async def test_needs_the_pod_that_was_asked_for(self) -> None:
        async with serving() as served, served.open("/shell/exec", {**SHELL, "pod_name": "gone"}) as socket:
            assert (await socket.receive()).extra == AGENT_TIMEOUTS[1]

    async def test_is_cut_off_on_demand(self) -> None:
        async with serving() as served:
            served.streams.close_next(Close.internal(AGENT_TIMEOUTS[3]), "/shell/exec", after=1)
            async with served.open("/shell/exec", SHELL) as socket:
                assert await socket.receive_bytes() == b"# "
                assert (await socket.receive()).extra == AGENT_TIMEOUTS[3]

    async def test_ends_with_its_client(self) -> None:
        async with serving() as served:
            async with served.open("/shell/exec", asking("sleep", "600")):
                assert len(served.streams.open) == 1
            await soon(lambda: served.streams.open == ())
            assert SERVICE.items() <= served.streams.requests[0].parameters.items()


class TestLineDiscipline:
    """The terminal alone."""

    def terminal(self) -> tuple[Terminal, bytearray]:
        shown = bytearray()

        async def send(data: bytes) -> None:
            shown.extend(data)

        return Terminal(send), shown

    async def test_erases(self) -> None:
        terminal, shown = self.terminal()
        await terminal.type("aé\x7f\x7f\x7fb\n".encode())
        assert await terminal.read() == b"b\n"
        assert shown == "aé".encode() + b"\b \b" * 2 + b"b\r\n"

    async def test_shows_control_bytes(self) -> None:
        terminal, shown = self.terminal()
        await terminal.type(b"\t\x1b[A\x01\n")
        assert shown == b"\t^[[A^A\r\n"

    async def test_drops_what_is_too_long(self) -> None:
        terminal, _ = self.terminal()
        await terminal.type(b"x" * (LINE + 10) + b"\n")
        assert len(await terminal.read()) == LINE + 1
        await terminal.type((b"y" * 1023 + b"\n") * 2000)
        await terminal.type(b"\x04")
        total = 0
        while line := await terminal.read():
            total += len(line)
        assert total == WAITING

    async def test_control_c_takes_back_what_was_typed(self) -> None:
        terminal, _ = self.terminal()
        await terminal.type(b"one\ntwo\x03")
        with pytest.raises(Interrupted):
            await terminal.read()
        await terminal.type(b"three\n")
        with anyio.fail_after(1):
            assert await terminal.read() == b"three\n"
