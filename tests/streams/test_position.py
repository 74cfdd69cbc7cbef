"""Which lines are new after a new connection? Random logs, connections and servers."""

from __future__ import annotations

import random
from collections import Counter
from typing import Any

import pytest

from qovery_async.streams.position import Position

Entry = tuple[int, str]


def connections(position: Position, log: list[Entry], die: random.Random, *, honest: bool) -> list[Entry]:
    """What is read of a log through connections that are cut; a server that is not `honest` ignores `start`."""
    taken: list[Entry] = []
    while True:
        start = position.start
        served = [entry for entry in log if start is None or not honest or entry[0] >= start]
        until = die.randrange(len(served) + 10)
        taken += [entry for entry in served[:until] if position.take(entry[0], entry)]
        if until >= len(served):
            return taken
        position.resume()


def log(die: random.Random, length: int, *, late: int) -> list[Entry]:
    """Lines whose times grow, some of them late by up to so many milliseconds; many are equal."""
    now, entries = 1_000_000, []
    for _ in range(length):
        now += die.choice((0, 0, 0, 1, 5, 300))
        entries.append((now - die.choice((0, 0, die.randrange(late + 1))), die.choice("abc")))
    return entries


@pytest.mark.parametrize("honest", [True, False], ids=["honest", "ignores start"])
@pytest.mark.parametrize("seed", range(40))
def test_every_line_is_taken_once_and_in_order(seed: int, *, honest: bool) -> None:
    die = random.Random(seed)
    entries = log(die, 400, late=200)
    assert connections(Position(overlap=200), entries, die, honest=honest) == entries


@pytest.mark.parametrize("seed", range(20))
def test_a_log_that_is_repeated_as_a_whole_is_taken_once(seed: int) -> None:
    die = random.Random(seed)
    entries = log(die, 300, late=100_000)
    assert connections(Position(overlap=float("inf")), entries, die, honest=False) == entries


@pytest.mark.parametrize("seed", range(20))
def test_a_small_memory_doubles_nothing(seed: int) -> None:
    """What is forgotten is not taken again; lines that are in order are not lost either."""
    die = random.Random(seed)
    entries = [(number, "same") for number in range(500)]
    assert connections(Position(memory=20, overlap=50), entries, die, honest=die.random() < 0.5) == entries


def test_equal_lines_are_counted() -> None:
    position = Position()
    assert [position.take(5, "x") for _ in range(3)] == [True] * 3
    position.resume()
    assert [position.take(5, "x") for _ in range(5)] == [False, False, False, True, True]
    position.resume()
    assert Counter(position.take(5, "x") for _ in range(6)) == {False: 5, True: 1}


def test_nothing_is_skipped_on_the_first_connection() -> None:
    position = Position(overlap=10)
    assert all(position.take(moment, "x") for moment in (1_000_000, 1, 500, 1_000_000))


def test_the_memory_is_bounded() -> None:
    position: Any = Position(memory=100)
    for number in range(10_000):
        position.take(number, number)
    assert len(position._keys) == len(position._moments) == 100
    assert position.start == 9_900


def test_what_no_connection_repeats_is_forgotten() -> None:
    position: Any = Position(overlap=50)
    for number in range(10_000):
        position.take(number, number)
    assert len(position._keys) == len(position._moments) < 250
    position.resume()
    assert [position.take(moment, moment) for moment in (9_948, 9_949, 9_999, 10_000)] == [False, False, False, True]


def test_before_the_first_line_there_is_no_start() -> None:
    position = Position()
    assert position.start is None
    position.resume()
    assert position.start is None
    assert position.take(5, "x")
    assert position.start == 5 - 10_000


def test_lines_that_a_limit_left_out_do_not_come_later() -> None:
    position = Position(is_limited=True)
    assert [position.take(moment, "line") for moment in (2_000, 3_000)] == [True, True]
    position.resume()
    assert [position.take(moment, "line") for moment in (1_000, 2_000, 2_500, 3_000, 4_000)] == [
        False, False, True, False, True,
    ]  # fmt: skip
