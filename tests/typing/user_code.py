"""Code as users write it, in both styles: strict type checkers must find nothing wrong with it."""

# pyright: strict

from __future__ import annotations

import logging
import time
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta

import attrs

from qovery_async import (
    NO_TIMEOUT,
    UNSET,
    ApiError,
    AsyncQovery,
    ClientSettings,
    Conflict,
    DecodeError,
    Items,
    NotFound,
    Pace,
    Page,
    QoveryError,
    Rate,
    RateLimited,
    RequestEvent,
    ResponseEvent,
    Timeout,
    TokenSource,
    TransportError,
    Turn,
    UnknownVariant,
    Unset,
    bodies,
    from_dict,
    models,
    to_dict,
    to_json,
)
from qovery_sync import Qovery
from qovery_sync import models as sync_models


async def list_projects() -> list[str]:
    async with AsyncQovery() as client:
        projects = await client.projects.list()
        organization = await client.organization.get()
        names: list[str] = [f"{organization.name}/{project.name}" for project in projects]
        return names


def list_projects_blocking() -> list[str]:
    client = Qovery(token="your-api-token")
    for project in client.projects.list():
        print(f"Project: {project.name}")
    return [project.id for project in client.projects.list(organization_id="org")]


async def iterate_events(client: AsyncQovery) -> AsyncIterator[str]:
    events: Items[models.OrganizationEventResponse] = client.events.iterate(
        page_size=50, target_type=models.OrganizationEventTargetType.APPLICATION
    )
    async for event in events:
        at: datetime | None = event.timestamp
        if at is not None and datetime.now(UTC) - at < timedelta(days=1):
            yield f"{event.event_type or 'UNKNOWN'} of {event.target_name}"
    async for batch in events.pages():
        yield str(len(batch))
    page: Page[models.OrganizationEventResponse] = await client.events.list(continue_token="next")
    for event in page:
        yield f"{event.target_name}, one of {len(page)}"
    newest: models.OrganizationEventResponse | None = next(iter(page), None)
    yield page.next or (newest and newest.id) or ""


def iterate_events_blocking(client: Qovery) -> Iterator[models.OrganizationEventResponse]:
    yield from client.events.iterate(triggered_by="me@example.com")
    page = client.events.list()
    yield from page
    names: list[str | None] = [event.target_name for event in page if len(page) > 1]
    print(names)
    for entry in client.environments.iterate_deployment_history("environment"):
        print(entry.id)


async def create_application(client: AsyncQovery, environment_id: str, memory: int | None) -> models.Application:
    body = models.ApplicationRequest(
        name="shop",
        git_repository=models.ApplicationGitRepositoryRequest(
            url="https://github.com/acme/shop.git", provider=models.GitProviderEnum.GITHUB, branch="main"
        ),
        healthchecks=models.Healthcheck(
            readiness_probe=models.Probe(
                type=models.ProbeType(http=models.ProbeTypeHttp(path="/", port=8080, scheme="HTTP"))
            ),
            liveness_probe=None,
        ),
        ports=[models.ServicePortRequestPort(internal_port=8080, publicly_accessible=True)],
        memory=UNSET if memory is None else memory,
        description=None,
    )
    body.auto_deploy = True
    body.cpu = UNSET
    memory_sent: int | Unset | None = body.memory
    print(memory_sent or "the default")
    created = await client.applications.create(environment_id, body)
    plain: bodies.ApplicationRequestDict = {
        "name": "plain",
        "healthchecks": models.Healthcheck(),
        "git_repository": {"url": "https://github.com/acme/api.git", "provider": "GITHUB", "branch": "main"},
    }
    await client.applications.create(environment_id, plain)
    await client.applications.deploy(created.id, models.DeployRequest(git_commit_id="abc"))
    return created


def changed_parts(edit: models.ApplicationEditRequest) -> list[str]:
    """An attribute that is tested is neither `UNSET` nor None."""
    parts: list[str] = []
    if edit.git_repository:
        parts.append(edit.git_repository.url)
    if not edit.healthchecks:
        return parts
    probe = edit.healthchecks.readiness_probe or models.Probe()
    parts.append(str(probe.period_seconds))
    return [*parts, *(port.protocol or "HTTP" for port in edit.ports or [])]


def create_variable_blocking(client: Qovery, application_id: str) -> str:
    variable = client.applications.environment_variables.create(
        application_id, body=models.EnvironmentVariableRequest(key="LEVEL", value="debug")
    )
    client.applications.environment_variables.delete(application_id, variable.id)
    return variable.key


async def handle_errors(client: AsyncQovery, project_id: str) -> models.Project | None:
    try:
        return await client.projects.get(project_id)
    except NotFound:
        return None
    except RateLimited as error:
        seconds: float | None = error.retry_after
        print(seconds)
    except Conflict as error:
        print(error.body)
    except ApiError as error:
        status: int = error.status
        print(status, error.message, error.request_id, error.hint)
    except (TransportError, DecodeError) as error:
        print(error)
    except QoveryError:
        logging.getLogger("qovery").exception("something else")
    return None


