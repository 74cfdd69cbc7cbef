"""Does one service of any kind get its action and its version, and does bad input end before any request?"""

from __future__ import annotations

from typing import Any

import attrs
import pytest

from qovery_async import AsyncQovery, ConfigurationError, DeploymentFailed
from qovery_async.deployments.kinds import ACTIONS, ACTIONS_OF, DeploymentAction
from qovery_async.emulator import Emulator
from tests.deployments.conftest import Place, clone

pytestmark = pytest.mark.anyio

SECONDS = 20
LOOK = "environments.get_statuses_with_stages"
METHODS = ("deploy", "redeploy", "stop", "restart", "uninstall", "delete")
STATES = {
    "deploy": "DEPLOYED",
    "redeploy": "DEPLOYED",
    "stop": "STOPPED",
    "restart": "RESTARTED",
    "uninstall": "DELETED",
}
KINDS = ["APPLICATION", "CONTAINER", "DATABASE", "JOB", "HELM", "TERRAFORM"]
ABLE = [(kind, action) for kind in KINDS for action in METHODS if action in ACTIONS_OF[kind]]
UNABLE = [
    (kind, action)
    for kind in (*KINDS, "ARGOCD_APP", "AGENTIC_WORKFLOW")
    for action in METHODS
    if action not in ACTIONS_OF[kind]
]


@attrs.frozen
class Handle:
    """What looks like a handle of a service."""

    id: str
    kind: str
    environment_id: str | None = None


async def holding(emulator: Emulator, face: str, kind: str) -> Place:
    """An environment with a service of a kind."""
    return await clone(emulator, face, "preview-checkout" if kind in ("APPLICATION", "DATABASE") else "tools")


@pytest.fixture(params=["async", "sync"])
def face(request: pytest.FixtureRequest) -> str:
    return str(request.param)


class TestKinds:
    @pytest.mark.parametrize(("kind", "action"), ABLE)
    async def test_each_action_of_each_kind(self, emulator: Emulator, kind: str, action: str) -> None:
        place = await holding(emulator, "async", kind)
        service = place.services[kind]
        handle = Handle(service.id, kind, place.id)
        if action != "deploy":
            await place(lambda client: client.deployments.deploy_service(handle, timeout=SECONDS))
        place.asked.clear()
        end = await place(lambda client: getattr(client.deployments, f"{action}_service")(handle, timeout=SECONDS))
        if action == "delete":
            assert (end, emulator.state.find(service.id)) == (None, None)
        else:
            assert (end.id, end.name, end.kind, end.state) == (service.id, service.name, kind, STATES[action])
            assert place.state(kind) == STATES[action]
        changes = [operation for operation in place.asked if operation not in ("environments.list_services", LOOK)]
        assert len(changes) == 1, "one request, and the handle knows its environment"
        assert all(place.state(other) != "DEPLOYED" for other in place.services if other != kind)

    @pytest.mark.parametrize(("kind", "action"), UNABLE)
    async def test_an_action_that_a_kind_does_not_have_is_refused_before_any_request(
        self, emulator: Emulator, kind: str, action: str
    ) -> None:
        place = Place(emulator, "async", "e", {})
        with pytest.raises(ConfigurationError, match=f"kind {kind}, which cannot {action}"):
            await place(
                lambda client: getattr(client.deployments, f"{action}_service")(Handle("s", kind, "e"), timeout=1)
            )
        assert place.asked == []

    async def test_an_id_is_enough(self, emulator: Emulator, face: str) -> None:
        place = await holding(emulator, face, "CONTAINER")
        id_ = place.services["CONTAINER"].id
        end = await place(lambda client: client.deployments.deploy_service(id_, timeout=SECONDS))
        assert (end.id, end.state) == (id_, "DEPLOYED")
        assert place.asked.count("services.list") == 1

    async def test_the_failure_of_one_names_it(self, emulator: Emulator, face: str) -> None:
        place = await holding(emulator, face, "APPLICATION")
        service = place.services["APPLICATION"]
        emulator.life.fail_next_build(service.id)
        with pytest.raises(DeploymentFailed) as caught:
            await place(lambda client: client.deployments.deploy_service(service.id, timeout=SECONDS))
        assert [(each.id, each.state) for each in caught.value.services] == [(service.id, "BUILD_ERROR")]
        assert service.name in caught.value.target

    async def test_an_agentic_workflow_is_deleted_by_a_request_of_its_own(self, emulator: Emulator, face: str) -> None:
        place = await clone(emulator, face, "preview-checkout")
        async with AsyncQovery(emulator.token, base_url=emulator.url) as client:
            workflow = await client.agentic_workflows.create(place.id, {"name": "agent"})
        database = place.services["DATABASE"].id
        end = await place(
            lambda client: client.deployments.delete(place.id, services=[workflow.id, database], timeout=SECONDS)
        )
        assert {service.kind for service in end.services} == {"APPLICATION", "JOB"}
        assert {"environments.delete_services", "agentic_workflows.delete"} <= set(place.asked)


