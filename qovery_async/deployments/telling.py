"""Which hooks get a new state?"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Literal, TypeVar

from qovery_async.deployments.patience import log
from qovery_async.deployments.snapshot import ClusterSnapshot, EnvironmentSnapshot
from qovery_async.errors import ConfigurationError
from qovery_async.progress.choice import check_progress
from qovery_async.progress.reports import ProgressHook, Reporter

S = TypeVar("S", EnvironmentSnapshot, ClusterSnapshot)


def check_hooks(on_update: object, progress: ProgressHook | Literal["rich"] | None) -> None:
    """Refuses hooks that cannot be called, before anything is asked for.

    Raises:
        ConfigurationError: one of them is neither a function nor what else it may be.
    """
    if on_update is not None and not callable(on_update):
        raise ConfigurationError(f"on_update must be a function or None, got {on_update!r}")
    check_progress(progress)


async def tell(now: S, on_update: Callable[[S], Awaitable[None] | None] | None, report: Reporter) -> None:
    """Tells the log, the function of the user and the reporter."""
    log.info("%s", now)
    if on_update is not None:
        told = on_update(now)
        if told is not None:
            await told
    await report.updated(now)
