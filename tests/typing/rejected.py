"""Mistakes that type checkers must find: exactly the lines that end in `# rejected`."""

# pyright: strict

from __future__ import annotations

from qovery_async import AsyncQovery, ClientSettings, UnknownVariant, from_dict, models, to_dict
from qovery_sync import Qovery
from qovery_sync import models as sync_models


async def names(client: AsyncQovery) -> None:
    print(models.Projcet)  # rejected
    print(sync_models.Projcet)  # rejected
    await client.projcets.list()  # rejected
    await client.projects.lst()  # rejected
    project = await client.projects.get("project")
    print(project.nmae)  # rejected
    print(models.EnvironmentModeEnum.PRODUCTOIN)  # rejected


async def arguments(client: AsyncQovery, blocking: Qovery) -> None:
    await client.projects.get()  # rejected
    await client.projects.get(1)  # rejected
    await client.projects.get("project", verbose=True)  # rejected
    await client.environments.delete("environment", True)  # rejected
    await client.projects.list("org")  # rejected
    await client.organizations.delete()  # rejected
    await client.events.list(page_size="50")  # rejected
    await client.events.list(target_type="APLICATION")  # rejected
    blocking.environments.delete("environment", True)  # rejected
    blocking.projects.get()  # rejected
    blocking.events.iterate("org")  # rejected


async def bodies(client: AsyncQovery, blocking: Qovery) -> None:
    await client.projects.create(models.EnvironmentEditRequest())  # rejected
    await client.projects.create("shop")  # rejected
    await client.projects.create()  # rejected
    blocking.environments.create("project", models.ProjectRequest(name="shop"))  # rejected


def fields() -> None:
    models.ProjectRequest()  # rejected
    models.ProjectRequest("shop")  # rejected
    models.ProjectRequest(name="shop", nmae="shop")  # rejected
    models.ProjectRequest(name=1)  # rejected
    request = models.ProjectRequest(name="shop")
    request.name = 5  # rejected
    request.name = None  # rejected
    request.owner = "me"  # rejected
    models.CreateEnvironmentRequest(name="a", mode="PRODUCTION")  # rejected
    models.JobDeployRequest(image_tag=1)  # rejected


async def results(client: AsyncQovery, blocking: Qovery) -> None:
    await blocking.projects.list()  # rejected
    for _ in client.projects.list():  # rejected
        pass
    for _ in client.events.iterate():  # rejected
        pass
    async for _ in blocking.events.iterate():  # rejected
        pass
    size: int = (await client.projects.get("project")).name  # rejected
    print(size)
    page = await client.events.list()
    print(page.results)  # rejected
    print(page[0])  # rejected
    async for _ in page:  # rejected
        pass


async def unions(client: AsyncQovery) -> None:
    job = await client.jobs.get("job")
    if not isinstance(job, UnknownVariant):
        print(job.schedule.cronjob)  # rejected
    if isinstance(job, models.LifecycleJobResponse):
        print(job.schedule.on_statr)  # rejected


def clients() -> None:
    AsyncQovery(tokn="x")  # rejected
    AsyncQovery("x", "https://api.example.com")  # rejected
    AsyncQovery(token=1)  # rejected
    AsyncQovery(pace="fast")  # rejected
    AsyncQovery(on_request=print, on_response=len)  # rejected
    AsyncQovery.from_env(".env", tokn="x")  # rejected
    AsyncQovery.from_env(".env", timeout="30")  # rejected
    AsyncQovery.from_env(".env", "x")  # rejected
    AsyncQovery(token="x").with_options(headers={"X": 1})  # rejected
    AsyncQovery(token="x").with_options(token="y")  # rejected
    Qovery(timeout="30")  # rejected
    Qovery(session=None)  # rejected
    Qovery.from_env(session=None)  # rejected
    Qovery.from_env(strict="yes")  # rejected
    Qovery(token="x").with_options(strict=True)  # rejected
    Qovery(token="x").with_options(timeout="30")  # rejected
    settings: ClientSettings = {"timeout": 5, "tokn": "x"}  # rejected
    print(settings)
    Qovery(token="x").warm_up(1)  # rejected
    with AsyncQovery(token="x"):  # rejected
        pass
    from_dict(dict, {})  # rejected
    from_dict(models.Project, "text")  # rejected
    to_dict("text")  # rejected
    to_dict([1])  # rejected


async def responses(client: AsyncQovery) -> None:
    with_response = client.with_response(client.projects.get)
    await with_response(5)  # rejected
    answer = await with_response("project")
    print(answer.result.nmae)  # rejected
    print(answer.stauts)  # rejected
