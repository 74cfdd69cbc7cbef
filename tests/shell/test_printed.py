"""How is the output of a command told from what the script prints? However the bytes are cut."""

from __future__ import annotations

import pytest

from qovery_async.shell.wrapping import Printed, wrapped

MARKER = b"0123456789abcdef" * 3


def fed(data: bytes, size: int) -> tuple[Printed, bytes]:
    printed = Printed(MARKER)
    output = b"".join(printed.feed(data[start : start + size]) for start in range(0, len(data), size))
    return printed, output


@pytest.mark.parametrize("size", [1, 2, 7, 48, 1000])
@pytest.mark.parametrize(
    "output", [b"", b"x", b"0", MARKER[:-1], MARKER[:5] * 9, MARKER + b":x;", MARKER + b":", b"\r\n\r", b"\n"]
)
def test_output_that_looks_like_a_marker(output: bytes, size: int) -> None:
    printed, found = fed(b"motd\r\n" + MARKER + b":raw;" + output + MARKER + b":137;late", size)
    assert (found, printed.exit_code, printed.mode) == (output, 137, "raw")


@pytest.mark.parametrize("size", [1, 2, 1000])
def test_the_line_ends_of_a_terminal_are_undone(size: int) -> None:
    printed, found = fed(MARKER + b":stty;a\r\nb\r\r\nc\rd\r" + MARKER + b":0;", size)
    assert (found, printed.exit_code) == (b"a\nb\r\nc\rd\r", 0)


def test_what_is_left_without_an_end() -> None:
    printed, found = fed(MARKER + b":raw;output" + MARKER[:7], 3)
    assert (found + printed.rest, printed.exit_code) == (b"output" + MARKER[:7], None)
    printed, found = fed(b"no such program", 3)
    assert (found + printed.rest, printed.mode) == (b"no such program", None)


def test_no_two_markers_are_equal_and_none_stands_in_the_arguments() -> None:
    first, second = wrapped(["ls"], None), wrapped(["ls"], None)
    assert first.marker != second.marker
    assert first.marker.decode() not in " ".join(first.command)
    assert "ls" not in repr(first)
