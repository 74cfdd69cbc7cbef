"""How is an action on an environment asked for, and its end awaited?"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from typing import Any, Literal, TypedDict

import attrs

from qovery_async.deployments.bodies import Details
from qovery_async.deployments.evidence import evidence
from qovery_async.deployments.failures import (
    DeploymentCanceled,
    DeploymentError,
    DeploymentFailed,
    DeploymentTimeout,
    FailedService,
)
from qovery_async.deployments.following import Following, Logged, Look, Push
from qovery_async.deployments.kinds import DeploymentAction
from qovery_async.deployments.looking import details_of, snapshot
from qovery_async.deployments.patience import PASSING, log
from qovery_async.deployments.requests import ask_environment, ask_services
from qovery_async.deployments.run_log import LogHook, RunLog, check_logs
from qovery_async.deployments.selection import ServiceSelection, check_before, check_timeout, selected, versions_of
from qovery_async.deployments.snapshot import UNKNOWN, EnvironmentSnapshot, ServiceSnapshot
from qovery_async.deployments.telling import check_hooks, tell
from qovery_async.deployments.verdict import NEARLY_GONE, SUCCESS, Expectation, Verdict, is_over
from qovery_async.errors import Conflict, Forbidden, NotFound
from qovery_async.models import ServiceDeploymentStatusEnum, StateEnum
from qovery_async.progress.choice import reporter
from qovery_async.progress.reports import BulkProgress, ProgressHook, Reporter
from qovery_async.resources.deployment_queue import DeploymentQueue
from qovery_async.runtime.core import Core
from qovery_async.secrecy.printable import one_line
from qovery_async.vocabulary.values import define

UpdateHook = Callable[[EnvironmentSnapshot], Awaitable[None] | None]


class _Facts(TypedDict):
    action: str
    target: str
    environment_id: str
    state: str
    services: list[FailedService]


@define(kw_only=True)
class Errand:
    """One action on an environment, or on some of its services, from the request to the end."""

    core: Core
    action: DeploymentAction
    environment_id: str
    timeout: float
    on_update: UpdateHook | None = None
    progress: ProgressHook | Literal["rich"] | None = None
    logs: LogHook | bool = False
    services: ServiceSelection | None = None
    force: bool = False
    joins: bool = False
    """Whether it waits for what someone else has asked for."""
    _details: Details = attrs.field(factory=dict[str, Any], init=False)
    _chosen: list[ServiceSnapshot] | None = attrs.field(default=None, init=False)
    """The services that are acted on, before; None for the whole environment."""
    _seen: EnvironmentSnapshot | None = attrs.field(default=None, init=False)
    _asked: bool = attrs.field(default=False, init=False)
    _report: Reporter = attrs.field(factory=Reporter, init=False)
    _told: BulkProgress | None = attrs.field(default=None, init=False)
    _log: RunLog | None = attrs.field(default=None, init=False)
    _execution_id: str | None = attrs.field(default=None, init=False)
    """That of the last deployment seen."""

    async def run(self) -> EnvironmentSnapshot:
        """Sends the request and waits.

        Raises:
            DeploymentError: the end is not the one that was asked for, or does not come in time.
        """
        check_timeout(self.timeout)
        check_hooks(self.on_update, self.progress)
        check_logs(self.logs)
        check_before(self.action, self.services)
        limit = asyncio.timeout(self.timeout)
        try:
            async with reporter(self.progress, self.action) as self._report:
                try:
                    async with limit:
                        end = await self._run()
                except DeploymentError:
                    await self._end_log()
                    raise
                await self._end_log()  # the timeout is for the deployment
                return end
        except TimeoutError:
            if not limit.expired():
                raise
            raise self._late() from None
        except asyncio.CancelledError:
            if self._asked:
                log.warning("Stopped waiting for the %s of %s. %s", self.action, self._target, self._advice)
            raise

    async def _run(self) -> EnvironmentSnapshot:
        self._details = await details_of(self.core, self.environment_id)
        before = self._seen = await snapshot(self.core, self.environment_id, self._details)
        await self._report.updated(before)
        if self.joins:
            return await self._wait(Expectation(action=self.action))
        self._chosen = selected(self.action, self.services, before, self._details)
        if self._is_nothing_to_do(before):
            return before
        ids = None if self._chosen is None else frozenset(service.id for service in self._chosen)
        expectation = Expectation(action=self.action, before=before, service_ids=ids)
        self._asked = True
        try:
            request_id = await self._ask()
        except Conflict:
            if self.action == "stop" and self._is_stopped(before):
                return before
            raise
        if self.action == "cancel":
            expectation.request_id = request_id or before.deployment_request_id
        elif request_id != before.deployment_request_id:  # one that was there before says nothing
            expectation.request_id = request_id
        return await self._wait(expectation)

    async def _ask(self) -> str | None:
        if self._chosen is None:
            return await ask_environment(self.core, self.action, self.environment_id, force=self.force)
        return await ask_services(
            self.core,
            self.action,
            self.environment_id,
            self._chosen,
            versions=versions_of(self.services),
            details=self._details,
        )

    def _is_nothing_to_do(self, before: EnvironmentSnapshot) -> bool:
        own = self._now(before)
        off = ServiceDeploymentStatusEnum.NEVER_DEPLOYED
        return self._chosen == [] or (
            self.action == "uninstall" and all(service.status.service_deployment_status == off for service in own)
        )

    def _is_stopped(self, before: EnvironmentSnapshot) -> bool:
        whole = self._chosen is None and before.state == StateEnum.STOPPED
        return whole or all(service.state == StateEnum.STOPPED for service in self._now(before))

    async def _wait(self, expectation: Expectation) -> EnvironmentSnapshot:
        told = expectation.before
        if self.logs is not False:
            self._log = RunLog(hook=self.logs, before=None if self.action == "cancel" else told)
        async with aclosing(self._following(told).events()) as events:
            async for event in events:
                if isinstance(event, Logged):
                    await self._take_line(event)
                    continue
                now = self._seen = event.now
                self._execution_id = now.execution_id or self._execution_id
                verdict = Verdict.WAIT
                if isinstance(event, Look):
                    verdict = expectation.see(now, event.at)
                elif not is_over(now.state):
                    expectation.stirred()
                is_news = isinstance(event, Push) or not event.is_stale or verdict is not Verdict.WAIT
                if now != told and is_news:
                    told = now
                    await tell(now, self.on_update, self._report)
                if verdict is Verdict.ASK and expectation.request_id is not None:
                    verdict = expectation.told(await self._state_of(expectation.request_id))
                if is_news:
                    await self._advance(now, expectation, verdict)
                if verdict is Verdict.DONE:
                    return now
                if verdict in (Verdict.FAILED, Verdict.CANCELED):
                    raise await self._failure(now, verdict)
        raise AssertionError("looking again and again does not end")

    def _following(self, before: EnvironmentSnapshot | None) -> Following:
        return Following(
            core=self.core,
            environment_id=self.environment_id,
            names={id_: detail.name for id_, detail in self._details.items()},
            look=self._look_again,
            is_near=self._is_near,
            at_once=before is None,
            logs=self._log is not None,
        )

    def _is_near(self, now: EnvironmentSnapshot) -> bool:
        """Whether a look may show the end: no state is pushed for an environment that is gone."""
        if is_over(now.state) or (self.action == "delete" and now.state in NEARLY_GONE):
            return True
        return self._chosen is not None and all(is_over(service.state) for service in self._now(now))

    async def _take_line(self, event: Logged) -> None:
        if self._log is not None:
            await self._log.take(event.line)

    async def _end_log(self) -> None:
        if self._log is not None:
            await self._log.end(self.core, self.environment_id, self._execution_id)

    async def _look_again(self) -> EnvironmentSnapshot:
        try:
            return await snapshot(self.core, self.environment_id, self._details)
        except (NotFound, Forbidden) as error:  # some paths return 403 for what is gone
            if self.action == "delete":
                return EnvironmentSnapshot(environment_id=self.environment_id, is_gone=True)
            if isinstance(error, NotFound):
                error.add_note(f"{self._target} was deleted while this waited for its {self.action}.")
            raise

    async def _state_of(self, request_id: str) -> str | None:
        """The state of a request, None if the API knows no such request, since it was merged into another."""
        try:
            status = await DeploymentQueue(self.core).get_status(deployment_request_id=request_id)
        except NotFound:
            return None
        except PASSING as error:
            log.warning("Cannot see the state of the request, and ask again: %s", error)
            return UNKNOWN
        return status.status

    async def _advance(self, now: EnvironmentSnapshot, expectation: Expectation, verdict: Verdict) -> None:
        """Tells how many services have ended, where that has changed."""
        ids = [service.id for service in (self._chosen or (expectation.before or now).services)]
        ended = [found for id_ in ids if (found := expectation.of_service(id_, now)) is not Verdict.WAIT]
        if verdict is Verdict.DONE:  # what the deployment had nothing to do for has ended too
            ended = [Verdict.DONE] * len(ids)
        progress = BulkProgress(len(ended), sum(found is not Verdict.DONE for found in ended), len(ids))
        if progress != self._told:
            self._told = progress
            await self._report.advanced(progress)

    async def _failure(self, now: EnvironmentSnapshot, verdict: Verdict) -> DeploymentError:
        left = self._left(now)
        state = self._state(now)
        if verdict is Verdict.CANCELED:
            return DeploymentCanceled(f"The {self.action} of {self._target} was canceled.", **self._facts(state, left))
        step, logs = await evidence(self.core, now, {service.id for service in left})
        ended = "failed" if state.endswith("ERROR") else f"did not succeed: it is {state}, not {self._wanted}"
        text = f"The {self.action} of {self._target} {ended}."
        return DeploymentFailed(text, step=step, logs=logs, **self._facts(state, left))

    def _late(self) -> DeploymentTimeout:
        now = self._seen
        state = self._state(now) if now else ""
        text = f"The {self.action} of {self._target} had not ended after {self.timeout:g} s"
        text += f": it is {state}." if state else "."
        if self._asked:
            text += f" {self._advice}"
        return DeploymentTimeout(text, **self._facts(state, self._left(now) if now else []))

    def _facts(self, state: str, left: list[FailedService]) -> _Facts:
        return {
            "action": self.action,
            "target": self._target,
            "environment_id": self.environment_id,
            "state": state,
            "services": left,
        }

    def _left(self, now: EnvironmentSnapshot) -> list[FailedService]:
        """The services that are not where they should be."""
        return [
            FailedService(service.id, service.name, service.kind, service.state)
            for service in self._now(now)
            if service.state not in SUCCESS[self.action]
        ]

    def _now(self, now: EnvironmentSnapshot) -> list[ServiceSnapshot]:
        """The services that are acted on, as they are now."""
        ids = None if self._chosen is None else {service.id for service in self._chosen}
        return [service for service in now.services if ids is None or service.id in ids]

    def _state(self, now: EnvironmentSnapshot) -> str:
        """The state to tell of: that of a single service, else that of the environment."""
        own = self._now(now) if self._chosen is not None else []
        return own[0].state if len(own) == 1 else now.state

    @property
    def _target(self) -> str:
        if self._chosen is None:
            return f"environment {self.environment_id}"
        names = ", ".join(one_line(service.name, 80) for service in self._chosen)
        return f"{names} in environment {self.environment_id}"

    @property
    def _wanted(self) -> str:
        return " or ".join(sorted(SUCCESS[self.action]))

    @property
    def _advice(self) -> str:
        return f"It goes on; to cancel it: client.deployments.cancel({self.environment_id!r}, timeout=...)"