VERSIONS = [
    ("APPLICATION", "c0ffee1"),
    ("CONTAINER", "9.9.9"),
    ("JOB", "7.7"),
    ("HELM", "3.2.1"),
    ("TERRAFORM", "c0ffee2"),
]


class TestVersions:
    async def test_versions_of_many_services_go_out_in_one_request(self, emulator: Emulator, face: str) -> None:
        place = await clone(emulator, face, "tools")
        versions = {place.services[kind].id: version for kind, version in VERSIONS if kind in place.services}
        assert len(versions) == 4
        await place(lambda client: client.deployments.deploy(place.id, services=versions, timeout=SECONDS))
        assert place.asked.count("environments.deploy_services") == 1
        (run,) = emulator.life.environment(place.id).past
        assert {part.service.id: part.service.version for part in run.parts} == versions

    async def test_a_version_is_deployed(self, emulator: Emulator, face: str) -> None:
        place = await clone(emulator, face, "preview-checkout")
        id_ = place.services["APPLICATION"].id
        await place(lambda client: client.deployments.deploy_service(id_, version="c0ffee1", timeout=SECONDS))
        (run,) = emulator.life.environment(place.id).past
        assert [part.service.version for part in run.parts] == ["c0ffee1"]

    @pytest.mark.parametrize("version", ["", " ", 7, b"c0ffee1"])
    async def test_what_is_no_version_is_refused(self, emulator: Emulator, face: str, version: Any) -> None:
        place = await clone(emulator, face, "preview-checkout")
        id_ = place.services["APPLICATION"].id
        with pytest.raises(ConfigurationError, match="version"):
            await place(lambda client: client.deployments.deploy_service(id_, version=version, timeout=SECONDS))
        assert all("deploy" not in operation for operation in place.asked)

    async def test_a_database_has_no_version(self, emulator: Emulator, face: str) -> None:
        place = await clone(emulator, face, "preview-checkout")
        id_ = place.services["DATABASE"].id
        with pytest.raises(ConfigurationError, match="no versions to deploy"):
            await place(lambda client: client.deployments.deploy_service(id_, version="16", timeout=SECONDS))
        assert all("deploy" not in operation for operation in place.asked)

    async def test_a_name_that_the_original_does_not_have_makes_no_clone(self, emulator: Emulator, face: str) -> None:
        place = await clone(emulator, face, "preview-checkout")
        with pytest.raises(ConfigurationError, match="'nobody', but the services of the original are: api"):
            await place(
                lambda client: client.deployments.clone_and_deploy(
                    place.id, "preview", versions={"nobody": "1"}, timeout=SECONDS
                )
            )
        assert place.asked == ["environments.list_services"]


