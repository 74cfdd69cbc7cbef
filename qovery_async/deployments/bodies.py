"""Which body asks for an action on services, and where does a version stand in it?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from qovery_async import models
from qovery_async.deployments.snapshot import ServiceSnapshot
from qovery_async.errors import ConfigurationError
from qovery_async.secrecy.printable import one_line
from qovery_async.vocabulary import UNSET, Unset

# A string, since this model imports those of all kinds of services.
Details = Mapping[str, "models.AnyService"]
"""The services of an environment in full, by id."""
Versions = Mapping[str, str | None]
"""The versions to deploy, by the id of their service. None is the version that is deployed."""
_Version = str | Unset


def ids_body(services: Iterable[ServiceSnapshot]) -> models.EnvironmentServiceIdsAllRequest:
    """The body that stops, deletes or uninstalls services."""
    ids = _ids(services)
    return models.EnvironmentServiceIdsAllRequest(
        application_ids=ids["APPLICATION"],
        container_ids=ids["CONTAINER"],
        database_ids=ids["DATABASE"],
        job_ids=ids["JOB"],
        helm_ids=ids["HELM"],
        terraform_ids=ids["TERRAFORM"],
    )


def restart_body(services: Iterable[ServiceSnapshot]) -> models.RebootServicesRequest:
    """The body that restarts services."""
    ids = _ids(services)
    return models.RebootServicesRequest(
        application_ids=ids["APPLICATION"], container_ids=ids["CONTAINER"], database_ids=ids["DATABASE"]
    )


def deploy_body(services: Iterable[ServiceSnapshot], versions: Versions, details: Details) -> models.DeployAllRequest:
    """The body that deploys services. One without a version is deployed again as it is.

    Raises:
        ConfigurationError: a service with a version has none.
    """
    of: defaultdict[str, list[tuple[str, _Version, _Version]]] = defaultdict(list)
    for service in services:
        of[service.kind].append((service.id, *_tag_and_commit(service, versions.get(service.id), details)))
    return models.DeployAllRequest(
        applications=[
            models.DeployAllRequestApplication(application_id=id_, git_commit_id=commit)
            for id_, _, commit in of["APPLICATION"]
        ],
        containers=[models.DeployAllRequestContainer(id=id_, image_tag=tag) for id_, tag, _ in of["CONTAINER"]],
        databases=[id_ for id_, _, _ in of["DATABASE"]],
        jobs=[
            models.DeployAllRequestJob(id=id_, image_tag=tag, git_commit_id=commit) for id_, tag, commit in of["JOB"]
        ],
        helms=[
            models.DeployAllRequestHelm(id=id_, chart_version=tag, git_commit_id=commit)
            for id_, tag, commit in of["HELM"]
        ],
        terraforms=[models.TerraformDeployRequest(id=id_, git_commit_id=commit) for id_, _, commit in of["TERRAFORM"]],
    )


def _tag_and_commit(service: ServiceSnapshot, version: str | None, details: Details) -> tuple[_Version, _Version]:
    """A version as the tag of an image or a chart, or as a commit, whatever the source of the service has."""
    if version is None:
        return UNSET, UNSET
    match service.kind, details.get(service.id):
        case ("DATABASE", _) | ("AGENTIC_WORKFLOW", _):
            raise ConfigurationError(
                f"{one_line(service.name, 80)} is of kind {service.kind}, which has no versions to deploy"
            )
        case (
            (("APPLICATION" | "TERRAFORM"), _)
            | (_, models.CronJobResponse(source=models.BaseJobResponseSourceWithDocker()))
            | (_, models.LifecycleJobResponse(source=models.BaseJobResponseSourceWithDocker()))
            | (_, models.HelmResponse(source=models.HelmResponseSourceWithGit()))
        ):
            return UNSET, version
        case _:
            return version, UNSET


def _ids(services: Iterable[ServiceSnapshot]) -> Mapping[str, list[str]]:
    found: defaultdict[str, list[str]] = defaultdict(list)
    for service in services:
        found[service.kind].append(service.id)
    return found
