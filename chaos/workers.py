"""Which calls does a worker make? It writes objects of its own, so it is known what it must read."""

from __future__ import annotations

import contextlib
import random
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from operator import attrgetter
from typing import Any, Literal

import attrs

from chaos.seal import sealed, unsealed
from qovery_async.codec.plain import is_list

Verb = Literal["create", "get", "list", "update", "delete", "deploy", "look"]

MOST_OBJECTS = 4
VERBS: Mapping[Verb, int] = {
    "create": 14, "get": 22, "list": 14, "update": 22, "delete": 10, "deploy": 6, "look": 12,
}  # fmt: skip
TIMEOUTS = (1.0, 3.0, 10.0)
"""Seconds that a call may take in all."""
CANCELED_SHARE = 0.05
"""The share of the calls of tasks that are canceled."""


@attrs.frozen
class Home:
    """The ids that a worker works with. No other worker writes there."""

    organization: str
    project: str
    environment: str
    shared: str
    """A project with `SHARED` environments that no worker writes to."""


SHARED = 40

_LABEL = re.compile(r"(w\d\d-[a-z]+-\d+)\.\d+")


def label_of(key: str, call: int) -> str:
    """The label that a call writes on an object. A garbled one is no label, so no object passes for another."""
    return sealed(f"{key}.{call}")


def key_of(label: object) -> str | None:
    """The key of the object that bears a label, or None if no worker wrote it, or it is garbled."""
    found = _LABEL.fullmatch(unsealed(label) or "") if isinstance(label, str) else None
    return found[1] if found else None


Arguments = tuple[tuple[Any, ...], dict[str, Any]]


@attrs.frozen
class Kind:
    """A kind of object, and how its operations are called."""

    name: str
    namespace: str
    parent: Callable[[Home], Arguments]
    """The arguments of `list` and `create`."""
    one: Callable[[Home, str], Arguments]
    """The arguments of the operations on one object."""
    body: Callable[[str, str], dict[str, Any]]
    """The body to send, from the object's key and the label to write on it."""
    label: Callable[[Any], str | None]
    has_get: bool = True


KINDS = (
    Kind(
        "project",
        "projects",
        lambda home: ((), {"organization_id": home.organization}),
        lambda _, id_: ((id_,), {}),
        lambda key, label: {"name": key, "description": label},
        attrgetter("description"),
    ),
    Kind(
        "environment",
        "environments",
        lambda home: ((home.project,), {}),
        lambda _, id_: ((id_,), {}),
        lambda _, label: {"name": label, "mode": "DEVELOPMENT"},
        attrgetter("name"),
    ),
    Kind(
        "webhook",
        "webhooks",
        lambda home: ((), {"organization_id": home.organization}),
        lambda home, id_: ((id_,), {"organization_id": home.organization}),
        lambda key, label: {
            "kind": "STANDARD", "target_url": f"https://example.com/{key}", "events": ["DEPLOYMENT_STARTED"],
            "description": label,
        },
        attrgetter("description"),
    ),
    Kind(
        "variable",
        "projects.environment_variables",
        lambda home: ((home.project,), {}),
        lambda home, id_: ((home.project, id_), {}),
        lambda key, label: {"key": key.upper().replace("-", "_"), "value": label},
        attrgetter("value"),
        has_get=False,
    ),
)  # fmt: skip


@attrs.frozen
class Step:
    """One call to make. `key` names its object; `cancel_after` and `timeout` are in seconds.

    `id_from` is the call whose result had the id of the object: a garbled one may have had a wrong one.
    """

    call: int
    verb: Verb
    operation: str
    arguments: Arguments
    kind: str = ""
    key: str = ""
    id_from: int | None = None
    timeout: float = TIMEOUTS[-1]
    cancel_after: float | None = None
    read: Callable[[Any], Any] = lambda _: None
    """Takes from the result what the judge checks."""
    must_see: Any = None
    """The value that `read` must give for a `look`."""

    def on(self, client: Any) -> Any:
        """Makes the call with a client of either package. The async client returns a coroutine."""
        args, kwargs = self.arguments
        return attrgetter(self.operation)(client)(*args, **kwargs)


