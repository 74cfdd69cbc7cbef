"""What do the modules of `qovery_async/models` look like?"""

from __future__ import annotations

from typing import Any

from codegen.decisions import tables
from codegen.decisions.named import Api
from codegen.facts import EnumSchema, Field, ObjectSchema, UnionSchema, references
from codegen.spelling import member
from codegen.write.docstrings import Uses, Words
from codegen.write.layout import Layout
from codegen.write.module import Writer

PACKAGE = "qovery_async.models"
_ABOUT = "Every object of the API. A model's module is imported when the model is first touched."


class ModelFiles:
    """The source of every module of models, by path."""

    def __init__(self, api: Api, layout: Layout, writer: Writer) -> None:
        self._api = api
        self._layout = layout
        self._writer = writer
        decisions = tables.read()
        self._secrets = decisions.secrets
        self._words = Words.of(decisions)
        self._uses = Uses.of(api, layout.part_of)

    def files(self) -> dict[str, str]:
        where = {name: self._layout.module_of[name] for name in sorted(self._api.schemas)}
        lazy = {"package": PACKAGE, "about": _ABOUT, "modules": self._layout.in_order}
        files = {"qovery_async/models/__init__.py": self._writer.fill("lazy.jinja", **lazy)}
        for module, names in self._layout.in_order.items():
            here = set[str]()
            schemas = []
            for name in names:
                schemas.append(self._schema(name, here))
                here.add(name)
            body = "\n".join(str(schema["text"]) for schema in schemas)
            recursive = [s["name"] for s in schemas if s["recursive"]]
            body += "".join(f"\nresolve_recursion({name}, globals())\n" for name in recursive)
            others = {n: f"{PACKAGE}.{m}" for n, m in where.items() if m != module}
            title = f"Models: {module.replace('_', ' ')}."
            exports = sorted(names)
            files[f"qovery_async/models/{module}.py"] = self._writer.module(title, body, others, exports)
        return files

    def _schema(self, name: str, defined: set[str]) -> dict[str, Any]:
        schema = self._api.schemas[name]
        about = self._words.model(name, schema, self._uses)
        later = self._later(name, defined)
        if isinstance(schema, EnumSchema):
            members = {member(value): value for value in schema.values}
            if len(members) != len(schema.values):
                raise ValueError(f"{name}: two of its values have the same Python name, {', '.join(schema.values)}")
            text = self._writer.fill("enum.jinja", name=name, about=about, members=members)
        elif isinstance(schema, UnionSchema):
            text = self._writer.fill("union.jinja", name=name, about=about, union=schema)
        else:
            fields = [self._attribute(name, field, later) for field in schema.fields]
            fields.sort(key=lambda field: not field["required"])
            secrets = self._secrets.of_model(name, schema)
            text = self._writer.fill("model.jinja", name=name, about=about, fields=fields, secrets=secrets)
        return {"name": name, "text": text, "recursive": bool(later)}

    def _later(self, name: str, defined: set[str]) -> set[str]:
        """The schemas of its own module that a schema refers to before they are defined: recursion."""
        schema = self._api.schemas[name]
        types = [field.type for field in schema.fields] if isinstance(schema, ObjectSchema) else []
        named = {n for type_ in types for n in references(type_)}
        return {n for n in named if self._layout.module_of[n] == self._layout.module_of[name]} - defined

    def _attribute(self, owner: str, field: Field, later: set[str]) -> dict[str, Any]:
        sendable = owner in self._layout.sendable
        type_ = field.type
        tag = self._tag_value(owner, field)
        if sendable and not field.required:
            type_ += " | Unset"
        if field.type != "Any" and (field.nullable or not field.required):
            type_ += " | None"
        if field.name != field.wire:
            type_ = f"Annotated[{type_}, Wire('{field.wire}')]"
        if later & set(references(field.type)):
            type_ = f'"{type_}"'
        default = "UNSET" if sendable else "None"
        if field.required:
            default = f"{field.type}.{tag}" if tag else ""
        note = self._words.fields.note(owner, field)  # an editor shows it where the field is used
        return {"name": field.name, "type": type_, "default": default, "required": not default, "note": note}

    def _tag_value(self, owner: str, field: Field) -> str | None:
        """The one value that a branch's tag can have: its default."""
        enum = self._api.schemas.get(field.type)
        is_tag = any(
            isinstance(union, UnionSchema) and union.tag == field.wire and owner in union.branches
            for union in self._api.schemas.values()
        )
        if is_tag and isinstance(enum, EnumSchema) and len(enum.values) == 1:
            return member(enum.values[0])
        return None
