"""Which lines of the log of a deployment are told, how, and which of them are still to come at its end?"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable
from itertools import chain

import attrs

from qovery_async import models
from qovery_async.deployments.log_lines import identity_of, readable, run_of
from qovery_async.deployments.patience import log
from qovery_async.deployments.snapshot import EnvironmentSnapshot
from qovery_async.errors import ConfigurationError, NotFound, QoveryError
from qovery_async.progress.lines import write_line
from qovery_async.resources.environments import Environments
from qovery_async.runtime.core import Core
from qovery_async.vocabulary.values import define

LogHook = Callable[[models.EnvironmentLogs], Awaitable[None] | None]

LATE = 10.0
"""Seconds for the lines that the stream had not brought at the end."""


def check_logs(logs: object) -> None:
    """Refuses what is neither a function nor a yes or no.

    Raises:
        ConfigurationError: it is something else.
    """
    if not isinstance(logs, bool) and not callable(logs):
        raise ConfigurationError(f"logs must be True, False or a function, got {logs!r}")


@define(kw_only=True)
class RunLog:
    """The log of one deployment: its lines are told once each, those of earlier deployments are not."""

    hook: LogHook | bool
    before: EnvironmentSnapshot | None
    """What was seen before; None tells the log of whatever runs."""
    _told: Counter[object] = attrs.field(factory=Counter[object], init=False)
    _runs: set[str] = attrs.field(factory=set[str], init=False)
    """The deployments of which lines were told."""
    _earlier: frozenset[str | None] = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        before = self.before
        self._earlier = frozenset(
            (before.execution_id, *(each.execution_id for each in before.services)) if before else ()
        )

    async def take(self, line: models.EnvironmentLogs) -> None:
        """Tells a line, unless it is of an earlier deployment."""
        run = run_of(line)
        if run is not None and run in self._earlier:
            return
        if run is not None:
            self._runs.add(run)
        self._told[identity_of(line)] += 1
        await self._tell(line)

    async def end(self, core: Core, environment_id: str, last: str | None) -> None:
        """Tells the lines that are not told yet: of the deployments of which some were, else of the last one.

        That they cannot be read is no error: the deployment has ended.
        """
        runs = self._runs or {last} - self._earlier - {None}
        try:
            async with asyncio.timeout(LATE):
                environments = Environments(core)
                lists = [await environments.list_deployment_logs(environment_id, version=run) for run in runs if run]
        except NotFound:
            return  # it is gone with its environment
        except (QoveryError, TimeoutError) as error:
            log.warning("The last lines of the log of the deployment cannot be read: %s", error or "too late")
            return
        lines = sorted(chain(*lists), key=lambda line: line.timestamp) if len(lists) > 1 else chain(*lists)
        for line in self._left(lines):
            await self._tell(line)

    def _left(self, lines: Iterable[models.EnvironmentLogs]) -> list[models.EnvironmentLogs]:
        left: list[models.EnvironmentLogs] = []
        told = self._told.copy()
        for line in lines:
            identity = identity_of(line)
            if told[identity]:
                told[identity] -= 1
            else:
                left.append(line)
        return left

    async def _tell(self, line: models.EnvironmentLogs) -> None:
        if callable(self.hook):
            told = self.hook(line)
            if told is not None:
                await told
        else:
            write_line(readable(line))
