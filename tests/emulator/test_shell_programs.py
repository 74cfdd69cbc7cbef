"""What do the commands of an emulated container print, how do they end, and do they see anything of the host?"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.support.shells import INSIDE, asking, output, rest
from tests.support.stream_world import World, serving

pytestmark = pytest.mark.anyio


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
            ("printf '1\\n2\\n3\\n' | head -n 2; printf abc | head -c 2", "1\r\n2\r\nab"),
            ("(exec echo gone; echo never); exec nothing", "gone\r\nsh: 1: exec: nothing: not found\r\n"),
            ("(exec exit 0); echo $?", "sh: 1: exec: exit: not found\r\n127\r\n"),
            ("sh -c 'shift 2; echo $1 $#' sh a b c", "c 1\r\n"),
            (
                "command -v cat nothing; command -v cat; command -v nothing || echo $?",
                "sh: 1: command: only `command -v name` is emulated\r\ncat\r\n127\r\n",
            ),
            ("[ -t 1 ] && echo terminal; echo x | [ -t 0 ] || echo pipe", "terminal\r\npipe\r\n"),
            (
                "[ ! -n '' ] && [ a = a ] && [ a != b ] && test -z '' && echo yes; [ a -lt b ]",
                "yes\r\nsh: 1: [: not emulated\r\n",
            ),
            ("sh -c 'kill -9 $$'; echo $?", "137\r\n"),
            ("cat main.py main.py main.py | true; echo $?", "0\r\n"),
            ("{ sleep 0.1; echo late; } | { echo early; cat; }", "early\r\nlate\r\n"),
            ("nonsense --help", "sh: 1: nonsense: not found\r\n"),
            ("/bin/echo x", "x\r\n"),
            ("printf; echo $?", "sh: 1: printf: usage: printf format [arg ...]\r\n2\r\n"),
            ("printf %d\\\\n x; echo $?", "0\r\nsh: 1: printf: %d\\n: not a number, or not emulated\r\n1\r\n"),
            ("echo x | head -3; echo $?", "head: only `-c bytes` and `-n lines` are emulated\r\n1\r\n"),
            ("sleep soon; echo $?", "sleep: invalid time interval 'soon'\r\n1\r\n"),
            (
                "sh -c; echo $?; sh file",
                "sh: 0: -c requires an argument\r\n2\r\nsh: 0: cannot open file: No such file\r\n",
            ),
            ("echo 'echo inner; exit 3' | sh; echo $?", "inner\r\n3\r\n"),
            ("stty nonsense; echo $?", "stty: invalid argument 'nonsense'\r\n1\r\n"),
            ("kill -9 1; echo $?", "sh: 1: kill: only `kill -NUMBER $$` is emulated\r\n1\r\n"),
            ("exec; echo on; shift 5; echo never", "on\r\nsh: 1: shift: can't shift that many\r\n"),
            ("(exit 4); echo $?; { exit 5; }; echo never", "4\r\n"),
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
    """The exit status is not sent; a caller who wants it wraps the command."""

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
