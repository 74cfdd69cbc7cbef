"""How does what a worker of pytest-xdist measured survive its end? A plugin of pytest.

xdist kills a worker that has not ended ten seconds after its last test. On a busy machine, coverage has not saved by then,
and half of everything is missing without a word.
"""

from __future__ import annotations

from coverage import Coverage


def pytest_sessionfinish() -> None:
    measured = Coverage.current()
    if measured is not None:
        measured.stop()
        measured.save()
