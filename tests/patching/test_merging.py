"""What does a patch change, and what does it leave? The server keeps nothing that the body lacks."""

from __future__ import annotations

from collections.abc import Callable
from types import MappingProxyType
from typing import Any

import attrs
import pytest

from qovery_async import UNSET, ConfigurationError, from_dict, models
from tests.support.objects import GONE, Holder, changed, example, patch
from tests.support.payloads import Payload
from tests.support.server import Ask

pytestmark = pytest.mark.anyio

TCP = {"type": {"tcp": {"port": 80, "host": None}}, "initial_delay_seconds": 1, "period_seconds": 2}
TCP |= {"timeout_seconds": 3, "success_threshold": 4, "failure_threshold": 5}
PORT = {"id": "port1", "internal_port": 80, "publicly_accessible": True, "protocol": "HTTP", "is_default": True}
REPOSITORY = {"url": "https://example.com/a", "branch": "main", "root_path": "/", "git_token_id": "t1"}
APPLICATION = example(
    "Application",
    git_repository={**REPOSITORY, "provider": "GITHUB", "owner": "acme", "name": "a", "has_access": True},
    healthchecks={"liveness_probe": TCP, "readiness_probe": None},
    ports=[PORT],
    arguments=["a", "b"],
)
OTHER = {**APPLICATION["git_repository"], "url": "https://example.com/b", "deployed_commit_id": "c0ffee"}
GITLAB, PROTOCOL = models.GitProviderEnum.GITLAB, models.PortProtocolEnum.TCP
PROBE = "healthchecks.liveness_probe"


def repository() -> models.ApplicationGitRepository:
    """Of another application: it has keys that no request takes."""
    return from_dict(models.ApplicationGitRepository, OTHER)


CASES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "nothing": ({}, {}),
    "a value": ({"cpu": 800}, {"cpu": 800}),
    "the value that is there": ({"cpu": APPLICATION["cpu"]}, {}),
    "a value and UNSET": ({"cpu": 800, "memory": UNSET}, {"cpu": 800}),
    "null": ({"description": None}, {"description": None}),
    "a key that nobody knows": ({"not_yet_known": {"a": 1}}, {"not_yet_known": {"a": 1}}),
    "an enum's member": ({"build_mode": models.BuildModeEnum.DOCKER}, {}),
    "an enum's string": ({"cpu_architecture": "ARM64"}, {"cpu_architecture": "ARM64"}),
    "one key of an object": ({"git_repository": {"branch": "dev"}}, {"git_repository.branch": "dev"}),
    "an empty object": ({"git_repository": {}, "healthchecks": {}}, {}),
    "UNSET in an object": ({"git_repository": {"branch": "dev", "url": UNSET}}, {"git_repository.branch": "dev"}),
    "null in an object": ({"git_repository": {"git_token_id": None}}, {"git_repository.git_token_id": None}),
    "four levels down": (
        {"healthchecks": {"liveness_probe": {"type": {"tcp": {"port": 81}}}}},
        {f"{PROBE}.type.tcp.port": 81},
    ),
    "another way to look": (
        {"healthchecks": {"liveness_probe": {"type": {"grpc": {"port": 1}}, "period_seconds": 9}}},
        {f"{PROBE}.type.tcp": GONE, f"{PROBE}.type.grpc": {"port": 1}, f"{PROBE}.period_seconds": 9},
    ),
    "an object where null was": (
        {"healthchecks": {"readiness_probe": TCP}},
        {"healthchecks.readiness_probe": TCP},
    ),
    "null where an object was": ({"healthchecks": {"liveness_probe": None}}, {PROBE: None}),
    "a list": ({"arguments": ["c"]}, {"arguments": ["c"]}),
    "an empty list": ({"ports": []}, {"ports": []}),
    "a tuple": ({"arguments": ("c",)}, {"arguments": ["c"]}),
    "a list of models": (
        {"ports": [models.ServicePort(id="p2", internal_port=1, publicly_accessible=False, protocol=PROTOCOL)]},
        {"ports": [{"id": "p2", "internal_port": 1, "publicly_accessible": False, "protocol": "TCP"}]},
    ),
    "a model of a request": (
        {"git_repository": models.ApplicationGitRepositoryRequest(url="https://example.com/c", provider=GITLAB)},
        {"git_repository.url": "https://example.com/c", "git_repository.provider": "GITLAB"},
    ),
    "a model of a response": (
        {"git_repository": repository()},
        {"git_repository.url": "https://example.com/b"},
    ),
    "a model of another request": (
        {"git_repository": models.HelmGitRepositoryRequest(url="https://example.com/d")},
        {"git_repository.url": "https://example.com/d"},
    ),
    "a mapping that is no dict": (
        {"git_repository": MappingProxyType({"branch": "dev"})},
        {"git_repository.branch": "dev"},
    ),
    "a model in a mapping where null was": (
        {"healthchecks": {"readiness_probe": from_dict(models.Probe, TCP)}},
        {"healthchecks.readiness_probe": TCP},
    ),
}


