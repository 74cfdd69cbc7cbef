"""How is a job drawn in a terminal? As a bar, and as a table of the states of services."""

from __future__ import annotations

import asyncio
import atexit
import os
import sys
import threading
from collections.abc import AsyncGenerator, Generator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress

from rich.console import Console, Group, RenderableType
from rich.file_proxy import FileProxy
from rich.live import Live
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from qovery_async.deployments.snapshot import ClusterSnapshot, EnvironmentSnapshot, ServiceSnapshot
from qovery_async.progress.lines import LineReporter, heading, services_of
from qovery_async.progress.reports import BulkProgress, Reporter
from qovery_async.secrecy.printable import one_line

SECONDS = 0.1
"""Between two drawings."""
ELSEWHERE = 5
"""Lines of the screen that are not for services."""

# A terminal has one live display; only tried, never waited for, so that a fork cannot leave anyone waiting.
_terminal = threading.Lock()

# How a state looks, by its end.
_STYLES = {"ERROR": "red", "CANCELED": "yellow", "QUEUED": "dim", "ING": "cyan", "ED": "green"}


@asynccontextmanager
async def shown(title: str) -> AsyncGenerator[Reporter]:
    """Draws in a terminal, and writes lines elsewhere, in a CI job, and where something is drawn already."""
    if _can_draw() and _terminal.acquire(blocking=False):
        try:
            drawing = DrawingReporter(title, Console(file=sys.stderr))
            with drawing.on_screen():
                yield drawing
        finally:
            _terminal.release()
    else:
        lines = LineReporter(title)
        try:
            yield lines
        finally:
            lines.end()


class DrawingReporter(Reporter):
    """Remembers what it is told, and draws it a few times a second, however often it is told."""

    def __init__(self, title: str, console: Console) -> None:
        self._console = console
        self._bar = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[failures]}", style="red", markup=False),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
            console=console,
        )
        self._task = self._bar.add_task(one_line(title), total=None, failures="")
        self._progress: BulkProgress | None = None
        self._first: dict[str, str] = {}
        self._snapshot: EnvironmentSnapshot | ClusterSnapshot | None = None

    async def advanced(self, progress: BulkProgress) -> None:
        """Some of the job is done."""
        self._progress = progress

    async def updated(self, snapshot: EnvironmentSnapshot | ClusterSnapshot) -> None:
        """What the job waits for has changed. The first time, it is what was before."""
        if self._snapshot is None:
            self._first = {service.id: service.state for service in services_of(snapshot)}
        self._snapshot = snapshot

    @contextmanager
    def on_screen(self) -> Generator[None]:
        """Draws until it is left, whatever the reason. A terminal that is gone does not end the job."""
        # What the program prints goes above the drawing, unless its stdout leads elsewhere.
        live = Live(
            get_renderable=self._drawn,
            console=self._console,
            auto_refresh=False,
            redirect_stdout=sys.stdout is not None and sys.stdout.isatty(),
        )
        loop = asyncio.get_running_loop()
        timer: asyncio.TimerHandle | None = None

        def draw() -> None:
            nonlocal timer
            with suppress(OSError):
                live.refresh()
                timer = loop.call_later(SECONDS, draw)

        # A loop that Ctrl-C breaks, and that is never run again, does not get to the end of this.
        atexit.register(live.stop)
        try:
            with suppress(OSError):
                live.start()
            draw()
            yield
        finally:
            if timer is not None:
                timer.cancel()
            atexit.unregister(live.stop)
            with suppress(OSError):
                live.stop()

    def _drawn(self) -> RenderableType:
        if (now := self._progress) is not None:
            failures = f"{now.failed} failed" if now.failed else ""
            # Of what rich is told its estimates are made.
            self._bar.update(self._task, completed=now.done, total=now.total, failures=failures)
        if self._snapshot is None:
            return self._bar
        services = services_of(self._snapshot)
        about = Text(heading(self._snapshot))
        return Group(self._bar, about, self._table(services)) if services else Group(self._bar, about)

    def _table(self, every: Sequence[ServiceSnapshot]) -> RenderableType:
        """The states of all services, or of those that have changed where all are too many for the screen."""
        services = every
        room = self._console.height - ELSEWHERE
        if len(services) > room:
            services = [one for one in every if one.state != self._first.get(one.id)][:room]
        table = Table("Service", "Kind", "Stage", "State", box=None, pad_edge=False)
        for one in services:
            table.add_row(_cell(one.name), _cell(one.kind), _cell(one.stage), _state(one.state))
        left = len(every) - len(services)
        return Group(table, Text(f"and {left} more", style="dim")) if left else table


def _can_draw() -> bool:
    stderr = sys.stderr
    if stderr is None or isinstance(stderr, FileProxy) or not stderr.isatty():  # a proxy: rich draws something else
        return False
    is_job = os.environ.get("CI", "").lower() not in ("", "0", "false")
    return not is_job and Console(file=stderr).is_interactive


def _cell(text: str) -> Text:
    """Text from outside: no markup of rich, and nothing that a terminal would obey."""
    return Text(one_line(text), no_wrap=True, overflow="ellipsis")


def _state(state: str) -> Text:
    style = next((style for end, style in _STYLES.items() if state.endswith(end)), "")
    return Text(one_line(state), style=style)
