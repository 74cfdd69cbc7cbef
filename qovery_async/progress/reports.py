"""What is said of a long job while it runs, and who is told?"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from qovery_async.vocabulary.values import frozen

if TYPE_CHECKING:
    from qovery_async.deployments.snapshot import ClusterSnapshot, EnvironmentSnapshot


@frozen
class BulkProgress:
    """How far a batch has come.

    `done` is the number of calls that have ended, `failed` of those that raised, `total` of all items, None
    where it is not known. For a deployment, these are numbers of services.
    """

    done: int
    failed: int
    total: int | None


ProgressHook = Callable[[BulkProgress], Awaitable[None] | None]


class Reporter:
    """Is told how far a job has come. This one tells nobody."""

    async def advanced(self, progress: BulkProgress) -> None:
        """Some of the job is done."""

    async def updated(self, snapshot: EnvironmentSnapshot | ClusterSnapshot) -> None:
        """What the job waits for has changed. The first time, it is what was before."""


class CallingReporter(Reporter):
    """Tells a function of the user; what that raises ends the job."""

    def __init__(self, hook: ProgressHook) -> None:
        self._hook = hook

    async def advanced(self, progress: BulkProgress) -> None:
        """Some of the job is done."""
        told = self._hook(progress)
        if told is not None:
            await told
