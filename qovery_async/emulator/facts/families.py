"""Which operations create, read, update and delete the same kind of object?

No operation is named here. The namespaces tell which operations belong together (`git_tokens.list`,
`.create`, `.get`, `.update`, `.delete`), and their paths tell the kind (`gitToken`).
"""

from __future__ import annotations

import functools
from collections import defaultdict
from collections.abc import Mapping, Sequence

import attrs

from qovery_async.codec.shapes import attributes
from qovery_async.emulator.facts.operations import ApiOperation, operations, python_type, service_types
from qovery_async.vocabulary import Model

# Path parameters whose names differ from the usual name of the kind.
_OTHER_NAMES = {"stageId": "deploymentStage", "targetApplicationId": "application"}
# Older paths that show a part of what /variable shows.
_VARIABLES = {"environmentVariable", "secret"}
_ITEM_VERBS = ("get", "update", "delete")
_SETTING_VERBS = ("get", "update", "save", "specify", "delete")
ANY_SERVICE = "service"


@attrs.frozen(eq=False, slots=False)
class Family:
    """A kind of object. `response_type` is the type of one object in responses."""

    kind: str
    response_type: str
    request_type: str | None
    """The type of the body that creates one, or None if the API cannot create any."""
    stocked: bool
    """Whether only Qovery itself creates them (invoices), so that the emulator provides some."""

    @functools.cached_property
    def unique(self) -> str | None:
        """The key whose value must be unique among siblings."""
        model = python_type(self.request_type) if self.request_type else None
        if not isinstance(model, type) or not issubclass(model, Model):
            return None
        wires = {field.wire for field in attributes(model)}
        return next((key for key in ("name", "domain", "email") if key in wires), None)


@attrs.frozen(eq=False)
class Families:
    """The family of each operation, and the verb it has there, by the operation's dotted name."""

    of_call: Mapping[str, tuple[Family, str]]
    settings: Mapping[str, str]
    """Operations on settings, of which a parent has exactly one: the word in the path, by dotted name."""
    _by_parameter: Mapping[str, str]
    services: Mapping[str, str]
    """The `service_type` of each kind of service."""
    by_kind: Mapping[str, Family]
    """The family of each kind; the first one if several have the same kind, as custom domains do."""

    def kind_of(self, operation: ApiOperation, parameter: str) -> str | None:
        """The kind of entity that a path parameter names, or None if it names something else."""
        place = operation.segments.index(f"{{{parameter}}}")
        if operation.call in self.settings and place == len(operation.segments) - 1:
            return None
        if parameter == "serviceId":
            return ANY_SERVICE
        kind = _kind(operation.segments[:place])
        if kind in _VARIABLES:
            return "variable"
        if kind in self.by_kind:
            return kind
        return _OTHER_NAMES.get(parameter) or self._by_parameter.get(parameter)

    def is_below(self, parameter: str, kind: str | None) -> bool:
        """Whether the entity must be below the entity of the parameter before it."""
        return parameter not in _OTHER_NAMES and kind not in (ANY_SERVICE, "variable")


@functools.cache
def families() -> Families:
    """The families of all operations."""
    namespaces: dict[str, list[ApiOperation]] = defaultdict(list)
    for operation in operations().values():
        namespaces[operation.namespace].append(operation)
    of_call: dict[str, tuple[Family, str]] = {}
    settings: dict[str, str] = {}
    by_parameter: dict[str, str] = {}
    services: dict[str, str] = {}
    types = service_types()
    for members in namespaces.values():
        items = [o for o in members if o.verb in _ITEM_VERBS and _has_id(o) and not _is_setting(o, members)]
        lists = [o for o in members if o.verb == "list" and o.response.items]
        if items:
            kind = _kind(items[0].segments[:-1])
            by_parameter.setdefault(items[0].parameters[-1], kind)
        elif lists and any(o.verb in ("create", "delete") for o in members):
            kind = _kind(lists[0].segments)
        else:
            settings |= {o.call: _word(o) for o in members if o.verb in _SETTING_VERBS and _is_setting(o, members)}
            continue
        family = _family(kind, members, lists + items)
        of_call |= {o.call: (family, o.verb) for o in [*lists, *items] if o.method in _METHODS[o.verb]}
        of_call |= {o.call: (family, "create") for o in members if _creates(o)}
        if family.response_type in types:
            services[kind] = types[family.response_type]
    by_kind: dict[str, Family] = {}
    for family, _ in of_call.values():
        by_kind.setdefault(family.kind, family)
    return Families(of_call, settings, by_parameter, services, by_kind)


_METHODS: Mapping[str, Sequence[str]] = {
    "list": ("GET",),
    "get": ("GET",),
    "update": ("PUT", "PATCH"),
    "delete": ("DELETE",),
}


def _family(kind: str, members: Sequence[ApiOperation], readers: Sequence[ApiOperation]) -> Family:
    create = next((o for o in members if _creates(o)), None)
    read = [o for o in readers if o.verb == "get"] or [o for o in readers if o.verb == "list"]
    source = read[0] if read else create
    response_type = (source.response.type if source else None) or "dict[str, Any]"
    request_type = create.body.type if create and create.body else None
    stocked = create is None and any(o.verb == "list" for o in readers) and any(o.verb == "get" for o in readers)
    return Family(kind, response_type, request_type, stocked)


def _creates(operation: ApiOperation) -> bool:
    return operation.verb in ("create", "start") and operation.method == "POST" and operation.response.type is not None


def _has_id(operation: ApiOperation) -> bool:
    return operation.segments[-1].startswith("{")


def _is_setting(operation: ApiOperation, members: Sequence[ApiOperation]) -> bool:
    """Whether the operation is on a setting: an object with `get` but without `list`."""
    return (
        not any(o.verb == "list" for o in members)
        and not (_has_id(operation) and any(o.verb == "get" and _has_id(o) for o in members))
        and any(o.verb == "get" for o in members)
    )


def _word(operation: ApiOperation) -> str:
    """The last literal segment of the path."""
    return next(s for s in reversed(operation.segments) if not s.startswith("{"))


def _kind(segments: Sequence[str]) -> str:
    """The literal segments after the last parameter: the word for the kind of object."""
    words: list[str] = []
    for segment in reversed(segments):
        if segment.startswith("{"):
            if words:
                break
            continue
        words.insert(0, segment)
    return "/".join(words)
