"""What does a deployment that failed leave behind to read?"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from qovery_async.deployments.log_lines import details_of
from qovery_async.deployments.log_lines import text_of as _text
from qovery_async.deployments.log_lines import transmitter_of as _transmitter
from qovery_async.deployments.patience import log
from qovery_async.deployments.snapshot import EnvironmentSnapshot, ServiceSnapshot
from qovery_async.errors import QoveryError
from qovery_async.models import EnvironmentLogs, StepMetricStatusEnum
from qovery_async.resources.environments import Environments
from qovery_async.runtime.core import Core

LINES = 20
"""The most lines of the log that an error carries."""


async def evidence(core: Core, snapshot: EnvironmentSnapshot, ids: Collection[str]) -> tuple[str, list[str]]:
    """The step that failed, and the last lines of the log of services. Empty where there is nothing to read."""
    step = next((step for service in snapshot.services if service.id in ids for step in _failed_steps(service)), "")
    if snapshot.execution_id is None:
        return step, []
    try:
        lines = await Environments(core).list_deployment_logs(snapshot.environment_id, version=snapshot.execution_id)
    except QoveryError as error:  # the deployment has failed: that is what must be told
        log.warning("Cannot read the log of the deployment that failed: %s", error)
        return step, []
    own = [line for line in lines if _transmitter(line) in ids] or lines
    return step or _logged_step(own), [text for line in own if (text := _text(line))][-LINES:]


def _failed_steps(service: ServiceSnapshot) -> list[str]:
    """The steps that the status of a service says have failed."""
    metrics = service.status.steps
    steps = metrics.details if metrics else []
    return [step.step_name.value for step in steps if step.step_name and step.status == StepMetricStatusEnum.ERROR]


def _logged_step(lines: Sequence[EnvironmentLogs]) -> str:
    """The step of the last line with an error, in the words of the log."""
    failed = next((line for line in reversed(lines) if line.error is not None), None)
    details = failed and details_of(failed)
    return (details and details.stage and details.stage.step) or ""
