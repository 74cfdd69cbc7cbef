"""New services of every kind, the requests that deploy them, and which version responses show."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from qovery_async import AsyncQovery, from_dict, to_dict
from qovery_async.emulator import Emulator
from qovery_async.models import DeployAllRequest, Status

LONG = 600.0
OLD, NEW, OTHER = "1.4.2", "c0ffee" + "1" * 34, "badcab" + "2" * 34
GIT = {"url": "https://github.com/acme/x.git", "provider": "GITHUB", "branch": "main", "root_path": "/"}
VALUES = {"file": {"git": {"git_repository": GIT, "paths": ["values.yaml"]}}}

# By kind of service: the list of `environments.deploy_services`, the key of the version there and in `X.deploy`, where
# the model has the version, and where the history has it.
KINDS: Mapping[str, tuple[str, str, str, str]] = {
    "application": ("applications", "git_commit_id", "git_repository.deployed_commit_id", "commit.git_commit_id"),
    "container": ("containers", "image_tag", "tag", "tag"),
    "image job": ("jobs", "image_tag", "source.image.tag", "tag"),
    "git job": ("jobs", "git_commit_id", "source.docker.git_repository.deployed_commit_id", "commit.git_commit_id"),
    "chart": ("helms", "chart_version", "source.repository.chart_version", "repository.chart_version"),
    "git chart": ("helms", "git_commit_id", "source.git.git_repository.deployed_commit_id", "commit.git_commit_id"),
    "values of a chart": (
        "helms",
        "values_override_git_commit_id",
        "values_override.file.git.git_repository.deployed_commit_id",
        "",
    ),
    "terraform": (
        "terraforms",
        "git_commit_id",
        "terraform_files_source.git.git_repository.deployed_commit_id",
        "commit.git_commit_id",
    ),
}


def at(tree: Any, path: str) -> Any:
    for key in path.split("."):
        tree = tree.get(key) if tree else None
    return tree


def body(emulator: Emulator, kind: str) -> dict[str, Any]:
    registry = emulator.state.every("containerRegistry")[0].id
    repository = emulator.state.every("helmRepository")[0].id
    image = {"image_name": "acme/new", "tag": OLD, "registry_id": registry}
    chart = {"repository": repository, "chart_name": "new", "chart_version": OLD}
    helm: dict[str, Any] = {
        "auto_deploy": False,
        "arguments": [],
        "values_override": {},
        "source": {"helm_repository": chart},
    }
    bodies: Mapping[str, dict[str, Any]] = {
        "application": {"git_repository": GIT},
        "container": image,
        "image job": {"source": {"image": image}},
        "git job": {"source": {"docker": {"git_repository": GIT, "dockerfile_path": "Dockerfile"}}},
        "chart": helm,
        "git chart": helm | {"source": {"git_repository": GIT}},
        "values of a chart": helm | {"values_override": VALUES},
        "terraform": {
            "description": "",
            "auto_deploy_config": {"auto_deploy": False, "terraform_action": "DEFAULT"},
            "terraform_files_source": {"git_repository": GIT},
            "terraform_variables_source": {"tf_var_file_paths": [], "tf_vars": []},
            "backend": {"kubernetes": {}},
            "engine": "TERRAFORM",
            "provider_version": {"read_from_terraform_block": False, "explicit_version": "1.9"},
            "job_resources": {"cpu_milli": 1000, "ram_mib": 512, "gpu": 0, "storage_gib": 1},
        },
    }
    return {"name": "new", "healthchecks": {}, **bodies[kind]}


class Bench:
    """One new service of a kind in an environment, how it is deployed, and which version responses show."""

    def __init__(self, emulator: Emulator, client: AsyncQovery, kind: str, environment: str) -> None:
        self.emulator, self.client, self.environment = emulator, client, environment
        self.list, self.key, self.place, self.past = KINDS[kind]
        self.family: Any = getattr(client, self.list)
        self.kind, self.id = kind, ""

    @classmethod
    async def of(cls, emulator: Emulator, client: AsyncQovery, kind: str) -> Bench:
        bench = cls(emulator, client, kind, (await client.organizations.list_environments())[0].id)
        bench.id = (await bench.family.create(bench.environment, body(emulator, kind))).id
        return bench

    async def ask(self, version: str, road: str = "one", **more: str) -> None:
        if road == "one":
            await self.family.deploy(self.id, {self.key: version, **more})
        else:
            name = "application_id" if self.kind == "application" else "id"
            entry = {name: self.id, self.key: version, **more}
            several = from_dict(DeployAllRequest, {self.list: [entry]})
            await self.client.environments.deploy_services(self.environment, several)

    async def deploy(self, version: str, road: str = "one", **more: str) -> None:
        await self.ask(version, road, **more)
        self.emulator.clock.advance(LONG)

    async def shown(self) -> Any:
        return at(to_dict(await self.family.get(self.id)), self.place)

    async def status(self) -> Status:
        """From the environment's, since Terraform services have no operation of their own for it."""
        all_of = getattr(await self.client.environments.get_statuses(self.environment), self.list)
        found: Status = next(status for status in all_of if status.id == self.id)
        return found

    async def history(self) -> list[Any]:
        page = await self.family.list_deployment_history_v2(self.id)
        return [at(to_dict(item.details), self.past) for item in page]
