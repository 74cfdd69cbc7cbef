"""What differs between two environments, and what does not count as a difference?"""

from __future__ import annotations

import copy
import json
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from qovery_async import AsyncQovery, EnvironmentDiff
from tests.environments.conftest import METRICS, Place

pytestmark = pytest.mark.anyio

Document = dict[str, Any]


@pytest.fixture
async def document(place: Place) -> Document:
    found: Document = json.loads(json.dumps(await place.client.environments.export(place.id)))
    return found


@pytest.fixture
async def nowhere() -> AsyncIterator[AsyncQovery]:
    """A client that cannot ask for anything."""
    async with AsyncQovery("x", base_url="http://127.0.0.1:9") as client:
        yield client


def of_kind(document: Document, kind: str) -> dict[str, Any]:
    return next(service for service in document["services"] if service["kind"] == kind)


def settings(document: Document, kind: str) -> dict[str, Any]:
    found: dict[str, Any] = of_kind(document, kind)["settings"]
    return found


async def difference(client: AsyncQovery, document: Document, change: Callable[[Document], object]) -> EnvironmentDiff:
    changed = copy.deepcopy(document)
    change(changed)
    return await client.environments.diff(document, changed)


def lines(diff: EnvironmentDiff) -> list[str]:
    return [f"{change.where}: {change.a!r} -> {change.b!r}" for change in diff.changes]


def put(kind: str, **values: Any) -> Callable[[Document], None]:
    return lambda document: settings(document, kind).update(values)


