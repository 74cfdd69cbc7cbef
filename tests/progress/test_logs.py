"""What does `progress="rich"` write where nobody watches: to a pipe, a file, or nowhere?"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.busy import Api
from tests.support.server import Server, in_thread, serve
from tests.support.terminals import ESCAPE, program, run

FACES = pytest.mark.parametrize("face", ["async", "blocking"])
MAP = 'print(len(await client.bulk.map(client.projects.get, {}, progress="rich", on_error="return")))'


@pytest.fixture
def server() -> Iterator[Server]:
    with in_thread(serve(Api(refuse=lambda name: 404 if name == "p34" else None))) as running:
        yield running


@FACES
def test_a_line_for_each_tenth_and_for_the_first_failure(server: Server, face: str) -> None:
    items = '[f"p{n}" for n in range(50)], concurrency=1'
    # As on a CI service that shows colors: what asks for color does not ask for a drawing.
    ran = run(program(face, MAP.format(items)), server.url, {"FORCE_COLOR": "1", "CI": "true"})
    assert (ran.status, ran.printed) == (0, "50\n")
    assert ESCAPE not in ran.shown
    assert ran.shown.splitlines() == [
        "bulk.map: 1 of 50",
        "bulk.map: 5 of 50",
        "bulk.map: 10 of 50",
        "bulk.map: 15 of 50",
        "bulk.map: 20 of 50",
        "bulk.map: 25 of 50",
        "bulk.map: 30 of 50",
        "bulk.map: 35 of 50, 1 failed",
        "bulk.map: 40 of 50, 1 failed",
        "bulk.map: 45 of 50, 1 failed",
        "bulk.map: 50 of 50, 1 failed",
    ]


@FACES
def test_a_line_for_each_count_of_one_digit_and_zeros_where_the_total_is_unknown(server: Server, face: str) -> None:
    ran = run(program(face, MAP.format('(f"p{n}" for n in range(32))')), server.url)
    assert (ran.status, ran.printed) == (0, "32\n")
    counts = [*range(1, 10), 10, 20, 30, 32]
    assert ran.shown.splitlines() == [f"bulk.map: {count}" for count in counts]


@FACES
def test_the_last_line_says_where_an_error_ended_it(server: Server, face: str) -> None:
    body = MAP.format('["p1", *["p34"] * 99], concurrency=1').replace('"return"', '"stop"')
    ran = run(program(face, body), server.url)
    assert ran.status == 1
    assert ran.shown.splitlines()[:2] == ["bulk.map: 1 of 100", "bulk.map: 2 of 100, 1 failed"]


@pytest.mark.parametrize("closed", ["2>&-", "2>/dev/full", "2> >(exec true)"])
@FACES
def test_a_log_that_cannot_be_written_does_not_end_the_batch(server: Server, face: str, closed: str) -> None:
    ran = run(f"""
        import os, subprocess, sys
        done = subprocess.run(
            ["bash", "-c", 'exec "$0" -c "$1" "$2" {closed}', sys.executable, {program(face, MAP.format('["p1"] * 40'))!r},
             sys.argv[1]], stdout=subprocess.PIPE, text=True, check=False,
        )
        print(done.stdout, end="")
    """, server.url)  # fmt: skip
    assert ran.printed == "40\n"
