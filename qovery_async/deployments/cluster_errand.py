"""How is an action on a cluster asked for, and its end awaited?"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import aclosing
from typing import Final, Literal

import attrs

from qovery_async.deployments.failures import DeploymentCanceled, DeploymentError, DeploymentFailed, DeploymentTimeout
from qovery_async.deployments.patience import log, looks
from qovery_async.deployments.selection import check_timeout
from qovery_async.deployments.snapshot import ClusterSnapshot
from qovery_async.deployments.telling import check_hooks, tell
from qovery_async.errors import BadRequest, Conflict, Forbidden, NotFound
from qovery_async.models import ClusterStateEnum as State
from qovery_async.progress.choice import reporter
from qovery_async.progress.reports import BulkProgress, ProgressHook, Reporter
from qovery_async.resources.clusters import Clusters
from qovery_async.vocabulary.values import define

ClusterAction = Literal["deploy", "upgrade", "stop", "delete"]

SUCCESS: Final[Mapping[ClusterAction, frozenset[str]]] = {
    "deploy": frozenset[str]({State.DEPLOYED, State.RESTARTED}),
    "upgrade": frozenset[str]({State.DEPLOYED, State.RESTARTED}),
    "stop": frozenset[str]({State.STOPPED}),
    "delete": frozenset[str]({State.DELETED}),
}
_OVER: Final = frozenset[str]().union(*SUCCESS.values(), {State.READY, State.CANCELED, State.INVALID_CREDENTIALS})


ClusterUpdateHook = Callable[[ClusterSnapshot], Awaitable[None] | None]


@define(kw_only=True)
class ClusterExpectation:
    """An action on a cluster, and whether what is seen comes from it. One action runs at a time."""

    action: ClusterAction
    before: ClusterSnapshot
    _was_busy: bool = False

    def see(self, now: ClusterSnapshot) -> bool | None:
        """Whether the action has succeeded; None while that is not to be seen."""
        if now.is_gone:
            return self.action == "delete"
        over = now.state in _OVER or now.state.endswith("ERROR")
        self._was_busy = self._was_busy or not over
        if not over or not (self._was_busy or self._is_new(now)):  # for some seconds, the state before is still there
            return None
        return now.state in SUCCESS[self.action]

    def _is_new(self, now: ClusterSnapshot) -> bool:
        old, new = self.before.status, now.status
        return (
            old is not None
            and new is not None
            and (new.last_execution_id != old.last_execution_id or new.last_deployment_date != old.last_deployment_date)
        )


@define(kw_only=True)
class ClusterErrand:
    """One action on a cluster, from the request to the end."""

    clusters: Clusters
    action: ClusterAction
    cluster_id: str
    organization_id: str | None
    is_closed: Callable[[], bool]
    timeout: float
    on_update: ClusterUpdateHook | None = None
    progress: ProgressHook | Literal["rich"] | None = None
    _seen: ClusterSnapshot | None = attrs.field(default=None, init=False)
    _asked: bool = attrs.field(default=False, init=False)
    _report: Reporter = attrs.field(factory=Reporter, init=False)

    async def run(self) -> ClusterSnapshot:
        """Sends the request and waits.

        Raises:
            DeploymentError: the end is not the one that was asked for, or does not come in time.
        """
        check_timeout(self.timeout)
        check_hooks(self.on_update, self.progress)
        limit = asyncio.timeout(self.timeout)
        try:
            async with reporter(self.progress, f"{self.action} cluster") as self._report, limit:
                return await self._run()
        except TimeoutError:
            if not limit.expired():
                raise
            raise self._error(DeploymentTimeout, f"had not ended after {self.timeout:g} s") from None
        except asyncio.CancelledError:
            if self._asked:
                log.warning("Stopped waiting for the %s of cluster %s. It goes on.", self.action, self.cluster_id)
            raise

    async def _run(self) -> ClusterSnapshot:
        before = self._seen = await self._look()
        await self._report.updated(before)
        self._asked = True
        try:
            await self._ask()
        except Conflict:
            if self.action == "stop" and before.state == State.STOPPED:
                return before
            raise
        expectation, told = ClusterExpectation(action=self.action, before=before), before
        async with aclosing(looks(self._look_again, self.is_closed)) as found:
            async for now in found:
                self._seen = now
                if now != told:
                    told = now
                    await tell(now, self.on_update, self._report)
                succeeded = expectation.see(now)
                if succeeded is not None:
                    await self._report.advanced(BulkProgress(1, 0 if succeeded else 1, 1))
                if succeeded:
                    return now
                if now.state == State.CANCELED and succeeded is not None:
                    raise self._error(DeploymentCanceled, "was canceled")
                if succeeded is not None:
                    raise self._error(DeploymentFailed, "failed")
        raise AssertionError("looking again and again does not end")

    async def _ask(self) -> None:
        match self.action:
            case "deploy":
                await self.clusters.deploy(self.cluster_id, organization_id=self.organization_id)
            case "upgrade":
                await self.clusters.upgrade(self.cluster_id)
            case "stop":
                await self.clusters.stop(self.cluster_id, organization_id=self.organization_id)
            case "delete":
                await self.clusters.delete(self.cluster_id, organization_id=self.organization_id)

    async def _look(self) -> ClusterSnapshot:
        status = await self.clusters.get_status(self.cluster_id, organization_id=self.organization_id)
        return ClusterSnapshot(cluster_id=self.cluster_id, status=status)

    async def _look_again(self) -> ClusterSnapshot:
        try:
            return await self._look()
        except (NotFound, Forbidden, BadRequest):  # a cluster that is gone gets any of these
            if self.action == "delete":
                return ClusterSnapshot(cluster_id=self.cluster_id, is_gone=True)
            raise

    def _error(self, kind: type[DeploymentError], what: str) -> DeploymentError:
        target, state = f"cluster {self.cluster_id}", str(self._seen.state) if self._seen else ""
        text = f"The {self.action} of {target} {what}{f': it is {state}' if state else ''}."
        if kind is DeploymentTimeout and self._asked:
            text += " It goes on."
        return kind(text, action=self.action, target=target, state=state)
