"""Does every response of the emulator fit Qovery's own description? A validator that others wrote decides."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import attrs
from aiohttp import ClientSession
from openapi_schema_validator import OAS30Validator, oas30_format_checker

from codegen.decisions.named import Operation
from qovery_async.emulator import Emulator
from qovery_async.emulator.facts.families import ANY_SERVICE, families
from qovery_async.emulator.facts.operations import operations
from qovery_async.emulator.life.actions import Action, Trigger
from qovery_async.emulator.world.in_use import users_of
from qovery_async.emulator.world.inventions import REASONS
from qovery_async.emulator.world.stages import KIND as STAGE
from qovery_async.emulator.world.stages import stages_of
from qovery_async.emulator.world.state import Entity, State
from tests.conformance.differences import COMPONENTS, CONTRADICTIONS, FORMATS, PUBLISHED, REFUSED, STATUSES
from tests.support.samples import API, Sample

BY_CALL = {operation.call: operation for operation in API.operations}
# What has to be asked for before there is one.
_FREE = {"serviceType": "CONTAINER", "region": "eu-west-3", "zone": "fr-par-1", "databaseType": "POSTGRESQL"}


def test_every_answer_fits(record_property: Callable[[str, object], None]) -> None:
    import asyncio

    complaints = asyncio.run(_ask_everything())
    found = {call: said for call, said in complaints.items() if said}
    exceptions = "".join(f" (except for {schema}: {reason})" for schema, reason in CONTRADICTIONS.items())
    exceptions += "".join(f" (the format of {'.'.join(place)}: {reason})" for place, reason in FORMATS.items())
    exceptions += "".join(f" ({call} has status {status}: {reason})" for call, (status, reason) in STATUSES.items())
    exceptions += "".join(f" ({call} is refused: {reason})" for call, (_, reason) in REFUSED.items())
    record_property("emulator", f"{len(complaints) - len(found)} of {len(API.operations)}{exceptions}")
    assert not found, "\n".join(f"{call}: {said}" for call, said in found.items())
    assert len(complaints) == len(API.operations)


async def _ask_everything() -> dict[str, list[str]]:
    order = sorted(API.operations, key=lambda o: (o.method == "DELETE", -o.path.count("/") * (o.method == "DELETE")))
    async with Emulator(world="demo", rate_limit=None, speed=None) as emulator, ClientSession() as session:
        asking = Asking(emulator, session)
        complaints: dict[str, list[str]] = {}
        for operation in order:
            complaints[operation.call] = await asking.complaints(operation)
            # One action at a time: the next finds the clusters and environments idle.
            emulator.clock.advance(600)
        return complaints


@attrs.frozen
class Asking:
    emulator: Emulator
    session: ClientSession

    @property
    def state(self) -> State:
        return self.emulator.state

    async def complaints(self, operation: Operation) -> list[str]:
        """What is wrong with the answer to an operation."""
        status, media_type, text = await self.ask(operation)
        if operation.call in REFUSED:
            return [] if status == REFUSED[operation.call][0] else [f"answered with {status}"]
        wanted = {response.status for response in operation.responses}
        if operation.call in STATUSES and status == STATUSES[operation.call][0]:
            (status,) = wanted
        if status not in wanted:
            return [f"answered with {status}: {text[:300]}"]
        declared = PUBLISHED["paths"][operation.path][operation.method.lower()]["responses"][str(status)]
        contents = _resolved(declared).get("content") or {}
        if not contents:
            return [] if not text else ["a body where there is none"]
        if media_type not in contents:
            return [f"answered with {media_type}"]
        if media_type != "application/json":
            return []
        schema = {**contents[media_type]["schema"], "components": COMPONENTS}
        validator = OAS30Validator(schema, format_checker=oas30_format_checker)
        answer = json.loads(text)
        said = [f"{e.json_path}: {e.message[:200]}" for e in validator.iter_errors(answer)]
        if operation.method == "GET" and operation.call not in REASONS:
            said += [f"{path} is made up, and no header says so" for path in _spelled_like_its_key(answer, "$", "")]
        return said

    async def ask(self, operation: Operation) -> tuple[int, str, str]:
        path, target = await (self._override(operation) if _overrides(operation) else self._path(operation))
        if operation.name == "cancel_deployment" and target and (environment := target.above("environment")):
            self._request(environment)
        sample = Sample()
        parameters = {p.wire: _text(v) for p, v in sample.query(operation).items()} | self._wanted(operation, target)
        query = {p.wire: parameters[p.wire] for p in operation.query if p.wire in parameters}
        body = sample.body(operation) if operation.body else None
        if isinstance(body, dict):
            body |= {k: v for k, v in self._wanted(operation, target).items() if k in body or k in _ADDED}
            body |= {"name": f"thing {next(_numbers)}"} if "name" in body else {}
        data = body if isinstance(body, str) else json.dumps(body) if body is not None else None
        headers = {"Authorization": f"Token {self.emulator.token}"}
        url = self.emulator.url + path
        async with self.session.request(operation.method, url, params=query, data=data, headers=headers) as answer:
            raw = await answer.read()
            return answer.status, answer.content_type, raw.decode(errors="replace")

    async def _path(self, operation: Operation) -> tuple[str, Entity | None]:
        """A path to things that are there, made where there are none."""
        known = operations()[operation.call]
        named = {name: kind for name in known.parameters if (kind := families().kind_of(known, name))}
        last = next(reversed(named), None)
        target = await self._thing(operation, named[last]) if last else None
        values = _FREE | ({"deploymentRequestId": self._request()} if "{deploymentRequestId}" in operation.path else {})
        for name, kind in named.items():
            above = target.above(kind) if target and kind != ANY_SERVICE else None
            beside = stages_of(self.state, target.parent)[0] if target and target.parent and kind == STAGE else None
            entity = above or beside or (target if name == last else await self._thing(operation, kind))
            if entity is not None:
                values[name] = entity.id
        path = operation.path
        for parameter in operation.path_parameters:
            path = path.replace(f"{{{parameter.wire}}}", values.get(parameter.wire) or await self._free(operation))
        return path, target

    async def _override(self, operation: Operation) -> tuple[str, Entity]:
        """A path to a new variable of a project, and the place below it that overrides it."""
        kind = operation.path.split("/")[1]
        place = self.state.every("environment" if kind == "variable" else kind)[0]
        project = place.above("project") or place
        body = {"key": f"KEY_{next(_numbers)}", "value": "v", "is_secret": "/secret" in operation.path}
        body |= {"variable_scope": "PROJECT", "variable_parent_id": project.id}
        headers = {"Authorization": f"Token {self.emulator.token}"}
        async with self.session.post(f"{self.emulator.url}/variable", json=body, headers=headers) as made:
            variable = (await made.json())["id"]
        ids = {p.wire: variable for p in operation.path_parameters}
        ids |= {f"{kind}Id": place.id} if kind != "variable" else {}
        path = operation.path
        for wire, id_ in ids.items():
            path = path.replace(f"{{{wire}}}", id_)
        return path, place

    def _request(self, environment: Entity | None = None) -> str:
        """The id of a deployment that was asked for and has not begun."""
        environment = environment or self.state.every("environment")[0]
        return self.emulator.life.act(environment.id, Action.DEPLOY, Trigger("somebody")).id

    async def _free(self, operation: Operation) -> str:
        """A value for a parameter that names no entity: the id of what there is one of, or any text."""
        read = BY_CALL.get(f"{operation.namespace}.get")
        if operation.name != "update" or read is None or read.path == operation.path:
            return "some-text"
        _, _, text = await self.ask(read)
        return str(json.loads(text)["id"])

    async def _thing(self, operation: Operation, kind: str) -> Entity | None:
        wanted = "container" if kind == ANY_SERVICE else kind
        prefix = operation.call.rpartition(".")[0].split(".")[0]
        found = [e for e in self.state.every(wanted) if self._suits(e, operation, prefix)]
        if found:
            return found[-1 if operation.call == "organizations.delete" else 0]
        create = self._creation(operation, wanted)
        if create is not None:
            status, _, text = await self.ask(create)
            assert status < 300, f"{create.call}: {status} {text}"
            found = [e for e in self.state.every(wanted) if self._suits(e, operation, prefix)]
        return found[-1] if found else None

    def _suits(self, entity: Entity, operation: Operation, prefix: str) -> bool:
        if entity.kind == "variable":
            scope = operation.path.split("/")[1]
            secret = "/secret" in operation.path
            return entity.value["scope"] != "BUILT_IN" and (
                scope == "variable"
                or (entity.parent is not None and entity.parent.kind == scope and entity.value["is_secret"] is secret)
            )
        parents = [s for s in operation.path.split("/") if s and not s.startswith("{")]
        if operation.method == "DELETE" and entity.kind in ("cluster", "containerRegistry", "helmRepository"):
            return not users_of(entity)
        if entity.kind == "apiToken" and operation.method == "DELETE":
            return entity.facts.get("token") != self.emulator.token  # which all requests here have
        if entity.kind == "deploymentStage" and operation.method == "DELETE":
            return bool(entity.value["name"].startswith("thing"))
        return (
            entity.parent is None or entity.parent.kind not in families().services or entity.parent.kind == parents[0]
        )

    def _creation(self, operation: Operation, kind: str) -> Operation | None:
        calls = [c for c, (family, part) in families().of_call.items() if part == "create" and _same(family.kind, kind)]
        first = operation.path.split("/")[1]
        ranked = sorted(
            calls,
            key=lambda c: (
                not BY_CALL[c].path.startswith(f"/{first}/"),
                ("secret" in c) != ("secret" in operation.path),
            ),
        )
        return BY_CALL[ranked[0]] if ranked else None

    def _wanted(self, operation: Operation, target: Entity | None) -> dict[str, Any]:
        """References that have to hold."""
        above = target.above("organization") if target else None
        organization = above or self.state.root.of_kind("organization")[0]
        project = self.state.every("project")[0]
        container = self.state.every("container")[0]
        members = sorted(organization.of_kind("member"), key=lambda m: m.value["role"] == "OWNER")
        near = target.parent if target and target.kind == "variable" and target.parent else project
        near = target if target and _overrides(operation) else near
        scope = near.kind.upper()
        return {
            "agent_cluster_id": self.state.every("cluster")[0].id,
            "cluster": self.state.every("cluster")[0].id,
            "cluster_id": self.state.every("cluster")[0].id,
            "organization_id": organization.id,
            "deploymentRequestId": self._request() if operation.call == "deployment_queue.get_status" else "",
            "environment_id": self.state.every("environment")[0].id,
            "role_id": organization.facts["roles"]["Admin"],
            "user_id": members[0].id,
            "opa_policy": "allow := true",
            "parent_id": project.id,
            "scope": "PROJECT",
            "variable_parent_id": project.id,
            "variable_scope": "PROJECT",
            "alias_parent_id": near.id,
            "alias_scope": scope,
            "override_parent_id": near.id,
            "override_scope": scope,
            "service_id": container.id,
            "service_type": "CONTAINER",
            "key": f"KEY_{next(_numbers)}",
            "email": f"someone{next(_numbers)}@example.com",
            "domain": f"d{next(_numbers)}.example.com",
            "target_url": "http://127.0.0.1:9/hook",
            "vars": [],
            "annotations_groups": [],
            "labels_groups": [],
            "registry_id": self.state.every("containerRegistry")[0].id,
        } | _QUERIES.get(operation.call, {})


_ADDED: set[str] = set()
_QUERIES: dict[str, dict[str, Any]] = {
    "clusters.query_logs": {"endpoint": "query_range", "query": '{app="proxy"}'},
    "clusters.query_metrics": {"endpoint": "query", "query": "container_memory_working_set_bytes"},
}


def _overrides(operation: Operation) -> bool:
    return operation.name == "create_override" and operation.call not in REFUSED


def _same(family: str, kind: str) -> bool:
    return family == kind or (kind == "variable" and family in ("environmentVariable", "secret", "variable"))


def _spelled_like_its_key(value: Any, path: str, key: str) -> Iterator[str]:
    """The places of texts such as `"target_name": "target-name"`, which the emulator makes up where it knows nothing."""
    if isinstance(value, dict):
        for inner, item in value.items():
            yield from _spelled_like_its_key(item, f"{path}.{inner}", inner)
    elif isinstance(value, list):
        for item in value:
            yield from _spelled_like_its_key(item, f"{path}[]", key)
    elif isinstance(value, str) and key and value == re.sub(r"[^a-z0-9]+", "-", key.lower()):
        yield path


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _resolved(node: dict[str, Any]) -> dict[str, Any]:
    reference: str = node.get("$ref", "")
    if not reference:
        return node
    found: Any = PUBLISHED
    for part in reference.removeprefix("#/").split("/"):
        found = found[part.replace("~1", "/").replace("~0", "~")]
    resolved: dict[str, Any] = found
    return resolved


_numbers = itertools.count()
