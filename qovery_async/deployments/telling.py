"""Who is told of a new state?"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

from qovery_async.deployments.patience import log
from qovery_async.deployments.snapshot import ClusterSnapshot, EnvironmentSnapshot
from qovery_async.progress.reports import Reporter

S = TypeVar("S", EnvironmentSnapshot, ClusterSnapshot)


async def tell(now: S, on_update: Callable[[S], Awaitable[None] | None] | None, report: Reporter) -> None:
    """Tells the log, the function of the user and the reporter."""
    log.info("%s", now)
    if on_update is not None:
        told = on_update(now)
        if told is not None:
            await told
    await report.updated(now)
