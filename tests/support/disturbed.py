"""What becomes of a random action in an emulated environment that others disturb, and does the emulator agree?"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Sequence
from datetime import timedelta
from random import Random
from typing import Any

import attrs

from qovery_async import AsyncQovery, QoveryError, RequestEvent
from qovery_async.deployments.kinds import ACTIONS_OF, DeploymentAction
from qovery_async.deployments.patience import PASSING
from qovery_async.deployments.verdict import SUCCESS
from qovery_async.emulator import Action, Emulator, Trigger
from qovery_async.emulator.life.records import DeploymentRun
from qovery_async.models import StateEnum

BOB = Trigger("bob", "CLI")
OF_EMULATOR = {
    "deploy": Action.DEPLOY,
    "redeploy": Action.DEPLOY,
    "stop": Action.STOP,
    "restart": Action.RESTART,
    "delete": Action.DELETE,
    "uninstall": Action.UNINSTALL,
}
_CHOSEN: tuple[DeploymentAction, ...] = (
    "deploy", "deploy", "redeploy", "stop", "restart", "delete", "uninstall", "cancel",
)  # fmt: skip
DISTURBANCES = (
    "nothing", "nothing", "fails", "canceled by another", "merged", "queue", "never ready", "removed",
)  # fmt: skip


class Asked(list[str]):
    """The addresses of the requests that change something; a hook of the client, `on_request=asked`."""

    def __call__(self, event: RequestEvent) -> None:
        if event.method != "GET":
            self.append(event.url)


@attrs.define(kw_only=True)
class Story:
    """One action, its disturbance and its end."""

    emulator: Emulator
    random: Random
    environment: str
    services: Sequence[Any]
    action: DeploymentAction
    named: list[str] | None
    disturbance: str
    timeout: float
    end: str = ""
    error: QoveryError | None = None
    wrong: str = ""

    @property
    def key(self) -> tuple[str, str]:
        return self.action, self.disturbance

    async def play(self, client: AsyncQovery, asked: Asked) -> None:
        self._past()
        self._disturb()
        call = getattr(client.deployments, self.action)
        arguments = {} if self.action == "cancel" else {"services": self.named}
        while not self.end:
            try:
                await call(self.environment, timeout=self.timeout, **arguments)
                self.end = "success"
            except QoveryError as error:
                if isinstance(error, PASSING) and not any(self.environment in url for url in asked):
                    continue  # the state before could not be read, so nothing was asked for
                self.end, self.error = type(error).__name__, error
        self.wrong = self._judge()

    def _past(self) -> None:
        if self.random.random() < 0.8:
            left = self.random.choice(("DEPLOYED", "DEPLOYED", "STOPPED", "BUILD_ERROR", "CANCELED"))
            states = {service.id: StateEnum(left) for service in self.services}
            at = self.emulator.clock.now() - timedelta(days=1)
            self.emulator.life.restore(self.environment, states, at=at, trigger=BOB)

    def _disturb(self) -> None:
        life, id_ = self.emulator.life, self.environment
        own = self.random.choice(self.named or [service.id for service in self.services])
        if self.action == "cancel":
            life.act(id_, Action.DEPLOY, BOB)
            return
        action = OF_EMULATOR[self.action]
        match self.disturbance:
            case "fails":
                life.fail_next_build(own)
                life.fail_next(own, action)
            case "canceled by another":
                self._cancel_after(self.random.uniform(1.0, 7.0))
            case "merged":
                life.merge_next(id_)
            case "queue":
                for _ in range(self.random.randint(1, 2)):
                    other = self.random.choice((Action.DEPLOY, Action.RESTART, Action.STOP, Action.UNINSTALL))
                    ids = self.random.choice((None, [own], [self.services[0].id]))
                    self._later(functools.partial(life.act, id_, other, BOB, ids), self.random.uniform(0, 9))
            case "never ready":
                life.never_ready(own)
            case "removed":
                self._later(self._remove, self.random.uniform(0.5, 9.0))
            case _:
                pass

    def _later(self, function: Callable[[], object], seconds: float) -> None:
        def call() -> None:
            try:
                function()
            except Exception:  # noqa: BLE001  # there is nothing to cancel or to remove any more
                return

        self.emulator.clock.call_later(seconds, call)

    def _cancel_after(self, seconds: float, tries: int = 60) -> None:
        """Cancels what runs then, or what runs next: on a busy machine, the action may begin late."""

        def cancel() -> None:
            try:
                self.emulator.life.cancel(self.environment, force=True)
            except Exception:  # noqa: BLE001  # nothing runs yet, or the environment is gone
                if tries:
                    self._cancel_after(0.5, tries - 1)

        self.emulator.clock.call_later(seconds, cancel)

    def _remove(self) -> None:
        self.emulator.state.remove(self.emulator.state.get("environment", self.environment))

    @property
    def _is_gone(self) -> bool:
        return self.emulator.state.find(self.environment) is None

    def _runs(self) -> list[DeploymentRun]:
        """The runs that carry out what was asked for."""
        life = self.emulator.life.environment(self.environment)
        runs = [*life.past, *([life.execution.run] if life.execution else [])]
        if self.action == "cancel":
            return [run for run in runs if run.request.trigger == BOB and run is not runs[0]] or runs[-1:]
        user = self.emulator.tokens.identify(f"Token {self.emulator.token}").user
        action = OF_EMULATOR[self.action]
        return [run for run in runs if run.request.trigger.user == user and run.request.action is action]

    def _judge(self) -> str:
        runs, wanted = self._runs(), SUCCESS[self.action]
        outcomes = {run.outcome for run in runs}
        states = {id_: self.emulator.life.service(id_).state for id_ in self.named or ()}
        match self.end:
            case "success" if self.action == "delete":
                left = {service.id for service in self.services if self.emulator.state.find(service.id)}
                fine = not (left & set(self.named)) if self.named else self._is_gone
                return "" if fine else "success, but it is still there"
            case "success" if self._nothing():
                return ""
            case "success" if self.named:
                parts = {part.service.id: part.state for run in runs for part in run.parts}
                fine = all(state in wanted for state in ({**states, **parts}).values())
                return "" if fine else f"success, but {states}, {parts}"
            case "success":
                stopped = self.action == "stop" and not runs
                return "" if outcomes & wanted or stopped else f"success, but {outcomes}"
            case "DeploymentCanceled":
                return "" if StateEnum.CANCELED in outcomes or not runs else f"canceled, but {outcomes}"
            case "DeploymentFailed":
                bad = [outcome for outcome in outcomes if outcome is not None and outcome not in wanted]
                return "" if bad or self._is_gone or self.disturbance == "queue" else f"failed, but {outcomes}"
            case "DeploymentTimeout":
                return "" if self.disturbance == "never ready" or not runs else f"timed out, but {outcomes}"
            case "NotFound" | "Forbidden":
                return "" if self._is_gone else f"{self.end}, but it is there"
            case "Conflict":
                return "" if self.action in ("stop", "cancel") else "409"
            case _:
                return f"{self.end}: {self.error}"

    def _nothing(self) -> bool:
        ids = self.named or [service.id for service in self.services]
        deployed = [self.emulator.life.service(id_).deployed for id_ in ids]
        return self.action in ("uninstall", "restart") and not self._runs() and not any(deployed)


async def stories(emulator: Emulator, client: AsyncQovery, count: int, seed: str, seconds: float) -> list[Story]:
    """Random actions, each in an environment of its own: a clone of one of the demo world."""
    random = Random(seed)
    originals = await client.organizations.list_environments()
    found: list[Story] = []
    for number, original in zip(range(count), itertools.cycle(originals), strict=False):
        clone = await client.environments.clone(original.id, {"name": f"clone-{number}"})
        services = [
            each for each in await client.environments.list_services(clone.id) if each.service_type != "ARGOCD_APP"
        ]
        action = random.choice(_CHOSEN)
        able = [service.id for service in services if action in ACTIONS_OF[service.service_type]]
        named = random.sample(able, random.randint(1, len(able))) if able and random.random() < 0.5 else None
        found.append(
            Story(
                emulator=emulator,
                random=Random(f"{seed}/{number}"),
                environment=clone.id,
                services=services,
                action=action,
                named=None if action == "cancel" else named,
                disturbance="nothing" if action == "cancel" else random.choice(DISTURBANCES),
                timeout=seconds,
            )
        )
    return found
