"""What does the emulator respond to requests that nobody thought of? Schemathesis makes them from the description."""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import attrs
import requests
import schemathesis
from anyio.from_thread import start_blocking_portal
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import Unsatisfiable
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance

from qovery_async.emulator import Emulator
from qovery_async.emulator.facts.families import ANY_SERVICE, families
from qovery_async.emulator.facts.operations import ApiOperation, operations

CHECKS = [not_a_server_error, content_type_conformance, response_schema_conformance]
# How many requests an operation gets in a round: those that fit the description, and those that break it.
EXAMPLES = {schemathesis.GenerationMode.POSITIVE: 3, schemathesis.GenerationMode.NEGATIVE: 2}
# Objects are made before they are read, and deleted last: those below before those above.
ORDER = ("POST", "GET", "PUT", "PATCH", "DELETE")
# One reference in five stays a stranger's, since clients have stale ones too.
KNOWN = 0.8
SETTINGS = settings(
    database=None, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck), print_blob=False
)
# The kind of object that a key of a body names by its id.
REFERENCES: Mapping[str, str] = {
    "agent_cluster_id": "cluster", "cluster": "cluster", "cluster_id": "cluster", "environment_id": "environment",
    "git_token_id": "gitToken", "organization_id": "organization", "project_id": "project",
    "registry_id": "containerRegistry", "repository": "helmRepository", "service_id": ANY_SERVICE,
    "annotations_groups": "annotationsGroups", "labels_groups": "labelsGroups",
}  # fmt: skip


@attrs.frozen
class Finding:
    """A response that breaks the description: where in its body, and how to get it again."""

    call: str
    place: str
    said: str
    how: str


@attrs.define
class Exploration:
    """A run through all operations. The same seed sends the same requests to the same world."""

    description: Path
    findings: list[Finding] = attrs.field(factory=list[Finding])
    sent: int = 0
    succeeded: set[str] = attrs.field(factory=set[str])

    def namespaces(self) -> Mapping[str, Sequence[tuple[ApiOperation, Any]]]:
        """The operations that share a world: first part of their dotted name."""
        made: dict[str, list[tuple[ApiOperation, Any]]] = defaultdict(list)
        ours = {f"{operation.method} {operation.path}": operation for operation in operations().values()}
        for result in schemathesis.openapi.from_path(self.description).get_all_operations():
            theirs = result.ok()
            operation = ours[theirs.label]
            made[operation.call.partition(".")[0]].append((operation, theirs))
        return {name: sorted(members, key=lambda pair: _turn(pair[0])) for name, members in made.items()}

    def explore(self, emulator: Emulator, operation: ApiOperation, theirs: Any, number: int) -> None:
        """Sends the requests of one round to one operation."""
        with requests.Session() as session:
            for mode, count in EXAMPLES.items():
                for case in _cases(theirs, mode, count, number):
                    self._send(emulator, session, operation, case, random.Random(f"{number}/{self.sent}"))
        emulator.clock.advance(600)  # actions end, so that the next ones are not all refused

    def _send(
        self, emulator: Emulator, session: requests.Session, operation: ApiOperation, case: Any, dice: random.Random
    ) -> None:
        _refer(emulator, operation, case, dice)
        headers = {"Authorization": f"Token {emulator.token}"}
        response = case.call(base_url=emulator.url, session=session, headers=headers, timeout=60, allow_redirects=False)
        self.sent += 1
        how = f"{case.method} {response.request.url.removeprefix(emulator.url)} {case.body!r:.2000}"
        if response.status_code < 300:
            self.succeeded.add(operation.call)
            if response.status_code not in {declared.status for declared in operation.responses}:
                self.findings.append(Finding(operation.call, "", f"undeclared status {response.status_code}", how))
        try:
            case.validate_response(response, checks=CHECKS)
        except FailureGroup as group:
            for failure in group.exceptions:
                place = _place(getattr(failure, "instance_path", ()))
                said = " ".join(f"{failure.title}: {failure.message}".split())
                self.findings.append(Finding(operation.call, place, said, how))


@contextmanager
def world() -> Iterator[Emulator]:
    """An emulator with a thread of its own, since Schemathesis blocks."""
    emulator = Emulator(world="demo", rate_limit=None, speed=None)
    with start_blocking_portal("asyncio") as portal, portal.wrap_async_context_manager(emulator) as running:
        yield running


def _turn(operation: ApiOperation) -> tuple[int, int]:
    deleting = operation.method == "DELETE"
    return ORDER.index(operation.method), -len(operation.segments) if deleting else 0


def _cases(theirs: Any, mode: Any, count: int, number: int) -> Sequence[Any]:
    made: list[Any] = []

    @seed(number)
    @settings(SETTINGS, max_examples=count)
    @given(theirs.as_strategy(generation_mode=mode))
    def collect(case: Any) -> None:
        made.append(case)

    try:
        collect()
    except Unsatisfiable:
        return []  # nothing can be wrong with a request without parameters and body
    return made


def _refer(emulator: Emulator, operation: ApiOperation, case: Any, dice: random.Random) -> None:
    """Puts ids of objects that are there into the path and into the body."""
    for name in case.path_parameters or ():
        kind = families().kind_of(operation, name)
        case.path_parameters[name] = _id(emulator, kind, dice) or case.path_parameters[name]
    if isinstance(case.body, dict):
        case.body = _referring(emulator, case.body, dice, "")


def _referring(emulator: Emulator, value: Any, dice: random.Random, key: str) -> Any:
    if isinstance(value, dict):
        return {
            inner: _referring(emulator, item, dice, key if inner == "id" and key.endswith("_groups") else inner)
            for inner, item in value.items()
        }
    if isinstance(value, list):
        return [_referring(emulator, item, dice, key) for item in value]
    return (_id(emulator, REFERENCES.get(key), dice) or value) if isinstance(value, str) else value


def _id(emulator: Emulator, kind: str | None, dice: random.Random) -> str | None:
    kinds: Iterable[str] = families().services if kind == ANY_SERVICE else (kind,) if kind else ()
    there = [entity.id for each in kinds for entity in emulator.state.every(each)]
    return dice.choice(there) if there and dice.random() < KNOWN else None


def _place(path: Iterable[Any]) -> str:
    """`results[].id` for `("results", 0, "id")`: the place in all items of a list is one."""
    parts = ["[]" if isinstance(part, int) else f".{part}" for part in path]
    return re.sub(r"^\.", "", "".join(parts))