class Worker:
    """Chooses one call after another, and remembers the ids of the objects that it has created."""

    def __init__(self, number: int, seed: int, home: Home, *, cancels: bool) -> None:
        self.name = f"w{number:02}"
        self._home = home
        self._dice = random.Random(f"{seed}/{self.name}")
        self._cancels = cancels
        self._ids: dict[str, dict[str, tuple[str, int]]] = defaultdict(dict)
        """The id of each object, and the call that it comes from, by kind and key."""

    def next(self, call: int) -> Step:
        dice = self._dice
        step = self._plan(call)
        cancel = self._cancels and dice.random() < CANCELED_SHARE
        return attrs.evolve(
            step, timeout=dice.choice(TIMEOUTS), cancel_after=dice.expovariate(1 / 0.05) if cancel else None
        )

    def learn(self, step: Step, result: Any, *, done: bool) -> None:
        """Takes the end of a call.

        An object whose creation failed becomes known when it is listed. One to delete is not used again, unless it is
        listed later.
        """
        ids = self._ids[step.kind]
        if step.verb == "create" and done:
            # Without its label, this is the response to another request.
            ids |= {key: (id_, step.call) for key, id_ in self._own(step.kind, [result]) if key == step.key}
        elif step.verb == "delete":
            ids.pop(step.key, None)
        elif step.verb == "list" and done and is_list(result):
            for key, id_ in self._own(step.kind, result):
                ids.setdefault(key, (id_, step.call))

    def _own(self, kind_name: str, items: Iterable[Any]) -> Iterator[tuple[str, str]]:
        """The keys and ids of those objects that this worker has created, and that are of this kind."""
        kind = next(kind for kind in KINDS if kind.name == kind_name)
        for item in items:
            with contextlib.suppress(AttributeError):  # a garbled one may be anything
                key = key_of(kind.label(item))
                if key is not None and key.startswith(f"{self.name}-{kind.name}-") and item.id is not None:
                    yield key, item.id

    def _plan(self, call: int) -> Step:
        verb = self._dice.choices(list(VERBS), list(VERBS.values()))[0]
        if verb == "deploy":
            return Step(call, "deploy", "environments.deploy", ((self._home.environment,), {}))
        if verb == "look":
            return self._look(call)
        kind = self._dice.choice(KINDS)
        ids = self._ids[kind.name]
        if verb == "list" or (verb == "get" and not kind.has_get):
            return Step(call, "list", f"{kind.namespace}.list", kind.parent(self._home), kind.name, read=_all(kind))
        if verb == "create" or not ids:
            if len(ids) < MOST_OBJECTS:
                return self._create(call, kind)
            verb = "update"
        key = self._dice.choice(list(ids))
        id_, id_from = ids[key]
        args, kwargs = kind.one(self._home, id_)
        if verb == "update":
            args = (*args, kind.body(key, label_of(key, call)))
        read = (lambda _: None) if verb == "delete" else kind.label
        return Step(call, verb, f"{kind.namespace}.{verb}", (args, kwargs), kind.name, key, id_from, read=read)

    def _create(self, call: int, kind: Kind) -> Step:
        key = f"{self.name}-{kind.name}-{call}"
        args, kwargs = kind.parent(self._home)
        arguments = (*args, kind.body(key, label_of(key, call))), kwargs
        return Step(call, "create", f"{kind.namespace}.create", arguments, kind.name, key, read=kind.label)

    def _look(self, call: int) -> Step:
        """A call that reads an object that no worker changes."""
        home = self._home
        operation, arguments, read, must_see = self._dice.choice(
            (
                ("organizations.get", ((home.organization,), {}), attrgetter("id"), home.organization),
                ("environments.list", ((home.shared,), {}), len, SHARED),
                ("projects.get", ((home.shared,), {}), attrgetter("id"), home.shared),
            )
        )
        return Step(call, "look", operation, arguments, read=read, must_see=must_see)


def _all(kind: Kind) -> Callable[[Any], list[str | None]]:
    return lambda items: [kind.label(item) for item in items]