class TestAPatch:
    @pytest.mark.parametrize("case", CASES)
    async def test_changes_what_it_is_given_alone(self, ask: Ask, case: str) -> None:
        changes, difference = CASES[case]
        for call in (patch("applications", changes), patch("applications", **changes)):
            assert await _difference(ask, "applications", APPLICATION, call) == difference

    async def test_takes_a_mapping_and_keywords(self, ask: Ask) -> None:
        call = patch("applications", {"git_repository": {"branch": "dev"}}, cpu=800)
        assert await _difference(ask, "applications", APPLICATION, call) == {
            "git_repository.branch": "dev",
            "cpu": 800,
        }

    async def test_takes_dotted_keys_in_the_mapping(self, ask: Ask) -> None:
        settings = example("ApplicationAdvancedSettings", **{"not.in.the.description": [1]})
        key = "network.ingress.enable_cors"
        call = patch("applications.advanced_settings", {key: not settings[key]})
        assert await _difference(ask, "applications.advanced_settings", settings, call) == {key: not settings[key]}

    async def test_takes_a_key_that_a_parameter_has_too(self, ask: Ask) -> None:
        """Ids are positional only."""
        holder = Holder("applications", APPLICATION)
        await holder.gets(ask, lambda client: client.applications.patch("a1", application_id="x", mapping=2))
        assert (holder.only["application_id"], holder.only["mapping"]) == ("x", 2)

    async def test_replaces_maps(self, ask: Ask) -> None:
        terraform = example("TerraformResponse", action_extra_arguments={"plan": ["-a"], "apply": ["-b"]})
        call = patch("terraforms", action_extra_arguments={"plan": ["-c"]})
        assert await _difference(ask, "terraforms", terraform, call) == {
            "action_extra_arguments.plan": ["-c"],
            "action_extra_arguments.apply": GONE,
        }

    async def test_leaves_the_mapping_as_it_was(self, ask: Ask) -> None:
        inner = {"branch": "dev", "url": UNSET}
        mapping = {"git_repository": inner, "arguments": ["x"]}
        holder = Holder("applications", APPLICATION)
        await holder.gets(ask, patch("applications", mapping))
        assert mapping == {"git_repository": {"branch": "dev", "url": UNSET}, "arguments": ["x"]}


@attrs.frozen
class Wrong:
    arguments: tuple[Any, ...]
    named: dict[str, Any]
    told: str


WRONG = {
    "twice": Wrong(({"cpu": 1, "memory": 2},), {"memory": 3, "cpu": 4}, "cpu, memory is given twice"),
    "a list": Wrong(([("cpu", 1)],), {}, "the changes must be a mapping, got list"),
    "a string": Wrong(("cpu",), {}, "the changes must be a mapping, got str"),
    "a model": Wrong((models.Healthcheck(),), {}, "the changes must be a mapping, got Healthcheck"),
    "a choice": Wrong((), {"on_conflict": "retry"}, "on_conflict must be one of raise, again, ignore, got 'retry'"),
}


class TestWhatIsWrong:
    @pytest.mark.parametrize("case", WRONG.values(), ids=WRONG)
    async def test_is_told_before_anything_is_sent(self, ask: Ask, case: Wrong) -> None:
        holder = Holder("applications", APPLICATION)
        with pytest.raises(ConfigurationError, match=case.told):
            await holder.gets(ask, patch("applications", *case.arguments, **case.named))
        assert holder.asked == []

    @pytest.mark.parametrize(
        ("value", "told"),
        [
            (object(), "JSON has no form for object"),
            ({"when": {1, 2}}, "JSON has no form for set"),
            ([UNSET], "a list cannot contain it"),
            ({1: 2}, "the key 1 must be a string"),
            (float("nan"), "cannot be written as JSON"),
        ],
    )
    async def test_is_never_sent(self, ask: Ask, value: Any, told: str) -> None:
        for place in ("git_repository", "arguments", "not_yet_known"):
            holder = Holder("applications", APPLICATION)
            with pytest.raises(ConfigurationError, match=told):
                await holder.gets(ask, patch("applications", {place: value}))
            assert "PUT" not in holder.asked

    async def test_may_be_deep(self, ask: Ask) -> None:
        deep: Any = []
        for _ in range(100_000):
            deep = [deep]
        for place in ("git_repository", "arguments", "not_yet_known"):
            holder = Holder("applications", APPLICATION)
            with pytest.raises(ConfigurationError, match="cannot be written as JSON"):
                await holder.gets(ask, patch("applications", {place: {"a": deep}}))
            assert "PUT" not in holder.asked


async def _difference(ask: Ask, namespace: str, held: Payload, call: Callable[[Any], Any]) -> dict[str, Any]:
    """In what the body of a patch differs from that of an empty one."""
    bodies: list[Any] = []
    for one in (patch(namespace), call):
        holder = Holder(namespace, held)
        await holder.gets(ask, one)
        bodies.append(holder.only)
    return changed(*bodies)