async def describe_services(client: AsyncQovery, environment_id: str) -> list[str]:
    """Every branch of a union of unions, by class; one more for what is not known yet."""
    described: list[str] = []
    for service in await client.environments.list_services(environment_id):
        match service:
            case models.Application(name=name, git_repository=repository):
                described.append(f"{name} from {repository.url if repository else 'nowhere'}")
            case models.ContainerResponse():
                described.append(f"{service.image_name}:{service.tag}")
            case models.CronJobResponse() | models.LifecycleJobResponse():
                described.append(service.name)
            case models.Database() | models.HelmResponse() | models.TerraformResponse():
                described.append(service.name)
            case models.ArgocdAppResponse() | models.AgenticWorkflowResponse():
                described.append(service.name)
            case UnknownVariant():
                described.append(str(service.raw.get("service_type")))
    return described


def describe_job_blocking(client: Qovery, job_id: str) -> str:
    job: models.JobResponse = client.jobs.get(job_id)
    if isinstance(job, models.CronJobResponse):
        return job.schedule.cronjob.scheduled_at
    if isinstance(job, models.LifecycleJobResponse):
        return job.job_type
    return repr(job.raw)


async def open_enums(client: AsyncQovery, environment_id: str) -> bool:
    environment = await client.environments.get(environment_id)
    mode: models.EnvironmentModeEnum = environment.mode
    text: str = mode
    made_up = models.EnvironmentModeEnum("A_NEW_ONE")
    return mode == models.EnvironmentModeEnum.PRODUCTION or made_up.is_known or text == "STAGING"


def on_request(event: RequestEvent) -> None:
    print(event.method, event.url)


async def on_response(event: ResponseEvent) -> None:
    print(event.status)


async def ask_for_token() -> str:
    return "token"


class OneEachSecond:
    """A rate limiter of one's own."""

    def __init__(self) -> None:
        self.next_at = 0.0

    async def take(self, *, most: float, patient: bool) -> Turn:
        wait = max(0.0, self.next_at - time.monotonic())
        if wait > most or not patient:
            return Turn(taken=wait == 0, wait=wait)
        self.next_at = time.monotonic() + wait + 1
        return Turn(taken=True, wait=wait)

    async def learn(self, rate: Rate) -> None:
        print(rate.limit, rate.remaining, rate.resets_in)


def paced() -> tuple[AsyncQovery, Qovery]:
    own, client = Qovery(rate_limiter=OneEachSecond()), AsyncQovery(rate_limiter=OneEachSecond(), pace="raise")
    return client.with_options(pace=Pace("wait", ceiling=60)), own


async def options() -> None:
    client = AsyncQovery(
        ask_for_token,
        timeout=Timeout(total=120, connect=5),
        headers={"X-Team": "shop"},
        on_request=on_request,
        on_response=on_response,
        strict=True,
    )
    patient: AsyncQovery = client.with_options(timeout=NO_TIMEOUT, organization_id="org")
    answer = await patient.with_response(patient.projects.get)("project")
    project: models.Project = answer.result
    print(project.name, answer.status, answer.headers.get("X-Request-Id"), answer.request_id)
    body: bytes = answer.body
    commits: list[models.Commit | None] = await client.applications.list_commits("application")
    print(len(body), [commit.message for commit in commits if commit])
    raw = await client.request("GET", "/new", params={"page": 1}, json={"project": project})
    print(raw.status, raw.data)
    await client.warm_up("projects", "jobs.secrets")
    await client.aclose()


def settings_of_both(token: TokenSource, *, patient: bool) -> tuple[AsyncQovery, Qovery]:
    settings: ClientSettings = {"timeout": 30, "headers": {"X-Team": "shop"}, "pace": "wait"}
    if patient:
        settings["timeout"] = NO_TIMEOUT
    return AsyncQovery(token, **settings), Qovery.from_env(token=token, **settings)


def options_blocking() -> None:
    with Qovery.from_env(".env", timeout=30) as client:
        hurried: Qovery = client.with_options(timeout=1.5)
        answer = hurried.with_response(hurried.environments.list)("project")
        environments: list[models.Environment] = answer.result
        print(len(environments), answer.status)
        print(client.request("DELETE", "/new").status)
        client.warm_up("events")


def plain_data(project: models.Project) -> bytes:
    mapping = to_dict(project)
    again: models.Project = from_dict(models.Project, mapping)
    same: sync_models.Project = again
    same.extra["note"] = "kept"
    same = attrs.evolve(same, description=None)
    mappings: list[dict[str, object]] = to_dict([same, project])
    nested: dict[str, object] = to_dict({"projects": mappings})
    return to_json([same, nested])


def written(services: list[models.Application | models.Database | UnknownVariant]) -> list[dict[str, object]]:
    return to_dict(services)
