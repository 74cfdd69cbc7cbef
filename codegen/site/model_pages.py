"""What does the reference say of a model? Every field of every model, by the module that it is in."""

from __future__ import annotations

from collections.abc import Iterator

import attrs

from codegen.decisions.named import Api
from codegen.decisions.tables import Decisions
from codegen.facts import EnumSchema, Field, ObjectSchema, Schema, UnionSchema
from codegen.site.names import Linker, cell, slug
from codegen.site.usual import usual
from codegen.spelling import member, spoken
from codegen.write.docstrings import Uses
from codegen.write.layout import Layout

FOLDER = "reference/models"
INDEX = f"{FOLDER}/index.md"


def page_of(module: str) -> str:
    return f"{FOLDER}/{module}.md"


def places(layout: Layout) -> dict[str, str]:
    return {name: f"{page_of(module)}#{slug(name)}" for name, module in layout.module_of.items()}


@attrs.frozen
class ModelPages:
    api: Api
    layout: Layout
    decisions: Decisions
    names: Linker
    uses: Uses

    def pages(self) -> dict[str, str]:
        modules = self.layout.in_order
        return {INDEX: self._index()} | {
            page_of(module): self._page(module, sorted(modules[module])) for module in modules
        }

    def _index(self) -> str:
        lines = [
            "# Models",
            "",
            "All that the API sends and takes, by name. Each is an attrs class, importable from the one package:",
            "",
            "```python",
            "from qovery_async.models import Application",
            "",
            "print([field.name for field in Application.__attrs_attrs__])",
            "```",
            "",
            "| Model | What it is |",
            "| --- | --- |",
        ]
        for name in sorted(self.api.schemas):
            sentence = self.names.prose(self.uses.sentence(name), INDEX)
            lines.append(f"| {self.names.link(name, INDEX)} | {cell(sentence)} |")
        return "\n".join([*lines, ""])

    def _page(self, module: str, names: list[str]) -> str:
        page = page_of(module)
        title = spoken(module)
        first = names[0]
        lines = [
            f"# Models: {title}",
            "",
            "```python",
            f"from qovery_async.models import {first}",
            "```",
            "",
        ]
        for name in names:
            schema = self.api.schemas[name]
            lines += [f"## {name}", "", self.names.prose(self.uses.sentence(name), page), ""]
            lines += self._schema(name, schema, page)
        return "\n".join(lines)

    def _schema(self, name: str, schema: Schema, page: str) -> Iterator[str]:
        if isinstance(schema, EnumSchema):
            yield from ("An open enum: a value that is not listed is kept. Values are equal to their strings.", "")
            yield from ("| Value | Python |", "| --- | --- |")
            # Spaces at the edge of a value count, so nothing is trimmed.
            values = [(value.replace("|", r"\|"), member(value)) for value in schema.values]
            yield from (f"| `{value}` | `{name}.{constant}` |" for value, constant in values)
            yield ""
        elif isinstance(schema, UnionSchema):
            yield from self._union(schema, page)
        elif schema.fields:
            yield from self._object(name, schema, page)
        else:
            yield from ("It has no declared fields; what comes is in `extra`.", "")

    def _object(self, name: str, schema: ObjectSchema, page: str) -> Iterator[str]:
        if name in self.layout.sendable:
            yield from (f"A mapping with the API's keys is taken as well: `bodies.{name}Dict`.", "")
        yield from ("| Field | Type | Required | Meaning |", "| --- | --- | --- | --- |")
        for field in sorted(schema.fields, key=lambda field: not field.required):
            yield f"| {_spelled(field)} | {cell(self._type(field, page))} | {_required(field)} | {cell(self._meaning(name, schema, field, page))} |"
        yield ""

    def _union(self, union: UnionSchema, page: str) -> Iterator[str]:
        branches = ", ".join(self.names.type(branch, page) for branch in union.branches)
        yield from (f"One of {branches}; what is none of them comes as {self.names.link('UnknownVariant', page)}.", "")
        if union.tag:
            yield from (f"| `{union.tag}` | Model |", "| --- | --- |")
            yield from (f"| `{cell(tag)}` | {self.names.type(one, page)} |" for tag, one in union.mapping.items())
            yield ""
        elif union.keys:
            yield from ("| Has the key | Model |", "| --- | --- |")
            yield from (f"| `{cell(key)}` | {self.names.type(one, page)} |" for key, one in union.keys.items())
            yield ""

    def _type(self, field: Field, page: str) -> str:
        return self.names.type(field.type, page) + (" or `None`" if field.nullable else "")

    def _meaning(self, name: str, schema: ObjectSchema, field: Field, page: str) -> str:
        note = self.decisions.fields.note(name, field, usual(field))
        secret = field.name in self.decisions.secrets.of_model(name, schema).attributes
        return self.names.prose(note, page) + (" Masked in the `repr`." if secret else "")


def _spelled(field: Field) -> str:
    return f"`{field.name}`" + (f" (`{field.wire}` in JSON)" if field.name != field.wire else "")


def _required(field: Field) -> str:
    return "yes" if field.required else "no"
