"""Does the garbage collector rest while long lists are decoded, and does what others ask of it hold?"""

from __future__ import annotations

import gc
import json
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import anyio
import pytest

from qovery_async import DecodeError, models
from qovery_async.codec import collector
from qovery_async.codec.collector import pause, resume
from qovery_async.codec.reader import Codec
from tests.support.server import Answer, Ask, serve

MANY = 20_000


@contextmanager
def paused() -> Iterator[None]:
    pause()
    try:
        yield
    finally:
        resume()


def shop(number: int) -> dict[str, Any]:
    return {
        "id": f"p{number}",
        "created_at": "2026-01-05T09:00:00Z",
        "name": f"shop-{number}",
        "associated_environments_count": number,
        "organization": {"id": "o1"},
    }


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    before, enabled = gc.get_threshold(), gc.isenabled()
    try:
        yield
    finally:
        assert (gc.get_threshold(), gc.isenabled()) == (before, enabled)


def decode(count: int) -> tuple[list[models.Project], int]:
    """The projects of a long list, and how often the collector ran meanwhile."""
    runs = 0

    def count_(phase: str, _: dict[str, int]) -> None:
        nonlocal runs
        runs += phase == "start"

    items = [shop(number) for number in range(count)]
    codec = Codec(strict=True)
    codec.prepare(models.Project)
    gc.collect()
    gc.callbacks.append(count_)
    try:
        return codec.decode_items(items, "", models.Project, operation="test"), runs
    finally:
        gc.callbacks.remove(count_)


def test_a_long_list_is_decoded_with_few_collections() -> None:
    found, runs = decode(MANY)
    assert len(found) == MANY
    # Every 700 objects would begin one otherwise: more than 100.
    assert runs < 5


def test_a_pause_ends_when_what_is_decoded_does_not_fit() -> None:
    items = [shop(number) for number in range(1_000)]
    items[900]["name"] = None
    before = gc.get_threshold()
    with pytest.raises(DecodeError):
        Codec(strict=True).decode_items(items, "", models.Project, operation="test")
    assert gc.get_threshold() == before


def test_what_another_thread_turns_off_stays_off() -> None:
    with paused():
        run(gc.disable)
    try:
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_what_was_off_stays_off() -> None:
    gc.disable()
    try:
        with paused():
            assert not gc.isenabled()
        assert not gc.isenabled()
    finally:
        gc.enable()


@pytest.mark.parametrize("own", [(0, 10, 10), (5000, 20, 30)], ids=["never", "seldom"])
@pytest.mark.parametrize("when", ["before", "meanwhile"])
def test_a_threshold_that_someone_sets_stays(own: tuple[int, int, int], when: str) -> None:
    before = gc.get_threshold()
    try:
        if when == "before":
            gc.set_threshold(*own)
        with paused():
            if when == "meanwhile":
                run(lambda: gc.set_threshold(*own))
        assert gc.get_threshold() == own
    finally:
        gc.set_threshold(*before)


def test_pauses_of_two_threads_overlap() -> None:
    begun, over = threading.Event(), threading.Event()

    def second() -> None:
        with paused():
            begun.set()
            over.wait(5)

    before = gc.get_threshold()
    with paused():
        thread = threading.Thread(target=second)
        thread.start()
        assert begun.wait(5)
    assert gc.get_threshold() == before
    over.set()
    thread.join()
    assert gc.get_threshold() == before


def test_a_threshold_that_someone_read_during_a_pause_and_sets_again_does_not_last() -> None:
    before = gc.get_threshold()
    with paused():
        read = gc.get_threshold()
    gc.set_threshold(*read)
    with paused():
        pass
    assert gc.get_threshold() == before


@pytest.mark.skipif(not hasattr(os, "fork"), reason="forks")
@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_a_child_forked_during_a_pause_collects() -> None:
    before = gc.get_threshold()
    with paused():
        pid = os.fork()
        if not pid:
            os._exit(0 if gc.get_threshold() == before else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0


@pytest.mark.anyio
async def test_both_faces_leave_the_collector_as_it_was_in_all_threads(ask: Ask) -> None:
    body = json.dumps({"results": [shop(number) for number in range(2_000)]}).encode()
    before = gc.get_threshold()
    async with serve(Answer(body=body)) as server, anyio.create_task_group() as group:

        async def lists() -> None:
            assert len(await ask(server.url, lambda client: client.projects.list(organization_id="o1"))) == 2_000

        for _ in range(4):
            group.start_soon(lists)
    assert gc.get_threshold() == before


def test_the_mark_of_a_pause_is_a_threshold_that_python_takes() -> None:
    assert 0 < collector._PAUSED < sys.maxsize


def run(function: Any) -> None:
    thread = threading.Thread(target=function)
    thread.start()
    thread.join()
