"""Has what was asked for come, judged by what the API shows? Decides only: it asks nothing and waits for nothing."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final, TypeAlias

import attrs

from qovery_async.deployments.kinds import DeploymentAction
from qovery_async.models import ServiceActionStatusEnum, StateEnum

if TYPE_CHECKING:
    from qovery_async.deployments.snapshot import EnvironmentSnapshot, ServiceSnapshot

GRACE: Final = 5.0
"""Seconds for which nothing may run or wait before what is seen is taken for the end: statuses lag by some three."""

_UP: Final = frozenset[str]({StateEnum.DEPLOYED, StateEnum.RESTARTED})
SUCCESS: Final[Mapping[DeploymentAction, frozenset[str]]] = {
    "deploy": _UP,
    "redeploy": _UP,
    "restart": _UP,
    "stop": frozenset[str]({StateEnum.STOPPED}),
    "delete": frozenset[str]({StateEnum.DELETED}),
    "uninstall": frozenset[str]({StateEnum.DELETED}),
    "cancel": frozenset[str]({StateEnum.CANCELED}),
}
"""The states in which an action has succeeded."""
_OVER: Final = frozenset[str]().union(*SUCCESS.values(), {StateEnum.READY})
_NOT_DONE: Final = frozenset[str](set(ServiceActionStatusEnum) - {ServiceActionStatusEnum.SUCCESS})
"""The statuses of a service's last action that deny its success. NEVER: an earlier stage failed."""


class Verdict(enum.Enum):
    """What to do now."""

    WAIT = "wait"
    ASK = "ask"
    """The API must be asked what became of the request: see `Expectation.told`."""
    DONE = "done"
    FAILED = "failed"
    CANCELED = "canceled"


_Seen: TypeAlias = "EnvironmentSnapshot | ServiceSnapshot"


def is_over(state: str) -> bool:
    """Whether nothing more happens in a state. A value that is unknown may be a step of something."""
    return state in _OVER or state.endswith("ERROR")


def judged(action: DeploymentAction, state: str) -> Verdict:
    """What the last state of a deployment says about the action that it carried out."""
    if state in SUCCESS[action]:
        return Verdict.DONE
    if state.endswith("ERROR"):
        return Verdict.FAILED
    return Verdict.CANCELED if state == StateEnum.CANCELED else Verdict.WAIT


@attrs.define(kw_only=True)
class Expectation:
    """An action that was asked for, and what is known of it by now.

    `before` is what was seen before it; None joins whatever runs. `request_id` is the id that the API gave it. Qovery
    merges requests of the same user and action, so that the deployment may carry another id. `service_ids` are the
    services that it is about; None is the whole environment.
    """

    action: DeploymentAction
    before: EnvironmentSnapshot | None = None
    request_id: str | None = None
    service_ids: frozenset[str] | None = None
    _was_busy: bool = False
    _quiet_since: float | None = None

    def see(self, now: EnvironmentSnapshot, at: float) -> Verdict:
        """Takes what the API shows at a time, in seconds of any clock that only goes forward."""
        if now.is_gone:
            return Verdict.DONE if self.action == "delete" else Verdict.FAILED
        quiet = is_over(now.state) and now.queued == 0
        self._was_busy = self._was_busy or not quiet
        if not quiet:
            self._quiet_since = None
        elif self._quiet_since is None:
            self._quiet_since = at
        settled = self._quiet_since is not None and at - self._quiet_since >= GRACE
        if self.before is None:
            return self._joined(now.state, quiet=quiet, settled=settled)
        verdict = self._of_environment(now) if self.service_ids is None else self._of_services(self.service_ids, now)
        return self._settled(now) if verdict is Verdict.WAIT and settled else verdict

    def told(self, state: str | None) -> Verdict:
        """Takes the state of the request as the API gives it; None if the API knows no such request."""
        self._quiet_since = None
        if state is None:
            self.request_id = None
            return Verdict.WAIT
        verdict = judged(self.action, state)
        return Verdict.FAILED if verdict is Verdict.WAIT and is_over(state) else verdict

    def _joined(self, state: str, *, quiet: bool, settled: bool) -> Verdict:
        if not (settled or (quiet and self._was_busy)):
            return Verdict.WAIT
        verdict = judged(self.action, state)
        return Verdict.FAILED if verdict is Verdict.WAIT and settled else verdict

    def _of_environment(self, now: EnvironmentSnapshot) -> Verdict:
        return judged(self.action, now.state) if self._is_mine(now, self.before) else Verdict.WAIT

    def _of_services(self, ids: frozenset[str], now: EnvironmentSnapshot) -> Verdict:
        verdicts = {self._of_service(id_, now) for id_ in ids}
        if verdicts <= {Verdict.DONE}:
            return Verdict.DONE
        whole = self._of_environment(now) if is_over(now.state) else Verdict.WAIT
        if Verdict.WAIT in verdicts:  # services that an earlier stage left behind get no verdict of their own
            return Verdict.WAIT if whole is Verdict.DONE else whole
        return Verdict.FAILED if Verdict.FAILED in verdicts else Verdict.CANCELED

    def _of_service(self, id_: str, now: EnvironmentSnapshot) -> Verdict:
        service = now.service(id_)
        if service is None:
            return Verdict.DONE if self.action == "delete" else Verdict.FAILED
        if not self._is_mine(service, self.before.service(id_) if self.before else None):
            return Verdict.WAIT
        verdict = judged(self.action, service.state)
        denied = verdict is Verdict.DONE and service.status.status_details.status in _NOT_DONE
        return Verdict.WAIT if denied else verdict

    def _settled(self, now: EnvironmentSnapshot) -> Verdict:
        """Nothing runs or waits any more, and what was asked for is not to be seen."""
        if self.request_id is not None:
            return Verdict.ASK
        if self._is_mine(now, self.before):
            return Verdict.FAILED
        return Verdict.WAIT if now.services else Verdict.DONE

    def _is_mine(self, now: _Seen, before: _Seen | None) -> bool:
        """Whether a state is from the action: of its request, or if its id is not known, newer than before."""
        if self.request_id is not None:
            return now.deployment_request_id == self.request_id
        if now.execution_id is not None:
            return before is None or now.execution_id != before.execution_id
        return now.last_deployment_date is not None and (
            before is None or now.last_deployment_date != before.last_deployment_date
        )
