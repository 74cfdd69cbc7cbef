"""In which order do the items of several streams come? Random streams that come with random delays."""

from __future__ import annotations

import random
from collections import defaultdict
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import attrs
import pytest

from qovery_async.streams import merging
from qovery_async.streams.merging import Merging

WINDOW = 1.0


@attrs.frozen
class Line:
    """A line of a service: `created_at` in milliseconds, as the models have it."""

    created_at: int
    number: int


@attrs.define
class Clock:
    """The time of a run: seconds that only go forward."""

    now: float = 1000.0

    @property
    def wall(self) -> float:
        return self.now * 1000


def run(
    arrivals: list[tuple[float, str, list[Any]]],
    keys: str,
    *,
    window: float = WINDOW,
    opened: bool = True,
    size: int = 0,
) -> list[tuple[float, str, Any]]:
    """What comes out, and when, if these items come at these times; streams end after their last item."""
    clock = Clock(0.0)
    merged = Merging[str, Any](keys, window, clock.now)
    found: list[tuple[float, str, Any]] = []
    if opened:
        for key in keys:
            merged.opened(key)
    left = defaultdict[str, int](int)
    for _, key, _ in arrivals:
        left[key] += 1
    for key in keys:
        if not left[key]:
            merged.end(key)
    pending = sorted(arrivals, key=lambda arrival: arrival[0])
    while not merged.is_over:
        due = merged.due(clock.now)
        coming = pending[0][0] if pending else None
        moments = [moment for moment in (due, coming) if moment is not None]
        assert moments, "something waits that never comes out"
        clock.now = max(clock.now, min(moments))
        while pending and pending[0][0] <= clock.now:
            _, key, items = pending.pop(0)
            merged.put(key, items, size, clock.now, clock.wall)
            left[key] -= 1
            if not left[key]:
                merged.end(key)
        found += [(clock.now, key, item) for key, item in merged.take(clock.now)]
    return found


def streams(die: random.Random, *, delay: float) -> tuple[str, list[tuple[float, str, list[Line]]]]:
    """Lines of some services, which come by up to `delay` s late, often together, each service in its own order."""
    keys = "abcdef"[: die.randint(1, 6)]
    arrivals: list[tuple[float, str, list[Line]]] = []
    for key in keys:
        at, came = 0.0, 0.0
        for number in range(die.randint(0, 60)):
            at += die.choice((0.0, 0.01, 0.1, 2.0))
            came = max(came, at + die.random() * delay)
            line = Line(int(at * 1000), number)
            before = arrivals[-1][2] if arrivals and arrivals[-1][1] == key else []
            if before and came <= before[0].created_at / 1000 + delay:
                arrivals[-1] = (came, key, [*arrivals[-1][2], line])
            else:
                arrivals.append((came, key, [line]))
    return keys, arrivals


@pytest.mark.parametrize("seed", range(60))
def test_nothing_is_lost_doubled_or_reordered_within_a_stream(seed: int) -> None:
    die = random.Random(seed)
    keys, arrivals = streams(die, delay=die.choice((0.0, 0.5, 5.0)))
    found = run(arrivals, keys, window=die.choice((0.0, 0.1, 1.0)))
    for key in keys:
        sent = [line for _, sender, lines in arrivals if sender == key for line in lines]
        assert [line for _, sender, line in found if sender == key] == sent


@pytest.mark.parametrize("seed", range(60))
def test_items_are_in_order_if_none_is_later_than_the_window(seed: int) -> None:
    keys, arrivals = streams(random.Random(seed), delay=WINDOW * 0.4)
    times = [line.created_at for _, _, line in run(arrivals, keys)]
    assert times == sorted(times)


@pytest.mark.parametrize("seed", range(60))
def test_no_item_waits_longer_than_the_window(seed: int) -> None:
    keys, arrivals = streams(random.Random(seed), delay=3.0)
    came = {(key, line.number): at for at, key, lines in arrivals for line in lines}
    for at, key, line in run(arrivals, keys):
        assert at <= came[key, line.number] + WINDOW + 1e-9


def test_a_quiet_stream_holds_the_others_back_for_the_window_only() -> None:
    arrivals = [(at, "a", [Line(int(at * 1000), 0)]) for at in (0.0, 5.0)] + [(9.0, "b", [Line(9000, 0)])]
    assert [at for at, _, _ in run(arrivals, "ab")] == [1.0, 6.0, 9.0]


def test_without_a_quiet_stream_items_come_at_once() -> None:
    arrivals = [(0.0, "a", [Line(1, 0), Line(3, 1)]), (0.1, "b", [Line(2, 0), Line(4, 1)])]
    assert [(at, line.created_at) for at, _, line in run(arrivals, "ab")] == [(0.1, time) for time in (1, 2, 3, 4)]


