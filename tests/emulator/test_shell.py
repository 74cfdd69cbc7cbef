"""Shells in containers that do not exist: the terminal, the commands, and that nothing of the host is touched."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Mapping
from pathlib import Path

import aiohttp
import anyio
import pytest
from aiohttp import WSMsgType
from hypothesis import given, settings
from hypothesis import strategies as st
from stream_world import SERVICE, SHELL, World, serving, soon

from qovery_async.emulator.shell.commands import COMMANDS
from qovery_async.emulator.shell.container import Container
from qovery_async.emulator.shell.interpreter import Shell
from qovery_async.emulator.shell.session import execute
from qovery_async.emulator.shell.terminal import LINE, WAITING, Interrupted, Terminal
from qovery_async.emulator.streams.channel import AGENT_TIMEOUTS
from qovery_async.emulator.streams.server import Close

pytestmark = pytest.mark.anyio

INSIDE = Container(
    pod_name="pod-1",
    environment={"DATABASE_URL": "postgres://db", "PORT": "8080"},
    files={"/app/main.py": b"print(1)\n", "/app/.env": b"A=1\n", "/app/lib/a.txt": b"a\nb\n"},
)


# What could be written so that it waits (`sleep 7`, `stty raw`) is left out: the test is whether anything breaks.
PIECES = (  # noqa: SIM905  legible
    '; && || | ( ) ! # \' " \\ & > >> 2>&1 < $( $ $A ${B} $? $@ "$@" $1 A=1 B=$A é %s %d echo printf cat ls cd'
    " /app main.py sh -c eval exit 3 stty -echo export unset false true f"
).split()


def asking(*command: str, **more: str) -> Mapping[str, str]:
    return {**SHELL, **{f"command[{place}]": word for place, word in enumerate(command)}, **more}


async def rest(socket: aiohttp.ClientWebSocketResponse) -> bytes:
    """What a program prints until it ends, in binary frames only; it must end with 1000."""
    shown = b""
    async for message in socket:
        assert message.type is WSMsgType.BINARY
        assert len(message.data) <= 4096
        shown += message.data
    assert socket.close_code == 1000
    return shown


async def until(socket: aiohttp.ClientWebSocketResponse, end: bytes) -> bytes:
    shown = b""
    while not shown.endswith(end):
        shown += await socket.receive_bytes()
    return shown


async def output(script: str, world: World | None = None) -> str:
    """What `sh -c script` prints."""
    async with (
        serving(world or World(inside=INSIDE)) as served,
        served.open("/shell/exec", asking("sh", "-c", script)) as socket,
    ):
        return (await rest(socket)).decode()


class TestPrograms:
    """`command[0]=sh&command[1]=-c&command[2]=...`"""

    @pytest.mark.parametrize(
        ("script", "expected"),
        [
            ("echo hello", "hello\r\n"),
            ("echo -n a; echo b", "ab\r\n"),
            ("pwd; cd /; pwd; cd lib || cd app/lib; pwd", "/app\r\n/\r\nsh: 1: cd: can't cd to lib\r\n/app/lib\r\n"),
            ("ls", "lib\r\nmain.py\r\n"),
            ("ls -a /app/lib main.py", "a.txt\r\nmain.py\r\n"),
            ("ls /", "app\r\nbin\r\netc\r\nroot\r\ntmp\r\n"),
            ("ls /nowhere", "ls: /nowhere: No such file or directory\r\n"),
            ("whoami; hostname", "root\r\npod-1\r\n"),
            ("cat main.py lib/a.txt", "print(1)\r\na\r\nb\r\n"),
            ("cat lib nothing", "cat: lib: Is a directory\r\ncat: nothing: No such file or directory\r\n"),
            ("printf '%s-%5d|%-3s|%%\\n' a 42 b c 7 d", "a-   42|b  |%\r\nc-    7|d  |%\r\n"),
            ("nonsense --help", "sh: 1: nonsense: not found\r\n"),
            ("/bin/echo x", "x\r\n"),
        ],
    )
    async def test_are_known_and_print_as_on_a_terminal(self, script: str, expected: str) -> None:
        assert await output(script) == expected

    async def test_see_the_service_s_environment(self) -> None:
        shown = (await output("OTHER=1; export MINE=2; env")).split("\r\n")
        assert {"DATABASE_URL=postgres://db", "PORT=8080", "MINE=2", "HOSTNAME=pod-1", "PWD=/app"} <= set(shown)
        assert "OTHER=1" not in shown

    async def test_may_be_run_without_a_shell(self) -> None:
        async with serving(World(inside=INSIDE)) as served:
            async with served.open("/shell/exec", asking("cat", "/app/main.py")) as socket:
                assert await rest(socket) == b"print(1)\r\n"
            async with served.open("/shell/exec", asking("psql")) as socket:
                assert b"not found" in await rest(socket)

    async def test_see_nothing_of_the_host(self, tmp_path: Path) -> None:
        secret = tmp_path / "secret"
        secret.write_text("of the host")
        shown = await output(
            f"cat {secret} /etc/passwd; echo gone > {secret}; echo new > {tmp_path}/made; cat {secret}"
        )
        assert "of the host" not in shown
        assert shown.endswith("gone\r\n")
        assert secret.read_text() == "of the host"
        assert not (tmp_path / "made").exists()

    async def test_forget_what_they_wrote_when_the_session_ends(self) -> None:
        world = World(inside=INSIDE)
        assert await output("echo x > new; cat new", world) == "x\r\n"
        assert "new" in await output("cat new", world)
        assert await output("ls", world) == "lib\r\nmain.py\r\n"


class TestStatus:
    """No status is told; who wants it wraps the command."""

    @pytest.mark.parametrize(
        ("script", "status"),
        [
            ("true", 0),
            ("false", 1),
            ("exit 42", None),
            ("(exit 42)", 42),
            ("sh -c 'exit 300'", 44),
            ("sh -c 'false; exit'", 1),
            ("sh -c 'sh -c \"exit 3\"; exit $?'", 3),
            ("ls /nowhere", 1),
            ("nonsense", 127),
            ("true && false || (exit 9)", 9),
            ("! true", 1),
            ("false | true", 0),
            ("true | (exit 5)", 5),
            ("{ echo in; false; }", 1),
            ("x=$(exit 6)", 6),
            ("sh -c 'echo \"'", 2),
            ("exit nonsense", None),
            ("eval '(exit 8)'", 8),
            ("cat < /nowhere", 2),
        ],
    )
    async def test_is_what_the_wrapping_prints(self, script: str, status: int | None) -> None:
        shown = await output(script + '; printf "\\n__rc=%d" $?')
        found = re.search(r"\r\n__rc=(\d+)$", shown)
        assert (int(found[1]) if found else None) == status

    async def test_of_a_wrapped_command_in_its_own_shell(self) -> None:
        async with serving(World(inside=INSIDE)) as served:
            script = 'sh -c "$1"; printf "\\n__rc=%d" $?'
            async with served.open("/shell/exec", asking("sh", "-c", script, "sh", "echo out; exit 7")) as socket:
                assert await rest(socket) == b"out\r\n\r\n__rc=7"


class TestLanguage:
    """As much of sh as one-off commands need, and plain words about the rest."""

    @pytest.mark.parametrize(
        ("script", "expected"),
        [
            ("A=1 B='x  y'; echo $A $B \"$B\" ${A}2 '$A' \\$A", "1 x y x  y 12 $A $A"),
            ('echo "a\\"b" "c\\d" e\\ f "" g', 'a"b c\\d e f  g'),
            ("A=' x '; echo a${A}b; echo $EMPTY a", "a x b\na"),
            ('echo $(echo a; echo b) "$(echo c; echo d)"', "a b c\nd"),
            ("PORT=1 env | cat > f; cat < f > g; echo done >> g; ls", "f\ng\nlib\nmain.py"),
            (
                "echo lost > /dev/null; ls /nowhere 2>/dev/null; ls /nowhere 2>&1 | cat",
                "ls: /nowhere: No such file or directory",
            ),
            ("echo a >&2 2>/dev/null; { echo b; echo c >&2; } 2>/dev/null", "a\nb"),
            ("echo one | cat | cat; echo two # three", "one\ntwo"),
            ("cd /tmp && (cd / && pwd); pwd", "/\n/tmp"),
            ("A=1; (A=2); echo $A; A=3 true; echo $A; unset A; echo [$A]", "1\n1\n[]"),
            ("echo a \\\n b\necho c", "a b\nc"),
            (
                "sh -c 'echo $0 $1 $# $*; sh -c '\\''echo \"<$@>\"'\\'' x \"$@\"' name 'p q' r",
                "name p q 2 p q r\n<p q r>",
            ),
            ("echo $ a$ $? 5$", "$ a$ 0 5$"),
        ],
    )
    async def test_is_understood(self, script: str, expected: str) -> None:
        assert (await output(script)).replace("\r\n", "\n").rstrip("\n") == expected

    @pytest.mark.parametrize(
        ("script", "complaint"),
        [
            ("echo 'a", "Unterminated quoted string"),
            ('echo "a', "Unterminated quoted string"),
            ("(echo", "end of file unexpected"),
            ("echo a &&", "end of file unexpected"),
            ("echo a | | b", '"|" unexpected'),
            (";", '";" unexpected'),
            ("a & b", '"&" unexpected'),
            ("echo )", '")" unexpected'),
            ("echo >", "end of file unexpected"),
            ("cat << END", '"<<" is not emulated'),
            ("for a in b; do echo; done", '"for" is not emulated'),
            ("echo `date`", "backquotes are not emulated, $(...) is"),
            ("echo $((1+1))", "arithmetic is not emulated"),
            ("echo ${A:-b}", "Bad substitution"),
            ("echo a >&3", "Bad fd number"),
            ("(" * 50, "nested too deeply"),
            ("echo " + "$(echo " * 50, "nested too deeply"),
        ],
    )
    async def test_complains_as_a_shell_does(self, script: str, complaint: str) -> None:
        assert await output(script) == f"sh: 1: Syntax error: {complaint}\r\n"

    @given(st.lists(st.sampled_from([*PIECES, "\n", "{ ", "; }"]), max_size=12).map(" ".join))
    @settings(max_examples=400, derandomize=True, database=None, deadline=None)
    def test_never_breaks(self, script: str) -> None:
        shown: list[bytes] = []

        async def run() -> None:
            async def show(data: bytes) -> None:
                shown.append(data)

            terminal = Terminal(show)
            await terminal.type(b"typed\n" + b"\x04" * 100)
            with anyio.fail_after(5):
                await execute(Shell.start(INSIDE, terminal, COMMANDS), ["sh", "-c", script])

        anyio.run(run)

    async def test_does_not_grow_without_end(self) -> None:
        shown = await output("A=aaaaaaaaaaaaaaaa; " + "A=$A$A$A$A$A$A$A$A; " * 8)
        assert "out of memory" in shown

    @pytest.mark.parametrize("script", ['A=\'eval "$A"\'; eval "$A"', 'A=\'sh -c "$A"\'; export A; sh -c "$A"'])
    async def test_does_not_call_itself_for_ever(self, script: str) -> None:
        assert await output(script) == "sh: nested too deeply\r\n"

    async def test_stands_the_deepest_that_is_let_through(self) -> None:
        inner = "eval 'echo deep'"
        for _ in range(9):
            inner = f"echo $({inner})"
        assert await output(inner) == "deep\r\n"


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
