"""Which values must not be seen in logs? The decisions are data: secrets.toml."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

import attrs

from codegen.decisions.loader import OperationName, Place, SchemaName, Table
from codegen.decisions.named import Api, Operation
from codegen.facts import Field, ObjectSchema
from qovery_async.secrecy.masking import looks_secret

_FLAGS = ("is_secret", "sensitive", "secret")


@attrs.frozen
class Decision:
    """A decision about `attributes`: of `models`, or of those that have the attribute `flag`, or else of all."""

    attributes: list[str]
    reason: str
    models: list[SchemaName] = attrs.Factory(list)
    flag: str = ""

    @property
    def is_special(self) -> bool:
        return bool(self.models or self.flag)

    def covers(self, name: str, model: ObjectSchema, field: Field) -> bool:
        return (
            field.name in self.attributes
            and (not self.models or name in self.models)
            and (not self.flag or any(other.name == self.flag for other in model.fields))
        )


@attrs.frozen
class TextDecision:
    """Whether the string that `calls` return is a secret as a whole."""

    calls: list[OperationName]
    hidden: bool
    reason: str


@attrs.frozen
class ModelSecrets:
    """The secrets of one model, and the attribute that says whether they are any."""

    attributes: tuple[str, ...]
    flag: str


@attrs.frozen
class Secrets(Table):
    hidden: list[Decision]
    shown: list[Decision]
    text: list[TextDecision]

    def of_model(self, name: str, model: ObjectSchema) -> ModelSecrets:
        hidden = {field.name: d for field, d in self._decided(name, model) if d in self.hidden}
        flags = {decision.flag for decision in hidden.values()}
        if len(flags) > 1:
            raise ValueError(f"{name}: its secrets must depend on one flag or on none, got {', '.join(hidden)}")
        return ModelSecrets(tuple(hidden), "".join(flags))

    def is_text(self, operation: Operation) -> bool:
        """Whether the string that an operation returns is a secret."""
        return any(text.hidden and operation.call in text.calls for text in self.text)

    def idle(self, api: Api) -> Iterator[tuple[Place, str]]:
        met = [(name, field.name, d) for name, model in _models(api) for field, d in self._decided(name, model)]
        for kind, decisions in (("hidden", self.hidden), ("shown", self.shown)):
            for number, decision in enumerate(decisions):
                attributes = {attribute for _, attribute, d in met if d is decision}
                models = {name for name, _, d in met if d is decision}
                for attribute in [a for a in decision.attributes if a not in attributes]:
                    yield (kind, number, "attributes"), f"{attribute} is no attribute there that can hold a secret"
                for name in [m for m in decision.models if m not in models and m in api.schemas]:
                    yield (kind, number, "models"), f"{name} has none of the attributes"
        for number, text in enumerate(self.text):
            for call in [c for c in text.calls if c in api.calls and not _returns_text(api.calls[c])]:
                yield ("text", number, "calls"), f"{call} does not return a string"

    def undecided(self, api: Api) -> list[str]:
        """Attributes that are named like secrets, or decided for other models only, or decided twice."""
        elsewhere = {a for d in self.hidden if d.is_special for a in d.attributes}
        found: list[str] = []
        for name, model in _models(api):
            decided = list(self._decided(name, model))
            times = Counter(field.name for field, _ in decided)
            flagged = any(field.name in _FLAGS and field.type == "bool" for field in model.fields)
            if flagged and not any(decision.is_special for _, decision in decided):
                found.append(f"{name}: which of its attributes are secrets?")
            for field in model.fields:
                asked = field.name in elsewhere or looks_secret(field.name)
                if times[field.name] > 1 or (asked and not times[field.name] and _can_hold_text(field.type)):
                    found.append(f"{name}.{field.name}")
        calls = {call for text in self.text for call in text.calls}
        return found + [o.call for o in api.operations if _returns_text(o) and o.call not in calls]

    def _decided(self, name: str, model: ObjectSchema) -> Iterator[tuple[Field, Decision]]:
        for field in model.fields:
            if _can_hold_text(field.type):
                found = [decision for decision in (*self.hidden, *self.shown) if decision.covers(name, model, field)]
                special = [decision for decision in found if decision.is_special]
                yield from ((field, decision) for decision in special or found)


def _models(api: Api) -> Iterator[tuple[str, ObjectSchema]]:
    return ((name, schema) for name, schema in api.schemas.items() if isinstance(schema, ObjectSchema))


def _can_hold_text(type_: str) -> bool:
    return re.search(r"\b(str|Any)\b", type_.replace("dict[str, ", "dict[")) is not None


def _returns_text(operation: Operation) -> bool:
    return {response.type for response in operation.responses if not response.items} == {"str"}
