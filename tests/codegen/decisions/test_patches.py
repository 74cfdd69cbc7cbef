"""Does a newer description stop the generator where it is not decided what `patch` does with it?"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import attrs
import pytest

from codegen import __main__ as command
from codegen import facts
from codegen.decisions.patches import Branch, Converted, Dropped, HiddenValue, Missing, Patches
from codegen.facts import ApiFacts, Body, EnumSchema, Field, ObjectSchema, OperationFacts, ResponseFacts, UnionSchema
from tests.support.descriptions import DECISIONS, JSON

READ = facts.read()
API = DECISIONS.name(READ)
WHERE = "say in codegen/decisions/patches.toml where it goes, or why it is left out"
DEAD = "mend or remove it in codegen/decisions/patches.toml"

Change = Callable[[ApiFacts], ApiFacts]


def changed(name: str, change: Callable[[Any], Any]) -> Change:
    return lambda api: attrs.evolve(api, schemas={**api.schemas, name: change(api.schemas[name])})


def with_field(name: str, key: str, type_: str = "str") -> Change:
    return changed(name, lambda schema: attrs.evolve(schema, fields=[*schema.fields, Field(key, key, type_)]))


def retyped(name: str, key: str, type_: str) -> Change:
    def change(schema: ObjectSchema) -> ObjectSchema:
        fields = [attrs.evolve(field, type=type_) if field.wire == key else field for field in schema.fields]
        return attrs.evolve(schema, fields=fields)

    return changed(name, change)


def with_branch(union: str, tag: str, branch: ObjectSchema) -> Change:
    def change(api: ApiFacts) -> ApiFacts:
        old = api.schemas[union]
        assert isinstance(old, UnionSchema)
        mapping = {**old.mapping, tag: "New"} if old.tag else old.mapping
        keys = old.keys if old.tag else {**old.keys, tag: "New"}
        new = attrs.evolve(old, branches=[*old.branches, "New"], mapping=mapping, keys=keys)
        return attrs.evolve(api, schemas={**api.schemas, union: new, "New": branch})

    return change


def with_value(enum: str, value: str) -> Change:
    def change(schema: EnumSchema) -> EnumSchema:
        return attrs.evolve(schema, values=[*schema.values, value])

    return changed(enum, change)


KEY = ObjectSchema([Field("new_key", "new_key", "str")])
JOB = with_branch("JobResponse", "NEW", KEY)
NEWER: dict[str, tuple[Change, str]] = {
    "a key of a response": (
        with_field("Application", "new_key"),
        "applications.patch: Application -> ApplicationEditRequest: Application.new_key is not in ApplicationEditRequest",
    ),
    "a key of an inner response": (
        with_field("ApplicationGitRepository", "new_key"),
        "ApplicationGitRepository.new_key is not in ApplicationGitRepositoryRequest",
    ),
    "a key beside the way to a moved value": (
        with_field("HelmSourceGitResponse", "new_key"),
        "HelmSourceGitResponse.new_key is not in HelmRequestSourceWithGitRepository",
    ),
    "a key beside a moved value": (
        with_field("ContainerRegistryProviderDetailsResponse", "new_key"),
        "ContainerRegistryProviderDetailsResponse.new_key is not in ContainerRequest",
    ),
    "a key of a request": (
        with_field("ApplicationEditRequest", "new_key"),
        "ApplicationEditRequest.new_key is not in Application",
    ),
    "a key of a request that may be a secret": (
        with_field("GitTokenRequest", "new_key"),
        "GitTokenRequest.new_key is not in GitTokenResponse",
    ),
    "a kind of response": (
        with_branch("AutoscalingPolicyResponse", "NEW", KEY),
        "ApplicationEditRequest.autoscaling, New: New becomes none of KedaAutoscalingRequest",
    ),
    "a kind that is told by a key": (
        with_branch("HelmResponseSource", "new_key", KEY),
        "New becomes none of HelmRequestSourceWithGitRepository, HelmRequestSourceWithHelmRepository",
    ),
    "a kind of an object": (JOB, "jobs.patch: JobResponse -> JobRequest, New: New.new_key is not in JobRequest"),
    "a value of an enum": (
        with_value("QoveryDnsProviderResponseProvider", "NEW"),
        "QoveryDnsProviderRequestProvider has no NEW",
    ),
    "a value of one of the enums that are one class": (
        with_value("EnvironmentModeEnum", "NIGHTLY"),
        "environments.patch: Environment -> EnvironmentEditRequest.mode: CreateEnvironmentModeEnum has no NIGHTLY",
    ),
    "another type": (
        retyped("Application", "cpu", "str"),
        "applications.patch: Application -> ApplicationEditRequest.cpu: str becomes int",
    ),
    "a list of what was one": (
        retyped("Application", "git_repository", "list[ApplicationGitRepository]"),
        "list[ApplicationGitRepository] becomes ApplicationGitRepositoryRequest",
    ),
}


def undecided(read: ApiFacts = READ, patches: Patches = DECISIONS.patches) -> list[str]:
    return command.undecided(attrs.evolve(DECISIONS, patches=patches), read)


class TestANewerDescription:
    @pytest.mark.parametrize("case", NEWER)
    def test_stops_the_generator_with_the_name(self, case: str) -> None:
        change, told = NEWER[case]
        found = [line for line in undecided(change(READ)) if told in line]
        assert found, undecided(change(READ))
        assert all(line.endswith(f": {WHERE}") for line in found)

    def test_stops_it_once_for_each_name(self) -> None:
        lines = undecided(with_field("Application", "new_key")(READ))
        assert len([line for line in lines if "Application.new_key" in line]) == 2  # to update, and to create one

    def test_may_have_a_put_of_which_nothing_is_said(self) -> None:
        put = OperationFacts("replaceThing", "PUT", "/thing", [], [ResponseFacts(200, JSON, "Project")], [])
        read = attrs.evolve(READ, operations=[*READ.operations, attrs.evolve(put, body=Body("ProjectRequest"))])
        (line,) = undecided(read)
        assert line.startswith("a PUT, add it to codegen/decisions/patches.toml as patched or unpatched: ")

    def test_is_told_from_the_command_line(self, capsys: pytest.CaptureFixture[str]) -> None:
        kept = facts.read()
        schema = kept.schemas["Application"]
        assert isinstance(schema, ObjectSchema)
        new = attrs.evolve(schema, fields=[*schema.fields, Field("new_key", "new_key", "str")])
        assert command.generate(attrs.evolve(kept, schemas={**kept.schemas, "Application": new}), check=True) == 1
        assert "Application.new_key is not in ApplicationEditRequest" in capsys.readouterr().err


def with_row(name: str, row: Any) -> Patches:
    return attrs.evolve(DECISIONS.patches, **{name: [*getattr(DECISIONS.patches, name), row]})


def hidden(path: str, **conditions: str) -> Patches:
    return with_row("hidden", HiddenValue("ContainerRegistryRequest", path, "unknown", "R.", **conditions))


DEAD_ROWS: dict[str, tuple[Patches, str]] = {
    "a pair": (
        with_row("converted", Converted("Application", "ContainerRequest", "R.", moved={"tag": "name"})),
        "converted: Application never becomes ContainerRequest",
    ),
    "a branch": (
        with_row("branch", Branch("Application", ["ContainerRequest"], "R.")),
        "branch: Application never becomes ContainerRequest",
    ),
    "a key that is dropped": (
        with_row("dropped", Dropped(["name"], "R.", ["Application"])),
        "dropped: name decides nothing",
    ),
    "a model that drops nothing": (
        with_row("dropped", Dropped(["maximum_cpu"], "R.", ["Application", "Project"])),
        "dropped: Project decides nothing",
    ),
    "a key that is missing": (
        with_row("missing", Missing(["name"], "R.", ["ProjectRequest"])),
        "missing: name decides nothing",
    ),
    "a secret": (hidden("config.pasword"), "hidden: ContainerRegistryRequest has no config.pasword"),
    "what holds a secret": (
        hidden("config.password", held="config.user"),
        "hidden: neither ContainerRegistryRequest nor its response has config.user",
    ),
    "what holds none": (
        hidden("config.password", unless="config.user=x"),
        "hidden: neither ContainerRegistryRequest nor its response has config.user",
    ),
}


class TestADeadRow:
    @pytest.mark.parametrize("case", DEAD_ROWS)
    def test_is_named(self, case: str) -> None:
        patches, told = DEAD_ROWS[case]
        assert f"{told}: {DEAD}" in undecided(READ, patches)

    def test_of_a_namespace_or_a_put_is_named(self) -> None:
        rows = attrs.evolve(
            DECISIONS.patches,
            patched={**DECISIONS.patches.patched, "events": DECISIONS.patches.patched["projects"]},
            unpatched={**DECISIONS.patches.unpatched, "projects.update": "R.", "projects.list": "R."},
        )
        told = {where[:2]: why for where, why in rows.idle(API)}
        assert told == {
            ("patched", "events"): "it has no `update` or no `get`",
            ("unpatched", "projects.update"): "it is no PUT, or its namespace has a patch",
            ("unpatched", "projects.list"): "it is no PUT, or its namespace has a patch",
        }


def test_each_response_becomes_one_request() -> None:
    """`to_request` without a target has to know which."""
    found: dict[str, set[str]] = {}
    for namespace in DECISIONS.patches.patched:
        for source, target in DECISIONS.patches.bodies(namespace, API, "update"):
            found.setdefault(source, set()).add(target)
    several = {source for source, targets in found.items() if len(targets) > 1}
    assert several == {"ClusterCredentials"}  # a union, each branch of which has a request of its own
