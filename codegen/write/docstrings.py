"""How is the docstring of a generated method, model or namespace composed of facts and notes?"""

from __future__ import annotations

import textwrap
from collections.abc import Collection, Iterable, Mapping, Sequence

import attrs

from codegen.decisions.named import Api, Operation
from codegen.decisions.sentences import Sentences
from codegen.decisions.tables import Decisions
from codegen.decisions.words import Fields
from codegen.facts import ObjectSchema, Schema, references

_ERRORS = {
    400: "BadRequest", 401: "Unauthorized", 403: "Forbidden", 404: "NotFound", 409: "Conflict",
    412: "PreconditionFailed", 422: "UnprocessableEntity", 429: "RateLimited",
}  # fmt: skip
# A line of a docstring, which is indented by eight spaces.
_WIDTH = 104
_PATCHES = (
    "Reads the object, changes what is given and sends the whole object. Objects merge at every depth; lists and maps"
    " are replaced. `UNSET` leaves a value as it is, None is sent as null."
)
_PATCH_ARGUMENTS = (
    "mapping: Changes as a mapping, for keys that are no identifiers.",
    (
        'on_conflict: If `updated_at` shows that someone else changed the object meanwhile: "raise" ConflictingChange,'
        ' patch the new one "again", or "ignore" the change, which saves a request.'
    ),
)
_STATUSES = ("Status", "EnvironmentStatus", "ClusterStatus")


@attrs.frozen
class Words:
    """The hand-written part of the docstrings, read once."""

    sentences: Sentences
    notes: Mapping[str, str]
    returns: Mapping[str, str]
    replaced_by: Mapping[str, str]
    parameters: Mapping[str, str]
    parameters_of: Mapping[str, Mapping[str, str]]
    fields: Fields
    namespaces: Mapping[str, str]
    single: Mapping[str, str]

    @classmethod
    def of(cls, decisions: Decisions) -> Words:
        return cls(
            sentences=decisions.phrases.sentences,
            notes=decisions.notes.notes,
            returns=decisions.notes.returns,
            replaced_by=decisions.notes.replaced_by,
            parameters=decisions.parameters.parameters,
            parameters_of=decisions.parameters.parameters_of,
            fields=decisions.fields,
            namespaces=decisions.namespaces.namespaces,
            single=decisions.pagers.single,
        )

    def method(
        self, operation: Operation, signature: Sequence[str], *, remarks: Sequence[str] = (), twin: str | None = None
    ) -> list[str]:
        """The lines of a method's docstring. `signature`: its parameters; `twin`: the method that goes through all pages."""
        parts = [
            [self.sentences.of(operation)],
            self._remarks(operation, remarks),
            _section("Args", self.arguments(operation, signature)),
            _section("Returns", self._returned(operation, twin)),
            _http(operation),
        ]
        return _paragraphs(parts)

    def twin(self, operation: Operation) -> list[str]:
        """The lines of the docstring of the method that goes through all pages of an operation."""
        things = self.sentences.of(operation).removeprefix("List ")
        return [
            f"Iterate over {things}",
            "",
            f"Takes what `{operation.name}` takes, and asks for page after page as needed.",
        ]

    def patch(self, update: Operation, read: Operation, refused: Sequence[str]) -> list[str]:
        """The lines of the docstring of `patch`, which calls `read` and `update`; `refused` are values that must be given."""
        thing = self.sentences.thing(update.namespace)
        remarks = [_PATCHES]
        if refused:
            paths = ", ".join(f"`{path}`" for path in refused)
            remarks.append(
                f"Refused without {paths} if the object has one: the API never returns it, and the update would erase it."
            )
        notes = self.arguments(update, [p.name for p in update.path_parameters])
        arguments = [*_PATCH_ARGUMENTS, *notes, "changes: Changes by the API's names."]
        return _paragraphs(
            [
                [f"Change some values of {thing.one} and keep all others."],
                _wrapped(" ".join(remarks)),
                _section("Args", arguments),
                _http_of(read, update, ["ConfigurationError", "ConflictingChange"]),
            ]
        )

    def preview(self, update: Operation, read: Operation) -> list[str]:
        """The lines of the docstring of `patch_preview`."""
        thing = self.sentences.thing(update.namespace)
        return _paragraphs(
            [
                [f"Preview what `patch` would send for {thing.one}, and what it would change."],
                ["Takes the same changes as `patch`, and sends none of them."],
                _section("Args", self.arguments(update, [p.name for p in update.path_parameters])),
                _http_of(read, None, ["ConfigurationError"]),
            ]
        )

    def arguments(self, operation: Operation, signature: Sequence[str]) -> list[str]:
        """A line for each parameter that has a note, in the order of the signature."""
        own = self.parameters_of.get(operation.call, {})
        old = {parameter.name for parameter in operation.query if parameter.deprecated}
        lines = []
        for name in signature:
            note = _flat(own.get(name) or self.parameters.get(name, ""))
            if name in old and "deprecated" not in note.lower():
                note = f"{note} Deprecated.".strip()
            lines += [f"{name}: {note}"] if note else []
        return lines

    def model(self, name: str, schema: Schema, uses: Uses) -> list[str]:
        """The lines of a model's docstring: where it is met, and what its fields mean."""
        fields = schema.fields if isinstance(schema, ObjectSchema) else []
        notes = [(field.name, self.fields.note(name, field)) for field in fields]
        return _paragraphs(
            [
                _wrapped(uses.sentence(name)),
                _section("Attributes", [f"{field}: {note}" for field, note in notes if note]),
            ]
        )

    def _remarks(self, operation: Operation, remarks: Sequence[str]) -> list[str]:
        replaced_by = self.replaced_by.get(operation.call)
        old = [f"Deprecated: use `{replaced_by}`."] if replaced_by else []
        note = _of(self.notes, operation)
        return _wrapped(" ".join([*old, *([note] if note else []), *remarks]))

    def _returned(self, operation: Operation, twin: str | None) -> list[str]:
        """The result, where the type does not say it all."""
        note = " ".join(filter(None, [_of(self.returns, operation), self.single.get(operation.call)]))
        types = {response.type for response in operation.responses}
        if note:
            return [note]
        if any(response.media_type == "application/x-yaml" for response in operation.responses):
            return ["YAML."]
        if twin:
            return [f"A page; `{twin}` goes through all pages."]
        if operation.method == "POST" and types & {*_STATUSES}:
            return ["The status right after the request; `get_status` follows it."]
        return []


