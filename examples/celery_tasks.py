"""Deploy environments from Celery tasks, with one blocking client for each worker process.

    QOVERY_API_TOKEN=... CELERY_BROKER=redis://localhost celery --workdir examples --app celery_tasks worker
    celery_tasks.deploy.delay("the id of an environment")

The client may be used before the pool forks: a child has connections and a loop of its own. Arguments and results are
plain JSON, as Celery wants them. Errors of the SDK are pickled whole by `result_serializer="pickle"` only; JSON keeps
their type and message.
"""

# pyright: basic
# Celery has no types.
from __future__ import annotations

import os
from typing import Any

from celery import Celery

from qovery_sync import ConnectError, DeploymentError, Qovery, RateLimited, to_dict

app = Celery("celery_tasks", broker=os.environ["CELERY_BROKER"], backend=os.environ.get("CELERY_BACKEND"))
client = Qovery(pace="wait")


@app.task
def projects() -> list[dict[str, Any]]:
    return to_dict(client.projects.list())


# A request that was never sent, or that a limit refused, has done nothing: only then is the whole task repeated.
@app.task(autoretry_for=(ConnectError, RateLimited), retry_backoff=True, max_retries=3)
def deploy(environment_id: str, seconds: float = 1800) -> str:
    """Returns the state it ends in; a deployment that fails is an outcome, not a reason to try again."""
    try:
        return str(client.deployments.deploy(environment_id, timeout=seconds).state)
    except DeploymentError as error:
        return f"{type(error).__name__}: {error}"
