"""Do both clients have every operation of codegen/decisions/names.csv, with the same parameters?"""

from __future__ import annotations

import csv
import inspect
import re
import typing
from collections.abc import Callable, Iterator
from operator import attrgetter
from typing import Any

import pytest

from codegen import facts
from codegen.decisions import tables
from codegen.decisions.named import Operation
from qovery_async import AsyncQovery, models
from qovery_async.runtime.namespace import Namespace
from qovery_async.vocabulary import UNSET
from qovery_sync import Qovery

API = tables.read().name(facts.read())
OPERATIONS = {operation.call: operation for operation in API.operations}

with (tables.FOLDER / "names.csv").open(newline="", encoding="utf-8") as file:
    ROWS = list(csv.DictReader(file))
CALLS = [row["call"] for row in ROWS]

ASYNC = AsyncQovery(token="x")
SYNC = Qovery(token="x")
FACES = pytest.mark.parametrize("client", [ASYNC, SYNC], ids=["async", "sync"])

POSITIONAL = inspect.Parameter.POSITIONAL_OR_KEYWORD
NAMED = inspect.Parameter.KEYWORD_ONLY
REQUIRED = inspect.Parameter.empty


def twin(call: str) -> str:
    """`environments.list_deployment_history` is iterated by `environments.iterate_deployment_history`."""
    namespace, _, name = call.rpartition(".")
    assert name.startswith("list")
    return f"{namespace}.iterate{name.removeprefix('list')}"


PAGERS = list(tables.read().pagers.pagers)
PATCHED = list(tables.read().patches.patched)
CAPABILITIES = list(tables.read().capabilities.mount)


def find(client: object, call: str) -> Callable[..., Any]:
    method: Callable[..., Any] = attrgetter(call)(client)
    return method


def parameters(client: object, call: str) -> list[inspect.Parameter]:
    return list(inspect.signature(find(client, call)).parameters.values())


def snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


class TestTable:
    def test_holds_every_operation_of_the_api_once(self) -> None:
        assert len(ROWS) == len(set(CALLS)) == len(API.operations) == 554
        assert {(row["operation_id"], row["call"], row["http_method"], row["path"]) for row in ROWS} == {
            (operation.id, operation.call, operation.method, operation.path) for operation in API.operations
        }

    @pytest.mark.parametrize("call", CALLS)
    def test_names_methods_of_both_clients(self, call: str) -> None:
        assert inspect.iscoroutinefunction(find(ASYNC, call))
        blocking = find(SYNC, call)
        assert inspect.ismethod(blocking)
        assert not inspect.iscoroutinefunction(blocking)

    @FACES
    def test_names_every_public_method(self, client: object) -> None:
        patches = [f"{namespace}.{name}" for namespace in PATCHED for name in ("patch", "patch_preview")]
        assert sorted(methods(client)) == sorted([*CALLS, *(twin(call) for call in PAGERS), *patches])

    def test_names_nothing_beside_what_the_clients_are_for(self) -> None:
        shared = {"base_url", "from_env", "request", "warm_up", "with_options", "with_response", "ws_url"}
        assert beside_namespaces(ASYNC) == shared | {"aclose"}
        assert beside_namespaces(SYNC) == shared | {"close"}


def namespaces(resource: object) -> Iterator[str]:
    for class_ in type(resource).__mro__:
        yield from (name for name, member in vars(class_).items() if isinstance(member, Namespace))


def methods(resource: object, prefix: str = "") -> Iterator[str]:
    """The dotted names of the methods of all namespaces of operations below, also where a capability extends one."""
    for name in namespaces(resource):
        if prefix == "" and name == "organization":
            continue  # the second name of `organizations`
        below = getattr(resource, name)
        path = f"{prefix}{name}."
        for class_ in type(below).__mro__:
            if ".resources." in f"{class_.__module__}.":
                yield from (
                    path + n for n, member in vars(class_).items() if inspect.isfunction(member) and n[0] != "_"
                )
        yield from methods(below, path)


def beside_namespaces(client: object) -> set[str]:
    return {name for name in dir(client) if not name.startswith("_")} - {*namespaces(client)}


