"""Does the emulator refuse what is outside the bounds of the description, and say which bound it is?"""

from __future__ import annotations

import re
from typing import Any

import pytest

from qovery_async import AsyncQovery, BadRequest
from qovery_async.emulator import Emulator
from qovery_async.emulator.facts.bounds import broken
from qovery_async.emulator.facts.operations import bounds

pytestmark = pytest.mark.anyio

CLUSTER: dict[str, Any] = {"name": "new", "cloud_provider": "AWS", "region": "eu-west-3"}
KARPENTER: dict[str, Any] = {"spot_enabled": True, "disk_size_in_gib": 50, "default_service_architecture": "AMD64"}
URL = "https://mcp.example.com"


def karpenter(after: str) -> dict[str, Any]:
    """A cluster whose default nodes are consolidated after a time."""
    pools: dict[str, Any] = {"requirements": [], "default_override": {"consolidate_after": after}}
    return {**CLUSTER, "features": [{"id": "KARPENTER", "value": {**KARPENTER, "qovery_node_pools": pools}}]}


AFTER = r"features[0].value.qovery_node_pools.default_override.consolidate_after: expected what matches ^\d+(s|m|h)$"


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({**CLUSTER, "disk_iops": 2999}, "disk_iops: expected at least 3000, got 2999"),
        ({**CLUSTER, "disk_iops": 16001}, "disk_iops: expected at most 16000, got 16001"),
        ({**CLUSTER, "disk_throughput": -(10**60)}, f"disk_throughput: expected at least 125, got -1{'0' * 38}"),
        (karpenter("soon"), f"{AFTER}, got 'soon'"),
        (karpenter("5m\n"), f"{AFTER}, got '5m\\n'"),
        (karpenter("٣m"), f"{AFTER}, got '٣m'"),
    ],
)
async def test_of_a_cluster(emulator: Emulator, client: AsyncQovery, body: Any, message: str) -> None:
    with pytest.raises(BadRequest, match=f"{re.escape(message)}\\.$"):
        await client.clusters.create(body)
    with pytest.raises(BadRequest, match=f"{re.escape(message)}\\.$"):
        await client.clusters.update(emulator.state.every("cluster")[0].id, body)


@pytest.mark.parametrize(
    "body",
    [{**CLUSTER, "disk_iops": 3000}, {**CLUSTER, "disk_iops": 16000}, {**CLUSTER, "disk_iops": None}, karpenter("10m")],
)
async def test_a_value_may_be_as_far_out_as_its_bound(client: AsyncQovery, body: Any) -> None:
    assert (await client.clusters.create(body)).name == "new"


@pytest.mark.parametrize("kind", ["environment_variables", "secrets"])
async def test_of_descriptions_of_variables(emulator: Emulator, client: AsyncQovery, kind: str) -> None:
    variables = getattr(client.projects, kind)
    project = emulator.state.every("project")[0].id
    longest, too_long = "\N{PARTY POPPER}" * 255, "\N{PARTY POPPER}" * 256
    made = await variables.create(project, {"key": "A", "value": "1", "description": longest})
    assert made.description == longest
    said = "description: expected a length of at most 255, got 256"
    for call in (
        variables.create(project, {"key": "B", "value": "1", "description": too_long}),
        variables.update(project, made.id, {"key": "A", "value": "1", "description": too_long}),
        variables.create_alias(project, made.id, {"key": "C", "description": too_long}),
        variables.create_override(project, made.id, {"value": "2", "description": too_long}),
    ):
        with pytest.raises(BadRequest, match=said):
            await call


async def test_of_texts_and_lists(emulator: Emulator, client: AsyncQovery) -> None:
    with pytest.raises(BadRequest, match="name: expected a length of at least 1, got 0"):
        await client.mcp_servers.create({"name": "", "url": URL, "headers": {}})
    with pytest.raises(BadRequest, match=r"url: expected what matches \^https://, got 'http://mcp"):
        await client.mcp_servers.create({"name": "docs", "url": URL.replace("https", "http"), "headers": {}})
    await client.mcp_servers.create({"name": "d", "url": URL, "headers": {}})
    application = emulator.state.every("application")[0]
    probe: Any = {"type": {"exec": {"command": []}}}
    with pytest.raises(
        BadRequest, match=r"liveness_probe\.type\.exec\.command: expected a length of at least 1, got 0"
    ):
        await client.applications.patch(application.id, healthchecks={"liveness_probe": probe})


KINDS: list[tuple[str, float | str, list[Any], list[Any]]] = [
    ("minimum", 0, [0, 0.5, "text", None], [-1, -0.5]),
    ("maximum", 5, [5, -1.5, [1]], [6, 5.1]),
    ("exclusive_minimum", 0, [0.1, "text"], [0, -1]),
    ("exclusive_maximum", 5, [4.9], [5]),
    ("min_length", 2, ["ab", 1], ["a", ""]),
    ("max_length", 2, ["ab", ["a", "b", "c"]], ["abc"]),
    ("pattern", "b$", ["ab", 1], ["b\n", "ba"]),
    ("pattern", r"^\d\$", ["1$", "1$2"], ["٣$", "1"]),
    ("min_items", 1, [[1], ""], [[]]),
    ("max_items", 1, [[], [1], "text"], [[1, 2]]),
]
"""The name of a bound, the bound, and values that keep to it or break it."""


@pytest.mark.parametrize(("name", "bound", "within", "outside"), KINDS)
async def test_of_every_kind(name: str, bound: float | str, within: list[Any], outside: list[Any]) -> None:
    assert [broken(value, {name: bound}) for value in within] == [None] * len(within)
    assert all(broken(value, {name: bound}) for value in outside)


async def test_every_kind_that_the_facts_have_is_known() -> None:
    found = [bound for fields in bounds().values() for bound in fields.values()]
    assert len(found) > 50
    for each in found:
        for value in (10**9, "x" * 1000, [0] * 1000):
            broken(value, each)