ANY: dict[str, Any] = {"timeout": 1.0}
NO_TIMEOUTS: list[Any] = [0, -1, float("nan"), float("inf"), True, None, "60"]
BAD: list[tuple[str, tuple[Any, ...], dict[str, Any], str]] = [
    ("wait", ("e", "explode"), ANY, "action must be one of deploy, redeploy"),
    ("deploy", ("e",), {"services": "s1", **ANY}, "services must be a list of ids or handles, got 's1'"),
    ("deploy", ("e",), {"services": 7, **ANY}, "services must be a list"),
    ("deploy", ("e",), {"services": [""], **ANY}, "a service is given by its id or by its handle, got ''"),
    ("deploy", ("e",), {"services": [None], **ANY}, "a service is given by its id"),
    ("deploy", ("e",), {"services": ["s1", "s1"], **ANY}, "the same service twice"),
    ("deploy", ("e",), {"services": ["s1", Handle("s1", "JOB")], **ANY}, "the same service twice"),
    ("stop", ("e",), {"services": {"s1": "v1"}, **ANY}, "stop takes no versions"),
    ("redeploy", ("e",), {"services": {"s1": "v1"}, **ANY}, "redeploy takes no versions"),
    ("restart", ("e",), {"services": [Handle("s1", "JOB")], **ANY}, "kind JOB, which cannot restart"),
    ("deploy_service", ("",), ANY, "a service is given by its id"),
    ("deploy_service", (7,), ANY, "a service is given by its id"),
    ("stop", ("",), ANY, "environment_id must be a non-empty string"),
    ("wait", ("", "deploy"), ANY, "environment_id must be a non-empty string"),
    *((method, ("e",), {"timeout": timeout}, "timeout must be a positive number of seconds") for method in ("deploy", "cancel", "deploy_service", "deploy_cluster") for timeout in NO_TIMEOUTS),
    ("clone_and_deploy", ("e", "name"), {"timeout": -1}, "timeout must be a positive number of seconds"),
    ("wait", ("e", "deploy"), {"timeout": -1}, "timeout must be a positive number of seconds"),
    *((method, ("e",), {"on_update": 5, **ANY}, "on_update must be a function or None, got 5") for method in ("deploy", "deploy_service", "deploy_cluster")),
    ("clone_and_deploy", ("e", "name"), {"on_update": 5, **ANY}, "on_update must be a function or None, got 5"),
]  # fmt: skip


class TestBadInput:
    @pytest.mark.parametrize("bad", BAD)
    async def test_is_one_clear_error_and_no_request(
        self, emulator: Emulator, face: str, bad: tuple[str, Any, dict[str, Any], str]
    ) -> None:
        (method, arguments, named, text), place = bad, Place(emulator, face, "e", {})
        with pytest.raises(ConfigurationError) as caught:
            await place(lambda client: getattr(client.deployments, method)(*arguments, **named))
        assert text in str(caught.value)
        assert place.asked == []

    async def test_a_service_of_another_environment_is_refused_before_the_action(
        self, emulator: Emulator, face: str
    ) -> None:
        place, other = await clone(emulator, face, "preview-checkout"), await clone(emulator, face, "tools")
        foreign = other.services["CONTAINER"].id
        with pytest.raises(ConfigurationError) as caught:
            await place(lambda client: client.deployments.deploy(place.id, services=[foreign], timeout=SECONDS))
        assert foreign in str(caught.value)
        assert place.services["APPLICATION"].name in str(caught.value)
        assert set(place.asked) == {"environments.list_services", LOOK}

    async def test_an_unknown_service_is_refused_before_the_action(self, emulator: Emulator, face: str) -> None:
        place = Place(emulator, face, "e", {})
        with pytest.raises(ConfigurationError, match="no service of the organization has the id nobody"):
            await place(lambda client: client.deployments.stop_service("nobody", timeout=SECONDS))
        assert set(place.asked) == {"organizations.list", "services.list"}


def test_the_table_of_actions_is_whole() -> None:
    actions: set[DeploymentAction] = set(ACTIONS)
    assert {action for each in ACTIONS_OF.values() for action in each} == actions - {"cancel"}
    assert len(ABLE) + len(UNABLE) == 8 * len(METHODS) - 1, "the deletion of an agentic workflow has a test of its own"
