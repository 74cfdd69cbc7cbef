"""What does an operation look like as a method?"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import attrs

from codegen.decisions import tables
from codegen.decisions.named import Api, Operation
from codegen.decisions.patches import Patches
from codegen.decisions.secrecy import Secrets
from codegen.decisions.tables import Pager
from codegen.facts import EnumSchema, ObjectSchema, Parameter, ResponseFacts, Schema
from codegen.write.bodies import dict_name, strings_name
from codegen.write.docstrings import Words

_DEFAULTED = "/organization/{organizationId}/"


@attrs.frozen
class Decided:
    """The decisions about operations, read once."""

    words: Words
    pagers: dict[str, Pager]
    secrets: Secrets
    repeatable: Mapping[str, str]
    patches: Patches

    @classmethod
    def read(cls) -> Decided:
        read = tables.read()
        return cls(Words.of(read), read.pagers.pagers, read.secrets, read.repeatable.repeatable, read.patches)


def method(operation: Operation, api: Api, decided: Decided, *, shadowed: bool) -> dict[str, Any]:
    """The values that the templates need to write one operation as a method.

    `shadowed`: its class has a method `list`, so annotations must say `builtins.list`.
    """
    defaulted = operation.path.startswith(_DEFAULTED)
    optional_id = operation.call == "organizations.get"
    path = [p for p in operation.path_parameters if not (defaulted and p.name == "organization_id")]
    positional = [_Argument(p.name, _given(p.type, api)) for p in path]
    if optional_id:
        positional = [_Argument("organization_id", "str | None", "None")]
    if operation.body:
        positional.append(_body_argument(operation.body.type, api, required=operation.body.required))
    named = [_query_argument(p, api) for p in operation.query]
    if defaulted:
        named.append(_Argument("organization_id", "str | None", "None"))
    positional.sort(key=lambda argument: argument.default is not None)
    pager = decided.pagers.get(operation.call)
    reader = _reader(operation.responses, pager, api)
    twin = "iterate" if operation.name == "list" else operation.name.replace("list", "iterate", 1)
    remarks = []
    if operation.call in decided.repeatable:
        remarks.append("Changes nothing, so it is retried like a GET.")
    if decided.secrets.is_text(operation):
        reader = attrs.evolve(reader, method="_secret_text")
        remarks.append("The string is a secret, which its `repr` does not show.")
    if shadowed:
        reader = attrs.evolve(reader, returns=reader.returns.replace("list[", "builtins.list["))
    return {
        "operation": operation,
        "positional": positional,
        "named": named,
        "reader": reader,
        "defaulted": defaulted or optional_id,
        "pager": pager,
        "twin": twin,
        "docstring": decided.words.method(
            operation, [a.name for a in positional + named], remarks=remarks, twin=twin if pager else None
        ),
        "twin_docstring": decided.words.twin(operation) if pager else [],
        "replaced_by": decided.words.replaced_by.get(operation.call),
        "repeatable": operation.call in decided.repeatable,
        "path": _template(operation),
        "query": {p.wire: p.name for p in operation.query},
        "media_type": operation.body.media_type if operation.body else "application/json",
    }


@attrs.frozen
class _Argument:
    name: str
    annotation: str
    default: str | None = None

    @property
    def declared(self) -> str:
        default = f" = {self.default}" if self.default is not None else ""
        return f"{self.name}: {self.annotation}{default}"


@attrs.frozen
class _Reader:
    """How a method reads its response: the base class's method, the type that it reads, what comes back."""

    method: str
    type_: str
    returns: str
    item: str = ""
    arguments: str = ""


def _reader(responses: list[ResponseFacts], pager: Pager | None, api: Api) -> _Reader:
    typed = [a for a in responses if a.type]
    json = [a for a in typed if a.media_type == "application/json"]
    if not typed:
        return _Reader("_nothing", "", "None")
    if not json:
        (response,) = typed
        method = "_bytes" if response.type == "bytes" else "_text"
        return _Reader(method, f'"{response.media_type}"', "bytes" if response.type == "bytes" else "str")
    response = json[0]
    type_ = _python(response.type or "")
    if pager and pager.style == "next_token":
        item = _python(_items_type(api.schemas[str(response.type)], pager.items))
        return _Reader("_page", item, f"Page[{item}]", item, f', items="{pager.items}"')
    if response.paged and pager:
        return _Reader("_page", type_, f"Page[{type_}]", type_)
    if response.paged:
        return _Reader("_only_page", type_, f"list[{type_}]", type_)
    if response.items:
        return _Reader("_list", type_, f"list[{type_}]", type_)
    if type_.startswith("list["):
        item = _item(type_)
        return _Reader("_list", item, type_, item, ', items=""')
    types = list(dict.fromkeys(_python(a.type or "") for a in json))
    types += ["None"] if any(not a.type for a in responses) else []
    joined = " | ".join(types)
    return _Reader("_json", joined, joined)


def _items_type(envelope: Schema, key: str) -> str:
    fields = envelope.fields if isinstance(envelope, ObjectSchema) else []
    (list_type,) = (field.type for field in fields if field.wire == key)
    return _item(list_type)


def _item(list_type: str) -> str:
    return list_type.removeprefix("list[").removesuffix("]")


def _python(type_: str) -> str:
    """A type expression as code that has `models` in scope."""
    return re.sub(r"\b[A-Z]\w*", lambda m: m[0] if m[0] in ("Any", "None") else f"models.{m[0]}", type_)


def _template(operation: Operation) -> str:
    """The path with its parameters under their Python names."""
    names = {p.wire: p.name for p in operation.path_parameters}
    return re.sub(r"{([^}]*)}", lambda m: f"{{{names[m[1]]}}}", operation.path)


def _given(type_: str, api: Api) -> str:
    """The type of an argument: a model or a mapping of its keys, an enum or its strings."""
    schema = api.schemas.get(type_)
    if schema is None:
        return _python(type_)
    plain = strings_name(type_) if isinstance(schema, EnumSchema) else dict_name(type_)
    return f"models.{type_} | bodies.{plain}"


def _query_argument(parameter: Parameter, api: Api) -> _Argument:
    type_ = _given(parameter.type, api)
    if parameter.required:
        return _Argument(parameter.name, type_)
    return _Argument(parameter.name, f"{type_} | Unset", "UNSET")


def _body_argument(type_: str, api: Api, *, required: bool) -> _Argument:
    if type_.startswith("dict["):
        annotation = "Mapping[str, object]"
    elif type_.startswith("list["):
        annotation = f"Sequence[{_given(_item(type_), api)}]"
    else:
        annotation = _given(type_, api)
    return _Argument("body", annotation if required else f"{annotation} | Unset", None if required else "UNSET")
