"""What does a deployment that failed leave behind to read?"""

from __future__ import annotations

from collections.abc import Collection

from qovery_async.deployments.log_lines import details_of
from qovery_async.deployments.log_lines import text_of as _text
from qovery_async.deployments.log_lines import transmitter_of as _transmitter
from qovery_async.deployments.patience import log
from qovery_async.deployments.snapshot import EnvironmentSnapshot
from qovery_async.errors import QoveryError
from qovery_async.resources.environments import Environments
from qovery_async.runtime.core import Core

LINES = 20
"""The most lines of the log that an error carries."""


async def evidence(core: Core, snapshot: EnvironmentSnapshot, ids: Collection[str]) -> tuple[str, list[str]]:
    """The step that failed, and the last lines of the log of services. Empty where there is nothing to read."""
    if snapshot.execution_id is None:
        return "", []
    try:
        lines = await Environments(core).list_deployment_logs(snapshot.environment_id, version=snapshot.execution_id)
    except QoveryError as error:  # the deployment has failed: that is what must be told
        log.warning("Cannot read the log of the deployment that failed: %s", error)
        return "", []
    own = [line for line in lines if _transmitter(line) in ids] or lines
    failed = next((line for line in reversed(own) if line.error is not None), None)
    details = failed and details_of(failed)
    step = (details and details.stage and details.stage.step) or ""
    return step, [text for line in own if (text := _text(line))][-LINES:]
