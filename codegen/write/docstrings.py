"""What does the docstring of a generated method or model say? Composed from facts alone."""

from __future__ import annotations

import textwrap

import attrs

from codegen.decisions.named import Operation
from codegen.decisions.tables import Decisions
from codegen.spelling import singular, spoken

_ERRORS = {
    400: "BadRequest", 401: "Unauthorized", 403: "Forbidden", 404: "NotFound", 409: "Conflict",
    412: "PreconditionFailed", 422: "UnprocessableEntity", 429: "RateLimited",
}  # fmt: skip
_WIDTH = 108
_SINGLETONS = ("advanced_settings", "network", "kubeconfig", "info", "onboarding", "account", "git",
               "routing_table", "platform_binding", "cloud_provider_info", "operator", "catalog",
               "dns_provider", "deployment_rule", "eks_anywhere", "sign_up", "billing")  # fmt: skip


@attrs.frozen
class Words:
    """The hand-written part of the docstrings, read once."""

    methods: dict[str, str]
    calls: dict[str, str]
    notes: dict[str, str]
    replaced_by: dict[str, str]

    @classmethod
    def of(cls, read: Decisions) -> Words:
        return cls(read.phrases.methods, read.phrases.calls, read.notes.notes, read.notes.replaced_by)

    def method(self, operation: Operation, remarks: list[str]) -> list[str]:
        """The lines of a method's docstring."""
        lines = [f"{self.summary(operation)}.", ""]
        if operation.call in self.replaced_by:
            lines += [f"Deprecated: use `{self.replaced_by[operation.call]}`."]
        old = [parameter.name for parameter in operation.query if parameter.deprecated]
        lines += [f"Deprecated parameters: {', '.join(old)}."] if old else []
        lines += textwrap.wrap(" ".join(self.notes.get(operation.call, "").split()), _WIDTH)
        lines += remarks
        kinds = [_ERRORS.get(code, "ServerError") for code in operation.errors]
        raised = f" Raises {', '.join(dict.fromkeys(kinds))}." if kinds else ""
        http = f"`{operation.method} {operation.path}`."
        return lines + textwrap.wrap(f"{http}{raised}", _WIDTH, break_on_hyphens=False, break_long_words=False)

    def summary(self, operation: Operation) -> str:
        if operation.call in self.calls:
            return self.calls[operation.call]
        *above, last = operation.namespace.split(".")
        thing = spoken(last if last in _SINGLETONS else singular(last))
        a_thing = f"the {thing}" if last in _SINGLETONS else f"{_article(thing)} {thing}"
        a_thing = thing if thing.endswith("credentials") else a_thing
        owner = self._owner(operation, last, above)
        phrase = self.methods.get(operation.name)
        if phrase:
            phrase = phrase if "{owner}" in phrase else f"{phrase}{{owner}}"
            return phrase.format(thing=thing, things=spoken(last), a_thing=a_thing, owner=owner)
        verb, _, rest = operation.name.partition("_")
        if not rest:
            return f"{verb.capitalize()} {a_thing}"
        if any(p.name == f"{singular(last)}_id" for p in operation.path_parameters):
            return f"{verb.capitalize()} the {spoken(rest)} of {a_thing}"
        return f"{verb.capitalize()} the {spoken(rest)}{owner}"

    def _owner(self, operation: Operation, last: str, above: list[str]) -> str:
        """` of an environment`, from the id in the path that is not the thing's own."""
        ids = [p.name.removesuffix("_id") for p in operation.path_parameters]
        owners = [i for i in ids if i not in (singular(last), "organization")]
        ours = [i for i in owners if above and singular(above[0]) == i] or owners[:1]
        if not ours or (not operation.name.startswith(("list", "create")) and not above):
            return ""
        where = "in" if operation.name == "create" and not above else "of"
        return f" {where} {_article(spoken(ours[0]))} {spoken(ours[0])}"


def model(used_by: list[str], part_of: list[str], bodies: set[str]) -> str:
    """The one line under a model's name: where it is met."""
    sent = [call for call in used_by if call in bodies]
    came = [call for call in used_by if call not in bodies]
    parts = []
    if sent:
        parts.append(f"Sent by {_some(sent)}.")
    if came:
        parts.append(f"Answer of {_some(came)}.")
    if part_of:
        parts.append(f"Part of {_some(part_of)}.")
    return " ".join(parts)


def _some(names: list[str]) -> str:
    shown = ", ".join(f"`{name}`" for name in names[:2])
    return f"{shown} and {len(names) - 2} more" if len(names) > 2 else shown


def _article(thing: str) -> str:
    silent = thing.startswith(("AWS", "API", "EKS", "MCP", "alert", "IP"))
    return "an" if silent or thing[:1] in "aeio" else "a"
