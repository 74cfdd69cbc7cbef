"""Both clients have every operation of codegen/decisions/names.csv, with the same parameters."""

from __future__ import annotations

import ast
import csv
import inspect
import re
import tomllib
import typing
from collections.abc import Callable, Iterator
from itertools import pairwise
from operator import attrgetter
from pathlib import Path
from typing import Any

import pytest

from codegen import facts
from codegen.facts import Operation
from qovery_async import AsyncClientSettings, AsyncQovery, CallOptions, models
from qovery_async.config import settings
from qovery_async.runtime.namespace import Namespace
from qovery_async.vocabulary import UNSET
from qovery_sync import Qovery

CODEGEN = Path(facts.__file__).parent / "decisions"
API = facts.read()
OPERATIONS = {operation.call: operation for operation in API.operations}

with (CODEGEN / "names.csv").open(newline="", encoding="utf-8") as file:
    ROWS = list(csv.DictReader(file))
CALLS = [row["call"] for row in ROWS]

ASYNC = AsyncQovery(token="x")
SYNC = Qovery(token="x")
FACES = pytest.mark.parametrize("client", [ASYNC, SYNC], ids=["async", "sync"])

POSITIONAL = inspect.Parameter.POSITIONAL_OR_KEYWORD
NAMED = inspect.Parameter.KEYWORD_ONLY
REQUIRED = inspect.Parameter.empty


def pagers() -> list[str]:
    """The operations that have an iterating twin."""

    def below(prefix: str, table: dict[str, Any]) -> Iterator[str]:
        if "style" in table:
            yield prefix
            return
        for key, inner in table.items():
            yield from below(f"{prefix}.{key}" if prefix else key, inner)

    return list(below("", tomllib.loads((CODEGEN / "pagers.toml").read_text(encoding="utf-8"))))


def twin(call: str) -> str:
    """`environments.list_deployment_history` is iterated by `environments.iterate_deployment_history`."""
    namespace, _, name = call.rpartition(".")
    assert name.startswith("list")
    return f"{namespace}.iterate{name.removeprefix('list')}"


PAGERS = pagers()


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
        assert sorted(methods(client)) == sorted([*CALLS, *(twin(call) for call in PAGERS)])

    def test_names_nothing_beside_what_the_clients_are_for(self) -> None:
        shared = {"base_url", "from_env", "request", "warm_up", "with_options", "with_response", "ws_url"}
        assert beside_namespaces(ASYNC) == shared | {"aclose"}
        assert beside_namespaces(SYNC) == shared | {"close"}


def namespaces(resource: object) -> Iterator[str]:
    for class_ in type(resource).__mro__:
        yield from (name for name, member in vars(class_).items() if isinstance(member, Namespace))


def methods(resource: object, prefix: str = "") -> Iterator[str]:
    """The dotted names of the methods of all namespaces below."""
    for name in namespaces(resource):
        if prefix == "" and name == "organization":
            continue  # the second name of `organizations`
        below = getattr(resource, name)
        path = f"{prefix}{name}."
        yield from (path + n for n, member in vars(type(below)).items() if inspect.isfunction(member) and n[0] != "_")
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
            # Enums live in `models`; everything else is spelled as it is.
            named = types[parameter.name]
            expected = f"models.{named}" if named[0].isupper() else named
            optional = {UNSET: " | Unset", None: " | None", REQUIRED: ""}[parameter.default]
            assert parameter.annotation == f"{expected}{optional}"

    @FACES
    @pytest.mark.parametrize("call", [o.call for o in API.operations if o.body])
    def test_take_a_model_or_a_plain_mapping_as_body(self, call: str, client: object) -> None:
        body = OPERATIONS[call].body
        assert body is not None
        (parameter,) = [p for p in parameters(client, call) if p.name == "body"]
        annotation = typing.get_type_hints(find(client, call), include_extras=True)["body"]
        if body.type in API.schemas:
            assert parameter.annotation.startswith(f"models.{body.type} | Mapping[str, object]")
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
    """What can be said to one client can be said to the other."""

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

    @FACES
    def test_namespaces_are_made_once(self, client: Any) -> None:
        assert client.projects is client.projects
        assert client.environments.secrets is client.environments.secrets

    @pytest.mark.parametrize("name", ["__init__", "from_env", "with_options", "with_response", "request", "warm_up"])
    def test_the_clients_themselves_are_called_alike(self, name: str) -> None:
        assert arguments(Qovery, name) == [a for a in arguments(AsyncQovery, name) if a[0] not in ASYNC_ONLY]


