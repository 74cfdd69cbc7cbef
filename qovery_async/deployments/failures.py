"""How does a deployment fail?"""

from __future__ import annotations

from collections.abc import Sequence

from qovery_async.errors import QoveryError
from qovery_async.secrecy.printable import one_line
from qovery_async.vocabulary.values import frozen


@frozen
class FailedService:
    """A service that a deployment did not bring where it should. `type` is a value of `ServiceTypeEnum`."""

    id: str
    name: str
    type: str
    state: str

    def __str__(self) -> str:
        return f"{one_line(self.name, 80)} ({self.type.lower()}, {self.state})"


class DeploymentError(QoveryError):
    """An action on an environment, a service or a cluster did not end as asked.

    `action` is what was asked for, `target` what it was asked of ("environment ..."), `state` the last state
    seen. `environment_id` is None for a cluster. `services` are those that are not where they should be,
    `step` is the step that failed, such as `BUILD`, `logs` are the last lines of its log.
    """

    def __init__(
        self,
        message: str,
        *,
        action: str = "",
        target: str = "",
        environment_id: str | None = None,
        state: str = "",
        services: Sequence[FailedService] = (),
        step: str = "",
        logs: Sequence[str] = (),
    ) -> None:
        super().__init__(message)
        self.action = action
        self.target = target
        self.environment_id = environment_id
        self.state = state
        self.services = tuple(services)
        self.step = step
        self.logs = tuple(logs)

    def __str__(self) -> str:
        text = str(self.args[0])
        if self.services:
            text += f" Services: {', '.join(map(str, self.services))}."
        if self.step:
            text += f" Step: {one_line(self.step, 80)}."
        if self.logs:
            text += "".join(f"\n  {one_line(line, 500)}" for line in ("Last lines of the log:", *self.logs))
        return text


class DeploymentFailed(DeploymentError):
    """The action ended in an error state, or the target went to another state."""


class DeploymentCanceled(DeploymentError):
    """Someone canceled the action."""


class DeploymentTimeout(DeploymentError):
    """The action had not ended when the timeout passed. It goes on: the message says how to cancel it."""
