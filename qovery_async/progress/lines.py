"""How does a log read how far a job has come? A line for each change, without control characters."""

from __future__ import annotations

import sys
from contextlib import suppress
from typing import TextIO, cast

from qovery_async.deployments.snapshot import ClusterSnapshot, EnvironmentSnapshot, ServiceSnapshot
from qovery_async.progress.reports import BulkProgress, Reporter
from qovery_async.secrecy.printable import one_line


class LineReporter(Reporter):
    """Writes lines to stderr.

    Counts get a line for each tenth of the job, and for the first failure; where the total is unknown, for each
    count of one digit and zeros. States get a line whenever they change.
    """

    def __init__(self, title: str) -> None:
        self._title = one_line(title)
        self._mark: object = None
        self._unsaid: BulkProgress | None = None
        self._whole = ""
        self._states: dict[str, str] | None = None

    async def advanced(self, progress: BulkProgress) -> None:
        """Some of the job is done."""
        self._unsaid = progress
        mark = (_step(progress), progress.failed > 0)
        if mark != self._mark:
            self._mark = mark
            self.end()

    async def updated(self, snapshot: EnvironmentSnapshot | ClusterSnapshot) -> None:
        """What the job waits for has changed. The first time, it is what was before."""
        states: dict[str, str] = {service.id: service.state for service in services_of(snapshot)}
        before, self._states = self._states, states
        whole = heading(snapshot)
        if whole != self._whole:
            self._whole = whole
            self._say(whole if before is not None else f"{whole} at first")
        for service in services_of(snapshot):
            if before is not None and before.get(service.id) != service.state:
                self._say(f"{one_line(service.name)}: {one_line(service.state)}")

    def end(self) -> None:
        """Say what is not said yet."""
        progress, self._unsaid = self._unsaid, None
        if progress is not None:
            of = "" if progress.total is None else f" of {progress.total}"
            failed = f", {progress.failed} failed" if progress.failed else ""
            self._say(f"{progress.done}{of}{failed}")

    def _say(self, text: str) -> None:
        write_line(f"{self._title}: {text}")


def write_line(text: str) -> None:
    """Writes a line to stderr, above what is drawn there."""
    stderr = cast("TextIO | None", sys.stderr)  # None in a program without a console
    if stderr is not None:
        with suppress(OSError, ValueError):  # a log that is closed does not end the job
            stderr.write(f"{text}\n")
            stderr.flush()


def heading(snapshot: EnvironmentSnapshot | ClusterSnapshot) -> str:
    """What an environment or a cluster is doing, on one line."""
    return one_line(str(snapshot))


def services_of(snapshot: EnvironmentSnapshot | ClusterSnapshot) -> tuple[ServiceSnapshot, ...]:
    """The services whose states are told."""
    return snapshot.services if isinstance(snapshot, EnvironmentSnapshot) else ()


def _step(progress: BulkProgress) -> object:
    if progress.total:
        return progress.done * 10 // progress.total
    digits = str(progress.done)
    return digits[0], len(digits)