# A session of one's own belongs to one's own event loop, not to the one in the background.
ASYNC_ONLY = {"session"}

SETTINGS = list(AsyncClientSettings.__annotations__)


class TestSettings:
    """The arguments of the clients stand once, in `qovery_async/config/settings.py`."""

    @pytest.mark.parametrize("function", [AsyncQovery, AsyncQovery.from_env])
    def test_are_shown_as_keywords_with_their_types_and_defaults(self, function: Callable[..., object]) -> None:
        found = dict(inspect.signature(function).parameters)
        assert (found.pop("token").default, found.pop("dotenv", None)) in ((None, None), (None, DOTENV))
        assert {name: p.annotation for name, p in found.items()} == AsyncClientSettings.__annotations__
        assert {p.kind for p in found.values()} == {NAMED}
        defaults = {name: p.default for name, p in found.items() if p.default is not None}
        assert defaults == {
            "trust_env": True, "allow_plain_http": False, "max_response_bytes": 64 * 2**20, "strict": False
        }  # fmt: skip

    @pytest.mark.parametrize("class_", [AsyncQovery, Qovery])
    def test_of_with_options_are_settings_of_the_client(self, class_: type) -> None:
        _, *found = arguments(class_, "with_options")
        assert [name for name, *_ in found] == list(CallOptions.__annotations__)
        assert set(found) <= set(arguments(class_, "__init__"))

    def test_are_described_one_by_one_at_the_class(self) -> None:
        """The names in the `Args:` of `help(AsyncQovery)` are those that the constructor takes, in its order."""
        assert re.findall(r"(?m)^    (\w+): \S", args_of(AsyncQovery)) == ["token", *SETTINGS]

    @pytest.mark.parametrize("name", SETTINGS)
    def test_are_described_one_by_one_where_they_are_declared(self, name: str) -> None:
        """Editors show the string below a declaration; whatever has a default but None says which."""
        text = DECLARED[name]
        assert text.endswith(".")
        assert text.isascii()
        default = inspect.signature(AsyncQovery).parameters[name].default
        assert default in (None, 64 * 2**20) or f"Default: {default}." in text

    @pytest.mark.parametrize("class_", [AsyncQovery, Qovery])
    def test_that_nobody_knows_are_refused_by_name(self, class_: Any) -> None:
        client = class_("x")
        for call, named in {
            lambda: class_(tokn="x"): f"{class_.__name__}() got an unexpected keyword argument 'tokn'. "
            "Did you mean 'token'?",
            lambda: class_.from_env(timeuot=5): f"{class_.__name__}() got an unexpected keyword argument 'timeuot'. "
            "Did you mean 'timeout'?",
            lambda: client.with_options(strict=True): f"{class_.__name__}.with_options() got an unexpected keyword "
            "argument 'strict'",
            lambda: class_(nothing_like_it=1): f"{class_.__name__}() got an unexpected keyword argument "
            "'nothing_like_it'",
        }.items():
            with pytest.raises(TypeError) as refused:
                call()
            assert str(refused.value) == named

    def test_of_the_blocking_client_do_not_include_a_session(self) -> None:
        for make in (Qovery, Qovery.from_env):
            with pytest.raises(TypeError, match=r"^Qovery\(\) got an unexpected keyword argument 'session'$"):
                make(session=None)  # type: ignore[call-arg]  # type checkers refuse it too


DOTENV = inspect.Parameter("dotenv", POSITIONAL, default=None, annotation="str | Path | None")


def args_of(class_: type) -> str:
    """The section `Args:` of a docstring."""
    return inspect.cleandoc(class_.__doc__ or "").partition("Args:\n")[2].partition("\n\n")[0]


def declared() -> dict[str, str]:
    """The string below each setting in the source."""
    found: dict[str, str] = {}
    for class_ in ast.parse(inspect.getsource(settings)).body:
        members = class_.body if isinstance(class_, ast.ClassDef) else []
        for member, below in pairwise(members):
            if isinstance(member, ast.AnnAssign) and isinstance(below, ast.Expr):
                assert isinstance(member.target, ast.Name)
                found[member.target.id] = ast.literal_eval(below.value)
    return found


DECLARED = declared()


def arguments(class_: type, name: str) -> list[tuple[str, object, object]]:
    signature = inspect.signature(getattr(class_, name))
    return [(p.name, p.kind, p.default) for p in signature.parameters.values()]
