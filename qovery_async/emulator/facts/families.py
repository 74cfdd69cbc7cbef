"""Which operations belong together?

Nothing here names an operation: that `git_tokens.list`, `.create`, `.get`, `.update` and `.delete`
are the life of one thing shows in their namespace, and in the paths which thing it is.
"""

from __future__ import annotations

import functools
from collections import defaultdict
from collections.abc import Mapping, Sequence

import attrs

from qovery_async.codec.shapes import attributes
from qovery_async.emulator.facts.operations import Operation, operations, python_type, service_types
from qovery_async.vocabulary import Model

# Parameters whose names differ from those that the things are known by elsewhere.
_OTHER_NAMES = {"stageId": "deploymentStage", "targetApplicationId": "application"}
# Older names for parts of /variable, which has them all.
_VARIABLES = {"environmentVariable", "secret"}
_ITEM_VERBS = ("get", "update", "delete")
_ONLY_VERBS = ("get", "update", "save", "specify", "delete")
ANY_SERVICE = "service"


@attrs.frozen(eq=False, slots=False)
class Family:
    """Things of one kind. `answer` is the type that one of them is answered with."""

    kind: str
    answer: str
    body: str | None
    """The type that one is created from; None where none can be created."""
    stocked: bool
    """Whether only Qovery itself makes them, so that there are some from the beginning."""

    @functools.cached_property
    def unique(self) -> str | None:
        """The key that no two siblings share."""
        model = python_type(self.body) if self.body else None
        if not isinstance(model, type) or not issubclass(model, Model):
            return None
        wires = {field.wire for field in attributes(model)}
        return next((key for key in ("name", "domain", "email") if key in wires), None)


@attrs.frozen(eq=False)
class Families:
    """How the operations fall into families: by call, the family and the part taken in it."""

    of_call: Mapping[str, tuple[Family, str]]
    only: Mapping[str, str]
    """The settings that there are once under their parent: by call, the word in the path."""
    _by_parameter: Mapping[str, str]
    services: Mapping[str, str]
    """The kinds of services, and the `service_type` of each."""
    by_kind: Mapping[str, Family]
    """For kinds of several families, such as custom domains, the first."""

    def kind_of(self, operation: Operation, parameter: str) -> str | None:
        """The kind of entity that a path parameter names, or None where it names something else."""
        place = operation.segments.index(f"{{{parameter}}}")
        if operation.call in self.only and place == len(operation.segments) - 1:
            return None
        if parameter == "serviceId":
            return ANY_SERVICE
        run = _run(operation.segments[:place])
        if run in _VARIABLES:
            return "variable"
        if run in self.by_kind:
            return run
        return _OTHER_NAMES.get(parameter) or self._by_parameter.get(parameter)

    def is_below(self, parameter: str, kind: str | None) -> bool:
        """Whether what it names is below what the parameter before it names."""
        return parameter not in _OTHER_NAMES and kind not in (ANY_SERVICE, "variable")


@functools.cache
def families() -> Families:
    namespaces: dict[str, list[Operation]] = defaultdict(list)
    for operation in operations().values():
        namespaces[operation.namespace].append(operation)
    of_call: dict[str, tuple[Family, str]] = {}
    only: dict[str, str] = {}
    by_parameter: dict[str, str] = {}
    services: dict[str, str] = {}
    types = service_types()
    for members in namespaces.values():
        items = [o for o in members if o.verb in _ITEM_VERBS and _names_one(o) and not _once(o, members)]
        lists = [o for o in members if o.verb == "list" and o.answer.items]
        if items:
            kind = _run(items[0].segments[:-1])
            by_parameter.setdefault(items[0].parameters[-1], kind)
        elif lists and any(o.verb in ("create", "delete") for o in members):
            kind = _run(lists[0].segments)
        else:
            only |= {o.call: _word(o) for o in members if o.verb in _ONLY_VERBS and _once(o, members)}
            continue
        family = _family(kind, members, lists + items)
        of_call |= {o.call: (family, o.verb) for o in [*lists, *items] if o.method in _METHODS[o.verb]}
        of_call |= {o.call: (family, "create") for o in members if _creates(o)}
        if family.answer in types:
            services[kind] = types[family.answer]
    by_kind: dict[str, Family] = {}
    for family, _ in of_call.values():
        by_kind.setdefault(family.kind, family)
    return Families(of_call, only, by_parameter, services, by_kind)


_METHODS: Mapping[str, Sequence[str]] = {
    "list": ("GET",),
    "get": ("GET",),
    "update": ("PUT", "PATCH"),
    "delete": ("DELETE",),
}


def _family(kind: str, members: Sequence[Operation], readers: Sequence[Operation]) -> Family:
    create = next((o for o in members if _creates(o)), None)
    read = [o for o in readers if o.verb == "get"] or [o for o in readers if o.verb == "list"]
    source = read[0] if read else create
    answer = (source.answer.type if source else None) or "dict[str, Any]"
    body = create.body.type if create and create.body else None
    stocked = create is None and any(o.verb == "list" for o in readers) and any(o.verb == "get" for o in readers)
    return Family(kind, answer, body, stocked)


def _creates(operation: Operation) -> bool:
    return operation.verb in ("create", "start") and operation.method == "POST" and operation.answer.type is not None


def _names_one(operation: Operation) -> bool:
    return operation.segments[-1].startswith("{")


def _once(operation: Operation, members: Sequence[Operation]) -> bool:
    """Whether it reads or writes the only one of its kind: then there is no list beside it."""
    return (
        not any(o.verb == "list" for o in members)
        and not (_names_one(operation) and any(o.verb == "get" and _names_one(o) for o in members))
        and any(o.verb == "get" for o in members)
    )


def _word(operation: Operation) -> str:
    return next(s for s in reversed(operation.segments) if not s.startswith("{"))


def _run(segments: Sequence[str]) -> str:
    """The plain words after the last parameter: what a path calls the thing."""
    words: list[str] = []
    for segment in reversed(segments):
        if segment.startswith("{"):
            if words:
                break
            continue
        words.insert(0, segment)
    return "/".join(words)