def test_a_clock_that_runs_ahead_holds_nothing_back() -> None:
    arrivals = [(0.0, "a", [Line(9_000_000, 0)]), *((at / 2, "b", [Line(at, at)]) for at in range(10))]
    found = run(arrivals, "ab")
    assert {line.number for at, key, line in found if key == "b" and at <= 1.0} >= {0, 1, 2}
    assert next(at for at, key, _ in found if key == "a") <= 1.0


def test_a_window_of_zero_gives_what_comes() -> None:
    arrivals = [(0.0, "a", [Line(5, 0)]), (1.0, "b", [Line(1, 0)])]
    assert [(at, key) for at, key, _ in run(arrivals, "abc"[:2], window=0, opened=False)] == [(0.0, "a"), (1.0, "b")]


class TestAtFirst:
    """Streams take their time to connect."""

    def test_the_past_of_all_is_in_order(self) -> None:
        merged = Merging[str, Any]("ab", WINDOW, 0.0)
        merged.opened("a")
        merged.put("a", [Line(2, 0)], 0, 0.0, 0.0)
        assert merged.take(5.0) == []  # b is not connected yet
        merged.opened("b")
        assert merged.take(5.5) == []
        merged.put("b", [Line(1, 0)], 0, 6.0, 0.0)
        merged.put("b", [Line(3, 1)], 0, 6.1, 0.0)
        assert [line.created_at for _, line in merged.take(6.2)] == [1, 2]

    def test_one_that_does_not_connect_holds_the_others_back_for_so_long_only(self) -> None:
        found = run([(0.0, "a", [Line(1, 0)]), (50.0, "b", [Line(2, 0)])], "ab", opened=False)
        assert [at for at, _, _ in found] == [merging.START + WINDOW, 50.0]


class TestMemory:
    """What waits is bounded, whatever the window."""

    def test_a_stream_that_is_full_comes_out(self) -> None:
        merged = Merging[str, Any]("ab", 3600.0, 0.0)
        for key in "ab":
            merged.opened(key)
        for number in range(merging.ITEMS):
            assert merged.has_room("a")
            merged.put("a", [Line(number, number)], 10, 0.0, 0.0)
        assert not merged.has_room("a")
        assert [line.number for _, line in merged.take(0.0)] == [0]
        assert merged.has_room("a")

    def test_so_does_one_with_large_frames(self) -> None:
        merged = Merging[str, Any]("ab", 3600.0, 0.0)
        for key in "ab":
            merged.opened(key)
        merged.put("a", [Line(1, 1)], merging.SIZE // 2, 0.0, 0.0)
        merged.put("a", [Line(2, 2)], merging.SIZE, 0.0, 0.0)
        assert not merged.has_room("a")
        assert [line.number for _, line in merged.take(0.0)] == [1, 2]

    def test_one_that_waits_for_the_rest_to_connect_does_not(self) -> None:
        """It is only read no further."""
        merged = Merging[str, Any]("ab", 1.0, 0.0)
        merged.opened("a")
        merged.put("a", [Line(number, number) for number in range(merging.ITEMS)], 10, 0.0, 0.0)
        assert not merged.has_room("a")
        assert merged.take(1.0) == []


def test_items_without_a_time_have_that_at_which_they_came() -> None:
    status = SimpleNamespace(state="RUNNING")
    arrivals: list[tuple[float, str, list[Any]]] = [
        (1.0, "s", [status]),
        (1.1, "a", [Line(500, 0), Line(1500, 1)]),
        (3.0, "s", [status]),
        (3.1, "a", [Line(2500, 2)]),
    ]
    found = run(arrivals, "sa")
    assert [getattr(item, "number", item) for _, _, item in found] == [0, status, 1, 2, status]


def test_an_unknown_frame_keeps_its_place_in_a_log() -> None:
    arrivals: list[tuple[float, str, list[Any]]] = [
        (1.0, "a", [Line(10, 0), {"entity": []}, Line(30, 1)]),
        (1.0, "b", [Line(20, 0), Line(40, 1)]),
    ]
    found = [(key, item) for _, key, item in run(arrivals, "ab")]
    assert [key for key, _ in found] == ["a", "a", "b", "a", "b"]
    assert found[1][1] == {"entity": []}


def test_lines_of_deployments_have_a_time() -> None:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    assert merging.moment_of(SimpleNamespace(timestamp=at)) == at.timestamp() * 1000
    assert merging.moment_of({"timestamp": "2026"}) is None
