"""Does a server fill memory or logs by sending the same nonsense for ever?"""

from __future__ import annotations

import logging
import tracemalloc
from typing import Any

import pytest

from qovery_async import models
from qovery_async.codec.reader import Codec, finish
from qovery_async.codec.repair import Repair

MANY = 20_000
BYTES_EACH = 100
"""More than the 8 of a list's entry, less than a note about each would take."""


def peak_of(value: Any, type_: Any) -> int:
    repair = Repair()
    tracemalloc.start()
    try:
        finish(repair.read(value, type_, "results", "results"))
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("item", [1, "x", None, []])
def test_a_list_of_misfits_takes_no_more_memory_than_a_list(item: Any) -> None:
    assert peak_of([item] * MANY, list[models.Project]) < MANY * BYTES_EACH


def test_all_of_them_are_counted() -> None:
    repair = Repair()
    finish(repair.read([1] * MANY, list[models.Project], "results", "results"))
    assert (repair.count, len(repair.problems)) == (MANY, 1)


def test_invented_keys_are_warned_about_once(caplog: pytest.LogCaptureFixture) -> None:
    codec = Codec()
    for turn in range(1000):
        kinds = {f"invented-{turn}": {f"invented-{turn}": "no object"}, "name": turn}
        codec.decode(kinds, dict[str, models.Project], operation="fuzz")
        codec.decode([{f"invented-{turn}": turn}], list[models.Project], operation="fuzz")
    places = {record.getMessage().partition(":")[2] for record in caplog.records}
    assert len(caplog.records) == len(places) < 50


def test_a_long_path_is_cut_in_messages(caplog: pytest.LogCaptureFixture) -> None:
    Codec().decode({"\x1b[2J\n" + "k" * MANY: "no object"}, dict[str, models.Project], operation="fuzz")
    (line,) = [record.getMessage() for record in caplog.records if record.levelno == logging.WARNING]
    assert len(line) < 400
    assert line.isprintable()
