"""How is an environment watched, and how is what someone else asked for awaited?"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import aclosing
from typing import Literal

from qovery_async import models
from qovery_async.deployments.errand import Errand
from qovery_async.deployments.following import Following, Logged, Look
from qovery_async.deployments.kinds import ACTIONS, DeploymentAction
from qovery_async.deployments.looking import details_of, snapshot
from qovery_async.deployments.run_log import LogHook
from qovery_async.deployments.selection import ServiceSelection
from qovery_async.deployments.snapshot import EnvironmentSnapshot
from qovery_async.deployments.verdict import NEARLY_GONE
from qovery_async.errors import ConfigurationError, Forbidden, NotFound
from qovery_async.progress.reports import ProgressHook
from qovery_async.runtime.resource import Resource


class EnvironmentWatching(Resource):
    """Watches environments, and waits for what is under way in them."""

    async def wait(
        self,
        environment_id: str,
        action: DeploymentAction,
        *,
        timeout: float,
        on_update: Callable[[EnvironmentSnapshot], Awaitable[None] | None] | None = None,
        progress: ProgressHook | Literal["rich"] | None = None,
        logs: Callable[[models.EnvironmentLogs], Awaitable[None] | None] | bool = False,
    ) -> EnvironmentSnapshot:
        """Wait for what is under way in an environment, which someone else has asked for.

        Without anything under way, the last deployment is judged. A deployment shows after some seconds, so the state must
        stay the same for 5 s.

        Args:
            action: What is under way, such as "deploy": another end is a failure.
            timeout: As in `deploy`.
            on_update: As in `deploy`. The first call has the present state.
            logs: As in `deploy`, from the beginning of what is under way.

        `GET /environment/{environmentId}/statusesWithStages`. Errors are those of `deploy`.
        """
        if action not in ACTIONS:
            raise ConfigurationError(f"action must be one of {', '.join(ACTIONS)}, got {action!r}")
        return await self._errand(
            action, environment_id, None, timeout, on_update, progress=progress, logs=logs, joins=True
        ).run()

    async def watch(self, environment_id: str) -> AsyncIterator[EnvironmentSnapshot]:
        """Yield the present state of an environment, then each change.

        Ends when the environment is deleted; the last state has `is_gone`. States come as the stream pushes them. Without
        it, they are looked up at most 300 times an hour, so that short ones may be missed.

        `GET /deployment/status` as a WebSocket, and `GET /environment/{environmentId}/statusesWithStages`

        Raises:
            QoveryError: the state could not be read for two minutes.
        """
        details = await details_of(self._core, environment_id)
        seen: EnvironmentSnapshot | None = None

        async def look() -> EnvironmentSnapshot:
            try:
                return await snapshot(self._core, environment_id, details)
            except (NotFound, Forbidden):  # some paths return 403 for what is gone
                if seen is None:
                    raise
                return EnvironmentSnapshot(environment_id=environment_id, is_gone=True)

        following = Following(
            core=self._core,
            environment_id=environment_id,
            names={id_: detail.name for id_, detail in details.items()},
            look=look,
            is_near=lambda now: now.state in NEARLY_GONE,
            at_once=True,
        )
        async with aclosing(following.events()) as events:
            async for event in events:
                if isinstance(event, Logged):
                    continue
                state, is_stale = event.now, isinstance(event, Look) and event.is_stale
                if state != seen and (state.is_gone or not is_stale):
                    seen = state
                    yield state
                if state.is_gone:
                    return

    def _errand(
        self,
        action: DeploymentAction,
        environment_id: str,
        services: ServiceSelection | None,
        timeout: float,
        on_update: Callable[[EnvironmentSnapshot], Awaitable[None] | None] | None,
        *,
        progress: ProgressHook | Literal["rich"] | None,
        logs: LogHook | bool,
        force: bool = False,
        joins: bool = False,
    ) -> Errand:
        return Errand(
            core=self._core,
            action=action,
            environment_id=environment_id,
            services=services,
            timeout=timeout,
            on_update=on_update,
            progress=progress,
            logs=logs,
            force=force,
            joins=joins,
        )