class TestParameters:
    """Path parameters in path order, then `body`; then by name only: query, organization."""

    @FACES
    @pytest.mark.parametrize("call", CALLS)
    def test_are_those_of_the_path_the_body_and_the_query(self, call: str, client: object) -> None:
        operation = OPERATIONS[call]
        found = parameters(client, call)
        assert [p.name for p in found if p.kind is POSITIONAL] == expected_positional(operation)
        assert [p.name for p in found if p.kind is NAMED] == expected_named(operation)
        assert all(p.kind in (POSITIONAL, NAMED) for p in found)
        assert all(p.annotation is not REQUIRED for p in found)

    @FACES
    @pytest.mark.parametrize("call", CALLS)
    def test_are_optional_where_the_api_does_not_need_them(self, call: str, client: object) -> None:
        operation = OPERATIONS[call]
        for parameter in parameters(client, call):
            assert parameter.default is default(operation, parameter.name), parameter.name

    @FACES
    @pytest.mark.parametrize("call", CALLS)
    def test_are_typed_as_the_facts_say(self, call: str, client: object) -> None:
        operation = OPERATIONS[call]
        types = {p.name: p.type for p in (*operation.path_parameters, *operation.query)}
        for parameter in parameters(client, call):
            if parameter.name not in types:
                continue
            # Enums live in `models`, and their strings in `bodies`; everything else is spelled as it is.
            named = types[parameter.name]
            expected = f"models.{named} | bodies.{named}Str" if named[0].isupper() else named
            optional = {UNSET: " | Unset", None: " | None", REQUIRED: ""}[parameter.default]
            assert parameter.annotation == f"{expected}{optional}"

    @FACES
    @pytest.mark.parametrize("call", [o.call for o in API.operations if o.body])
    def test_take_a_model_or_a_mapping_of_its_keys_as_body(self, call: str, client: object) -> None:
        body = OPERATIONS[call].body
        assert body is not None
        (parameter,) = [p for p in parameters(client, call) if p.name == "body"]
        annotation = typing.get_type_hints(find(client, call), include_extras=True)["body"]
        if body.type in API.schemas:
            assert parameter.annotation.startswith(f"models.{body.type} | bodies.{body.type}Dict")
            assert getattr(models, body.type) is not None
        assert ("Unset" in str(annotation)) is not body.required

    @FACES
    def test_organizations_get_needs_no_id_but_update_and_delete_do(self, client: Any) -> None:
        for namespace in ("organization", "organizations"):
            assert [(p.name, p.default) for p in parameters(client, f"{namespace}.get")] == [("organization_id", None)]
            for dangerous in ("update", "delete"):
                first = parameters(client, f"{namespace}.{dangerous}")[0]
                assert (first.name, first.kind, first.default) == ("organization_id", POSITIONAL, REQUIRED)

    @FACES
    @pytest.mark.parametrize("call", CALLS)
    def test_have_annotations_that_exist(self, call: str, client: object) -> None:
        hints = typing.get_type_hints(find(client, call), include_extras=True)
        assert hints.keys() == {"return", *(p.name for p in parameters(client, call))}


def expected_positional(operation: Operation) -> list[str]:
    names = [snake(name) for name in re.findall(r"{(\w+)}", operation.path)]
    if defaults_organization(operation):
        names.remove("organization_id")
    return [*names, "body"] if operation.body else names


def expected_named(operation: Operation) -> list[str]:
    query = [parameter.name for parameter in operation.query]
    return [*query, "organization_id"] if defaults_organization(operation) else query


def defaults_organization(operation: Operation) -> bool:
    return operation.path.startswith("/organization/{organizationId}/")


def default(operation: Operation, name: str) -> object:
    if name == "organization_id" and (defaults_organization(operation) or operation.call == "organizations.get"):
        return None
    if name == "body" and operation.body:
        return REQUIRED if operation.body.required else UNSET
    required = {p.name: p.required for p in (*operation.path_parameters, *operation.query)}
    return REQUIRED if required[name] else UNSET


class TestFaces:
    """Both clients take the same arguments."""

    @pytest.mark.parametrize("call", CALLS)
    def test_operations_are_called_alike(self, call: str) -> None:
        assert inspect.signature(find(ASYNC, call)) == inspect.signature(find(SYNC, call))

    @pytest.mark.parametrize("call", CALLS)
    def test_operations_are_documented_alike(self, call: str) -> None:
        text = find(ASYNC, call).__doc__
        assert text is not None
        assert text == find(SYNC, call).__doc__
        assert f"`{OPERATIONS[call].method} {OPERATIONS[call].path}`" in " ".join(text.split())

    @pytest.mark.parametrize("call", PAGERS)
    def test_iterating_twins_take_what_their_operation_takes(self, call: str) -> None:
        asynchronous, blocking = (inspect.signature(find(client, twin(call))) for client in (ASYNC, SYNC))
        assert not inspect.iscoroutinefunction(find(ASYNC, twin(call)))
        assert asynchronous.parameters == blocking.parameters == inspect.signature(find(ASYNC, call)).parameters
        assert asynchronous.return_annotation.startswith("Items[")
        assert blocking.return_annotation == asynchronous.return_annotation.replace("Items[", "Iterator[")
        assert find(ASYNC, twin(call)).__doc__ == find(SYNC, twin(call)).__doc__

    @FACES
    def test_organization_is_the_same_object_as_organizations(self, client: Any) -> None:
        assert client.organization is client.organizations

    @pytest.mark.anyio
    async def test_capabilities_can_be_warmed_up(self) -> None:
        async with AsyncQovery(token="x") as client:
            await client.warm_up(*CAPABILITIES)
        with Qovery(token="x") as blocking:
            blocking.warm_up(*CAPABILITIES)

    @FACES
    def test_namespaces_are_made_once(self, client: Any) -> None:
        assert client.projects is client.projects
        assert client.environments.secrets is client.environments.secrets

    @pytest.mark.parametrize("name", ["__init__", "from_env", "with_options", "with_response", "request", "warm_up"])
    def test_the_clients_themselves_are_called_alike(self, name: str) -> None:
        assert arguments(Qovery, name) == [a for a in arguments(AsyncQovery, name) if a[0] not in ASYNC_ONLY]

    def test_the_constructors_are_typed_alike(self) -> None:
        ours, theirs = (inspect.signature(class_.__init__).parameters for class_ in (AsyncQovery, Qovery))
        assert {n: p.annotation for n, p in ours.items() if n not in ASYNC_ONLY} == {
            n: p.annotation for n, p in theirs.items()
        }


# A session of one's own belongs to one's own event loop, not to the one in the background.
ASYNC_ONLY = {"session"}


def arguments(class_: type, name: str) -> list[tuple[str, object, object]]:
    signature = inspect.signature(getattr(class_, name))
    return [(p.name, p.kind, p.default) for p in signature.parameters.values()]
