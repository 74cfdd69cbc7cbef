"""How much of sh does the emulator understand, and what does it say about the rest?"""

from __future__ import annotations

import anyio
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qovery_async.emulator.shell.commands import COMMANDS
from qovery_async.emulator.shell.interpreter import Shell
from qovery_async.emulator.shell.session import execute
from qovery_async.emulator.shell.terminal import Terminal
from tests.support.shells import INSIDE, output

pytestmark = pytest.mark.anyio


# What could be written so that it waits (`sleep 7`, `stty raw`) is left out: the test is whether anything breaks.
PIECES = (  # noqa: SIM905  legible
    '; && || | ( ) ! # \' " \\ & > >> 2>&1 < $( $ $A ${B} $? $@ "$@" $1 A=1 B=$A é %s %d echo printf cat ls cd'
    " /app main.py sh -c eval exit 3 stty -echo export unset false true f"
).split()


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
        ("script", "message"),
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
    async def test_complains_as_a_shell_does(self, script: str, message: str) -> None:
        assert await output(script) == f"sh: 1: Syntax error: {message}\r\n"

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
