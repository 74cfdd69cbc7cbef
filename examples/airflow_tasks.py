"""Deploy from Airflow, or from any scheduler that runs functions in processes of its own.

    from airflow.sdk import task
    deploy = task(retries=0)(airflow_tasks.deploy)      # in a DAG; `timeout` is the SDK's own

A task makes its client, so that nothing is pickled but arguments, results and errors. The errors of the SDK can be, and
say after that what they said before. A task is not repeated from outside where a deployment may be under way.
"""

from __future__ import annotations

from typing import Any

from qovery_sync import Qovery, to_dict


def deploy(path: str, timeout: float = 1800) -> dict[str, Any]:
    """Deploys an environment (`"shop/production"`), waits, and returns its state for the tasks that follow.

    Raises:
        DeploymentFailed: it has the services that failed, the step and the end of the log.
        SeveralFound: the name is not unique.
    """
    with Qovery() as client:
        environment = client.find.environment(path)
        result = client.deployments.deploy(environment.id, timeout=timeout)
        return {"environment": environment.id, "state": str(result.state)}


def snapshot() -> list[dict[str, Any]]:
    """Projects as plain objects, which any XCom backend takes."""
    with Qovery() as client:
        return to_dict(client.projects.list())