@attrs.frozen
class Uses:
    """Where each schema is met."""

    sent: Mapping[str, Collection[str]]
    returned: Mapping[str, Collection[str]]
    received: Mapping[str, Collection[str]]
    """By the streams that send it."""
    part_of: Mapping[str, Collection[str]]

    @classmethod
    def of(cls, api: Api, part_of: Mapping[str, Collection[str]]) -> Uses:
        sent: dict[str, list[str]] = {}
        returned: dict[str, list[str]] = {}
        for operation in api.operations:
            parameters = [p.type for p in (*operation.path_parameters, *operation.query)]
            taken = [*parameters, *([operation.body.type] if operation.body else [])]
            for name in _named(taken):
                sent.setdefault(name, []).append(operation.call)
            for name in _named(response.type for response in operation.responses):
                returned.setdefault(name, []).append(operation.call)
        received: dict[str, list[str]] = {}
        for stream in api.streams:
            for name in _named(parameter.type for parameter in stream.parameters):
                sent.setdefault(name, []).append(f"streams.{stream.name}")
            for name in references(stream.frame):
                received.setdefault(name, []).append(f"streams.{stream.name}")
        return cls(sent, returned, received, part_of)

    def sentence(self, name: str) -> str:
        parts = []
        if sent := self.sent.get(name):
            parts.append(f"Sent by {_some(sent, 'operation')}.")
        if returned := self.returned.get(name):
            parts.append(f"Returned by {_some(returned, 'operation')}.")
        if received := self.received.get(name):
            parts.append(f"Received by {_some(list(dict.fromkeys(received)), 'stream')}.")
        if part_of := self.part_of.get(name):
            parts.append(f"Part of {_some(part_of, 'model')}.")
        return " ".join(parts)


def _named(types: Iterable[str | None]) -> list[str]:
    return list(dict.fromkeys(name for type_ in types for name in references(type_)))


def _some(names: Collection[str], noun: str) -> str:
    """`a`, `b` and 1 more operation."""
    first, *rest = (f"`{name}`" for name in names)
    if not rest:
        return first
    if len(rest) == 1:
        return f"{first} and {rest[0]}"
    return f"{first} and {len(rest)} more {noun}s"


def _http_of(read: Operation, update: Operation | None, raised: Sequence[str]) -> list[str]:
    """The requests of a patch, and the errors that it can raise."""
    operations = [read, *([update] if update else [])]
    names = [_ERRORS.get(code, "ServerError") for operation in operations for code in operation.errors]
    kinds = ", ".join(dict.fromkeys([*raised, *names]))
    requests = [f"`{operation.method} {operation.path}`" for operation in operations]
    return [*requests, *_wrapped(f"Raises: {kinds}.", indent="    ")]


def _http(operation: Operation) -> list[str]:
    kinds = [_ERRORS.get(code, "ServerError") for code in operation.errors]
    raised = f"Raises: {', '.join(dict.fromkeys(kinds))}." if kinds else ""
    return [f"`{operation.method} {operation.path}`", *_wrapped(raised, indent="    ")]


def _section(title: str, lines: Sequence[str]) -> list[str]:
    if not lines:
        return []
    entries = [_wrapped(line, width=_WIDTH - 4, indent="    ") for line in lines]
    return [f"{title}:", *(f"    {line}" for entry in entries for line in entry)]


def _paragraphs(parts: Sequence[Sequence[str]]) -> list[str]:
    found: list[str] = []
    for part in parts:
        found += ["", *part] if found and part else part
    return found


def _wrapped(text: str, *, width: int = _WIDTH, indent: str = "") -> list[str]:
    return textwrap.wrap(_flat(text), width, subsequent_indent=indent, break_on_hyphens=False, break_long_words=False)


def _flat(text: str) -> str:
    return " ".join(text.split())


def _of(table: Mapping[str, str], operation: Operation) -> str:
    """A note on one operation, or on all of its name."""
    return table.get(operation.call) or table.get(f"*.{operation.name}", "")