STAGES = ["DATABASE DEFAULT", "JOB DEFAULT", "CONTAINER DEFAULT"]
API = "services[APPLICATION api]"
CHANGES: list[tuple[Callable[[Document], object], list[str]]] = [
    (put("APPLICATION", cpu=900), [f"{API}.settings.cpu: 500 -> 900"]),
    (put("CONTAINER", tag="2"), ["services[CONTAINER web].settings.tag: '1.4.2' -> '2'"]),
    (put("CONTAINER", new_key={"deep": 1}), ["services[CONTAINER web].settings.new_key: None -> {'deep': 1}"]),
    (put("CONTAINER", auto_deploy=0), ["services[CONTAINER web].settings.auto_deploy: False -> 0"]),
    (put("DATABASE", version="17"), ["services[DATABASE orders].settings.version: '16' -> '17'"]),
    (
        lambda d: settings(d, "APPLICATION")["ports"][1].update(publicly_accessible=True),
        [f"{API}.settings.ports[9090].publicly_accessible: False -> True"],
    ),
    (
        lambda d: settings(d, "APPLICATION")["ports"][1].update(name="other"),
        [f"{API}.settings.ports[9090].name: 'metrics' -> 'other'"],
    ),
    (
        lambda d: settings(d, "APPLICATION")["ports"][1].update(internal_port=9999),
        [f"{API}.settings.ports[9090].internal_port: 9090 -> 9999"],  # by its name
    ),
    (
        lambda d: settings(d, "APPLICATION")["ports"].pop(),
        [f"{API}.settings.ports[9090]: {METRICS!r} -> None"],
    ),
    (
        lambda d: settings(d, "APPLICATION")["storage"][1].update(size=99),
        [f"{API}.settings.storage[/cache].size: 20 -> 99"],
    ),
    (
        lambda d: settings(d, "JOB")["schedule"]["cronjob"].update(arguments=["all", "--verbose"]),
        ["services[JOB rollup].settings.schedule.cronjob.arguments: ['--verbose', 'all'] -> ['all', '--verbose']"],
    ),
    (
        lambda d: settings(d, "HELM")["values_override"]["set"][0].__setitem__(1, "3"),
        ["services[HELM grafana].settings.values_override.set.replicas: '2' -> '3'"],
    ),
    (
        lambda d: settings(d, "TERRAFORM")["terraform_variables_source"]["tf_vars"][0].update(value="us"),
        ["services[TERRAFORM buckets].settings.terraform_variables_source.tf_vars[region].value: 'eu' -> 'us'"],
    ),
    (
        lambda d: settings(d, "TERRAFORM")["action_extra_arguments"].update(id=["x"]),
        ["services[TERRAFORM buckets].settings.action_extra_arguments.id: None -> ['x']"],  # no id, an action
    ),
    (
        lambda d: of_kind(d, "APPLICATION")["advanced_settings"].update({"id": 5}),
        [f"{API}.advanced_settings.id: None -> 5"],
    ),
    (lambda d: of_kind(d, "APPLICATION")["domains"][0].update(use_cdn=True), [f"{API}.domains[api.example.com].use_cdn: False -> True"]),
    (lambda d: of_kind(d, "HELM").update(stage="FIRST"), ["services[HELM grafana].stage: 'LAST' -> 'FIRST'"]),
    (lambda d: of_kind(d, "JOB").update(is_skipped=True), ["services[JOB rollup].is_skipped: False -> True"]),
    (
        lambda d: d["stages"].insert(0, d["stages"].pop()),
        [
            f"stages.order: {[*STAGES, 'LAST']!r} -> {['LAST', *STAGES]!r}",
        ],
    ),
    (
        lambda d: next(one for one in d["variables"] if one["key"] == "COLOR").update(value="green"),
        ["variables[ENVIRONMENT COLOR].value: 'red' -> 'green'"],
    ),
    (
        lambda d: next(one for one in of_kind(d, "APPLICATION")["variables"] if one["key"] == "COLOR").update(value="x"),
        [f"{API}.variables[COLOR].value: 'blue' -> 'x'"],
    ),
    (lambda d: d["deployment_rule"].update(auto_stop=True), ["deployment_rule.auto_stop: False -> True"]),
    (lambda d: d.update(tomorrow=[1]), ["tomorrow: None -> [1]"]),
    (lambda d: d["environment"].update(mode="PRODUCTION"), ["environment.mode: 'STAGING' -> 'PRODUCTION'"]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("change", "expected"), CHANGES, ids=[expected[0].partition(":")[0] for _, expected in CHANGES]
)
async def test_a_change_is_the_only_difference(
    nowhere: AsyncQovery, document: Document, change: Callable[[Document], object], expected: list[str]
) -> None:
    diff = await difference(nowhere, document, change)
    assert diff
    assert lines(diff) == expected


def reversed_lists(document: Document) -> None:
    """Turns round what has no order."""
    for kind, place in (("APPLICATION", "ports"), ("APPLICATION", "storage")):
        settings(document, kind)[place].reverse()
    settings(document, "AGENTIC_WORKFLOW")["governance"]["host_allowlist"].reverse()
    settings(document, "HELM")["values_override"]["set"].reverse()
    of_kind(document, "APPLICATION")["variables"].reverse()
    document["variables"].reverse()
    document["services"].reverse()


NOTHING: list[Callable[[Document], object]] = [
    reversed_lists,
    put("APPLICATION", id="other", created_at="2020-01-01T00:00:00Z", updated_at="2020-01-01T00:00:00Z"),
    put("APPLICATION", maximum_cpu=1, environment={"id": "other"}),
    put("ARGOCD_APP", last_synced_at="2020-01-01T00:00:00Z", manifest_revision="abc"),
    put("DATABASE", host="elsewhere"),
    put("CONTAINER", registry_id="other"),
    put("CONTAINER", ports_of_tomorrow=[], more_of_tomorrow={}, none_of_tomorrow=None),
    lambda d: settings(d, "APPLICATION")["git_repository"].update(deployed_commit_id="abc", has_access=False),
    lambda d: settings(d, "APPLICATION")["ports"][0].update(id="other"),
    lambda d: d["environment"].update(id="other", cluster_id="other", project={"id": "other"}, last_updated_by="eve"),
    lambda d: d["stages"][0].update(id="other", deployment_order=9),
    lambda d: of_kind(d, "APPLICATION")["domains"][0].update(
        id="other", status="VALIDATION_PENDING", validation_domain="x"
    ),
]


@pytest.mark.parametrize("change", NOTHING)
async def test_ids_dates_orders_and_what_is_deployed_are_no_difference(
    nowhere: AsyncQovery, document: Document, change: Callable[[Document], object]
) -> None:
    diff = await difference(nowhere, document, change)
    assert lines(diff) == []
    assert not diff


async def test_the_id_of_a_cluster_counts_where_its_name_is_not_known(nowhere: AsyncQovery, document: Document) -> None:
    del document["environment"]["cluster_name"]
    diff = await difference(nowhere, document, lambda d: d["environment"].update(cluster_id="other"))
    assert [change.where for change in diff.changes] == ["environment.cluster_id"]


async def test_names_that_qovery_makes_of_ids_are_no_difference(nowhere: AsyncQovery, document: Document) -> None:
    old = settings(document, "DATABASE")["id"]
    new = "0a1b2c3d" + old[8:]
    of_kind(document, "JOB")["variables"][0]["value"] = f"postgres://z{old[:8]}-postgresql:5432"

    def rename(changed: Document) -> None:
        text = json.dumps(changed).replace(old, new).replace(old[:8], new[:8])
        changed |= json.loads(text.replace(f"Z{old[:8].upper()}", f"Z{new[:8].upper()}"))

    diff = await difference(nowhere, document, rename)
    assert settings(document, "DATABASE")["id"] == old
    assert lines(diff) == []
    other = await difference(
        nowhere, document, lambda d: of_kind(d, "JOB")["variables"][0].update(value="postgres://z99999999-postgresql")
    )
    assert len(other.changes) == 1


async def test_services_are_matched_by_kind_and_name(nowhere: AsyncQovery, document: Document) -> None:
    diff = await difference(nowhere, document, lambda d: of_kind(d, "CONTAINER").update(kind="JOB"))
    assert [(change.where, change.a is None, change.b is None) for change in diff.changes] == [
        ("services[CONTAINER web]", False, True),
        ("services[JOB web]", True, False),
    ]
    assert diff.changes[0].a["settings"]["tag"] == "1.4.2"
    assert "id" not in diff.changes[0].a["settings"]


async def test_a_secret_in_a_document_is_not_compared_and_said_to_be_so(place: Place, document: Document) -> None:
    diff = await place.client.environments.diff(document, place.id)
    assert lines(diff) == []
    assert "services[AGENTIC_WORKFLOW triage].settings.mcp" in diff.not_compared
    assert len(diff.not_compared) == 10
    assert (await place.client.environments.diff(document, document)).not_compared == diff.not_compared


async def test_a_secret_on_one_side_only_is_a_difference(nowhere: AsyncQovery, document: Document) -> None:
    diff = await difference(nowhere, document, lambda d: d["variables"].pop(1))
    assert [change.where for change in diff.changes] == [f"variables[ENVIRONMENT {document['variables'][1]['key']}]"]
