"""Has what was asked for come, judged by what the API shows? Decides only: it asks nothing and waits for nothing."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final, TypeAlias

import attrs

from qovery_async.deployments.kinds import DeploymentAction
from qovery_async.models import ServiceActionStatusEnum, StateEnum
from qovery_async.vocabulary.values import define

if TYPE_CHECKING:
    from qovery_async.deployments.snapshot import EnvironmentSnapshot, ServiceSnapshot

GRACE: Final = 5.0
"""Seconds for which nothing may run or wait before what is seen is taken for the end: statuses lag by some three."""

_UP: Final = frozenset[str]({StateEnum.DEPLOYED, StateEnum.RESTARTED})
RAREST: Final = 300.0
"""The most seconds between two questions for what became of a request: it is asked less and less often."""

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
NEARLY_GONE: Final = frozenset[str]({StateEnum.DELETE_QUEUED, StateEnum.DELETING, StateEnum.DELETED})
"""The states of an environment after which none has to come."""
_OVER: Final = frozenset[str]().union(*SUCCESS.values(), {StateEnum.READY})
_LASTING: Final = frozenset[DeploymentAction]({"stop", "uninstall"})
"""The actions of services that are done wherever their state is seen, whoever brought it about."""
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


@define(kw_only=True)
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
    _ask_from: float | None = None
    _ask_gap: float = attrs.field(factory=lambda: GRACE)

    def see(self, now: EnvironmentSnapshot, at: float) -> Verdict:
        """Takes what the API shows at a time, in seconds of any clock that only goes forward."""
        if now.is_gone:
            return Verdict.DONE if self.action == "delete" else Verdict.FAILED
        if self._ask_from is None:
            self._ask_from = at + GRACE
        quiet = is_over(now.state) and now.queued == 0
        self._was_busy = self._was_busy or not quiet
        if not quiet:
            self._quiet_since = None
        elif self._quiet_since is None:
            self._quiet_since = at
        settled = self._quiet_since is not None and at - self._quiet_since >= GRACE
        if self.before is None:
            return self._joined(now.state, quiet=quiet, settled=settled)
        if self.service_ids and not (now.services or settled or _are_in(self.before, self.service_ids)):
            return Verdict.WAIT  # a response without the other services does not say that these are gone
        if self.request_id is None:
            if self.service_ids is None:
                return _of_newer(self.action, now, self.before) if settled else Verdict.WAIT
            return _of_newer_services(self.action, self.service_ids, now, self.before, settled=settled)
        verdict = self._of_request(now, self.request_id)
        lost = verdict is Verdict.WAIT and (settled or now.deployment_request_id != self.request_id)
        return Verdict.ASK if lost and self._may_ask(at) else verdict

    def stirred(self) -> None:
        """Something runs, which the API may not show yet: that nothing ran before says nothing."""
        self._quiet_since = None

    def told(self, state: str | None) -> Verdict:
        """Takes the state of the request as the API gives it; None if the API knows no such request."""
        if state is None:
            self.request_id = self._quiet_since = None
            return Verdict.WAIT
        verdict = judged(self.action, state)
        return Verdict.FAILED if verdict is Verdict.WAIT and is_over(state) else verdict

    def of_service(self, id_: str, now: EnvironmentSnapshot) -> Verdict:
        """What a state says about one service, to show how far all have come. `see` decides."""
        service = now.service(id_)
        if service is None:
            return Verdict.DONE if self.action == "delete" else Verdict.FAILED
        if self.request_id is not None:
            is_mine = service.deployment_request_id == self.request_id
        else:
            is_mine = _is_newer(service, self.before.service(id_) if self.before else None)
        return _of_service(self.action, service) if is_mine else Verdict.WAIT

    def _may_ask(self, at: float) -> bool:
        """Not in the first seconds, when the API may not know the request yet; then less and less often."""
        if self._ask_from is None or at < self._ask_from:
            return False
        self._ask_from = at + self._ask_gap
        self._ask_gap = min(2 * self._ask_gap, RAREST)
        return True

    def _joined(self, state: str, *, quiet: bool, settled: bool) -> Verdict:
        if not (settled or (quiet and self._was_busy)):
            return Verdict.WAIT
        verdict = judged(self.action, state)
        if self.action == "delete" and verdict is Verdict.DONE:
            return Verdict.WAIT  # an uninstall ends in the same state; what is deleted is soon gone
        return Verdict.FAILED if verdict is Verdict.WAIT and settled else verdict

    def _of_request(self, now: EnvironmentSnapshot, id_: str) -> Verdict:
        ended = now.deployment_request_id == id_ and is_over(now.state)
        whole = judged(self.action, now.state) if ended else Verdict.WAIT
        if self.service_ids is None:
            return whole
        services = _those(self.service_ids, now)
        if len(services) < len(self.service_ids):
            return Verdict.FAILED
        verdicts = {
            _of_service(self.action, each) if each.deployment_request_id == id_ else Verdict.WAIT for each in services
        }
        if Verdict.WAIT not in verdicts:
            return _worst(verdicts)
        return Verdict.WAIT if whole is Verdict.DONE else whole  # an earlier stage failed: some get no verdict


def _of_newer(action: DeploymentAction, now: EnvironmentSnapshot, before: EnvironmentSnapshot) -> Verdict:
    """Judges an environment where nothing runs or waits any more, by what is newer than before."""
    if not _is_newer(now, before):
        return Verdict.WAIT if now.services or before.services or action == "delete" else Verdict.DONE
    newer = [service for service in now.services if _is_newer(service, before.service(service.id))]
    verdict = _worst({judged(action, now.state), *(_of_service(action, service) for service in newer)})
    return Verdict.WAIT if action == "delete" and verdict is Verdict.DONE else verdict  # as above


def _of_newer_services(
    action: DeploymentAction,
    ids: frozenset[str],
    now: EnvironmentSnapshot,
    before: EnvironmentSnapshot,
    *,
    settled: bool,
) -> Verdict:
    """The same for some services, where something may still run or wait."""
    services = _those(ids, now)
    if action == "delete" and not services:
        return Verdict.DONE
    if action != "delete" and len(services) < len(ids):
        return Verdict.FAILED
    newer = [service for service in services if _is_newer(service, before.service(service.id))]
    are_all = settled or len(newer) == len(services)
    if action in _LASTING and are_all and all(_of_service(action, each) is Verdict.DONE for each in services):
        return Verdict.DONE
    if not (settled and newer):  # what is newer may be of another user, and this action still to come
        return Verdict.WAIT
    verdicts = {_of_service(action, each) if each in newer else Verdict.WAIT for each in services}
    return Verdict.WAIT if action == "delete" and verdicts == {Verdict.DONE} else _worst(verdicts)


def _of_service(action: DeploymentAction, service: ServiceSnapshot) -> Verdict:
    verdict = judged(action, service.state)
    last: str | None = getattr(service.status.status_details, "status", None)  # may be left out
    denied = verdict is Verdict.DONE and last in _NOT_DONE
    return Verdict.WAIT if denied else verdict


def _those(ids: frozenset[str], within: EnvironmentSnapshot) -> list[ServiceSnapshot]:
    return [service for service in within.services if service.id in ids]


def _are_in(before: EnvironmentSnapshot, ids: frozenset[str]) -> bool:
    return all(service.id in ids for service in before.services)


def _worst(verdicts: set[Verdict]) -> Verdict:
    """The verdict on a whole from those on its parts, when nothing more is to come."""
    if verdicts <= {Verdict.DONE}:
        return Verdict.DONE
    return Verdict.CANCELED if Verdict.CANCELED in verdicts and Verdict.FAILED not in verdicts else Verdict.FAILED


def _is_newer(now: _Seen, before: _Seen | None) -> bool:
    if now.execution_id is not None:
        return before is None or now.execution_id != before.execution_id
    return now.last_deployment_date is not None and (
        before is None or now.last_deployment_date != before.last_deployment_date
    )
