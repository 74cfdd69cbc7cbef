"""What do the modules of `qovery_async/bodies` look like?

Each object that a request can contain has a `TypedDict` there, keyed by the API's names: `<Schema>Dict`. Those that a
patch reaches have a second one in which everything is optional: `patch_name(schema)`. `<Enum>Str` is the strings of one.
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from keyword import iskeyword
from typing import Any

from codegen.decisions import tables
from codegen.decisions.named import Api
from codegen.facts import EnumSchema, Field, ObjectSchema, UnionSchema, references
from codegen.write.layout import Layout
from codegen.write.module import Writer

PACKAGE = "qovery_async.bodies"
_ABOUT = "The objects and enums that are sent, as mappings and strings. A module is imported when it is first touched."
_ROLES = re.compile("(Edit|Create|Update)?Request$")


def dict_name(schema_name: str) -> str:
    """The name of an object or a union as a mapping: `ApplicationEditRequestDict`."""
    return f"{schema_name}Dict"


def strings_name(schema_name: str) -> str:
    """The name of the strings of an enum: `EnvironmentModeEnumStr`."""
    return f"{schema_name}Str"


def patch_name(schema_name: str) -> str:
    """The name of what may be changed in an object or a union: `ApplicationPatch` for `ApplicationEditRequest`."""
    return f"{_ROLES.sub('', schema_name)}Patch"


def replaced(api: Api) -> list[str]:
    """The objects and unions that an `update` replaces as a whole."""
    bodies = [o.body.type for o in api.operations if o.method == "PUT" and o.name == "update" and o.body]
    return sorted({body for body in bodies if body in api.schemas})


def body_models(api: Api, writer: Writer) -> dict[str, str]:
    """The module that says which model the body of an operation has, by path."""
    sent = {o.call: o.body.type for o in api.operations if o.body and o.body.type in api.schemas}
    title = "Which model has the body of each operation?"
    body = writer.fill("body_models.jinja", models=dict(sorted(sent.items())))
    return {"qovery_async/codec/body_models.py": writer.module(title, body, {})}


class BodyFiles:
    """The source of every module of bodies, by path; `patched` are the schemas that a patch changes."""

    def __init__(self, api: Api, layout: Layout, writer: Writer, patched: Iterable[str]) -> None:
        self._schemas = api.schemas
        self._layout = layout
        self._writer = writer
        self._notes = tables.read().fields
        parameters = [p.type for o in api.operations for p in (*o.path_parameters, *o.query)]
        self._sent = layout.sendable | {name for type_ in parameters for name in references(type_)}
        self.patched = set[str]()
        for name in patched:
            self._reach(name)

    def files(self) -> dict[str, str]:
        modules = {module: list(self._module(names)) for module, names in self._layout.in_order.items()}
        modules = {module: entries for module, entries in modules.items() if entries}
        names = {module: [str(entry["name"]) for entry in entries] for module, entries in modules.items()}
        self._refuse_twins([name for module in names.values() for name in module])
        folder = PACKAGE.replace(".", "/")
        files = {f"{folder}/__init__.py": self._writer.fill("lazy.jinja", package=PACKAGE, about=_ABOUT, modules=names)}
        for module, entries in modules.items():
            body = "\n".join(self._writer.fill("body.jinja", **entry) for entry in entries)
            others = {name: f"{PACKAGE}.{m}" for m in sorted(names) if m != module for name in sorted(names[m])}
            title = f"Bodies: {module.replace('_', ' ')}."
            files[f"{folder}/{module}.py"] = self._writer.module(title, body, others, sorted(names[module]))
        return files

    def _reach(self, name: str) -> None:
        """A patch merges objects at every depth, and replaces lists and maps."""
        if name not in self.patched and _is_merged(self._schemas.get(name)):
            self.patched.add(name)
            for part in self._parts(name):
                self._reach(part)

    def _parts(self, name: str) -> list[str]:
        """The schemas that a patch reaches next: the branches of a union, and what stands in a field by itself."""
        schema = self._schemas[name]
        return schema.branches if isinstance(schema, UnionSchema) else [field.type for field in self._fields(name)]

    def _fields(self, name: str) -> list[Field]:
        """The fields of an object, and those of all branches of a union."""
        schema = self._schemas.get(name)
        if isinstance(schema, UnionSchema):
            return [field for branch in schema.branches for field in self._fields(branch)]
        return schema.fields if isinstance(schema, ObjectSchema) else []

    def _module(self, names: list[str]) -> Iterator[dict[str, Any]]:
        """The entries of one module; what is changed stands last, because it can hold what is sent."""
        defined = set[str]()
        for name in names:
            if name in self._sent:
                yield self._sent_entry(name, defined)
                defined.add(dict_name(name))
        for name in names:
            if name in self.patched:
                yield self._patch_entry(name, defined)
                defined.add(patch_name(name))

    def _sent_entry(self, name: str, defined: set[str]) -> dict[str, Any]:
        schema = self._schemas[name]
        about = f"`models.{name}` as a mapping."
        if isinstance(schema, EnumSchema):
            strings = ", ".join(map(repr, schema.values))
            return _entry(strings_name(name), f"The strings of `models.{name}`.", alias=f"Literal[{strings}]")
        if isinstance(schema, UnionSchema):
            branches = [dict_name(branch) if branch in self._schemas else branch for branch in schema.branches]
            return _entry(dict_name(name), about, alias=" | ".join(branches))
        fields = sorted(schema.fields, key=lambda field: not field.required)
        keys = {field.wire: self._members(field, dict_name) for field in fields}
        required = {field.wire for field in fields if field.required}
        return _entry(dict_name(name), about, keys=self._declared(name, keys, required, defined), total=bool(required))

    def _patch_entry(self, name: str, defined: set[str]) -> dict[str, Any]:
        """A union has the keys of all its branches: the object that is changed decides which of them it is."""
        about = f"What to change in a `models.{name}`."
        if self._is_optional(name):
            return _entry(patch_name(name), about, alias=dict_name(name))
        keys: dict[str, list[str]] = {}
        for field in self._fields(name):
            keys.setdefault(field.wire, []).extend([*self._members(field, patch_name), "Unset"])
        return _entry(patch_name(name), about, keys=self._declared(name, keys, set(), defined), total=False)

    def _is_optional(self, name: str, above: frozenset[str] = frozenset()) -> bool:
        """Whether what is sent is a patch already, at every depth."""
        schema = self._schemas.get(name)
        if name in above or not _is_merged(schema):
            return True
        inner = above | {name}
        return isinstance(schema, ObjectSchema) and all(
            not field.required and self._is_optional(field.type, inner) for field in schema.fields
        )

    def _members(self, field: Field, nested: Callable[[str], str]) -> list[str]:
        """The types of a key: as the attribute of the model has them, so that both take the same.

        `nested` names an object that stands there by itself.
        """
        if field.type in self._schemas and not isinstance(self._schemas[field.type], EnumSchema):
            members = [f"models.{field.type}", nested(field.type)]
        else:
            members = self._spelled(ast.parse(field.type, mode="eval").body)
        members += ["Unset"] if not field.required else []
        return members + (["None"] if field.type != "Any" and (field.nullable or not field.required) else [])

    def _spelled(self, type_: ast.expr) -> list[str]:
        """The members of a type of a model, and what is sent in their place."""
        match type_:
            case ast.BinOp(left=left, right=right):
                return [*self._spelled(left), *self._spelled(right)]
            case ast.Subscript(value=ast.Name(id="list"), slice=item):
                items = self._spelled(item)
                # Type checkers take any string for a `Sequence[str]`.
                return ["list[str]", "tuple[str, ...]"] if items == ["str"] else [f"Sequence[{' | '.join(items)}]"]
            case ast.Subscript(value=ast.Name(id="dict"), slice=ast.Tuple(elts=[_, value])):
                values = " | ".join(self._spelled(value))
                return [f"Mapping[str, {'object' if values == 'Any' else values}]"]
            case ast.Name(id="datetime"):
                return ["datetime", "str"]
            case ast.Name(id=name) if name in self._schemas:
                is_enum = isinstance(self._schemas[name], EnumSchema)
                return [f"models.{name}", strings_name(name) if is_enum else dict_name(name)]
            case _:
                return [ast.unparse(type_)]

    def _declared(
        self, owner: str, keys: dict[str, list[str]], required: set[str], defined: set[str]
    ) -> list[dict[str, str]]:
        """The keys with their types and meanings; a type that names what its module defines later is a string."""
        here = {
            n for name, m in self._layout.module_of.items() if m == self._layout.module_of[owner] for n in _all(name)
        }
        declared = []
        for wire, members in keys.items():
            last = [member for member in ("Unset", "None") if member in members]
            type_ = " | ".join(dict.fromkeys([*(m for m in members if m not in last), *last]))
            named = set(re.findall(r"(?<!\.)\b\w+", type_)) & here
            quoted = f'"{type_}"' if named - defined else type_
            is_optional = required and wire not in required
            type_ = f"NotRequired[{quoted}]" if is_optional else quoted
            declared.append({"wire": wire, "type": type_, "note": self._note(owner, wire)})
        return declared

    def _note(self, owner: str, wire: str) -> str:
        """What a key means, which an editor shows; in a union, what it means in the first branch that says it."""
        schema = self._schemas.get(owner)
        if isinstance(schema, UnionSchema):
            return next(filter(None, (self._note(branch, wire) for branch in schema.branches)), "")
        fields = (field for field in self._fields(owner) if field.wire == wire)
        return next(filter(None, (self._notes.note(owner, field) for field in fields)), "")

    def _refuse_twins(self, names: list[str]) -> None:
        twice = [name for name, count in Counter([*names, *self._schemas]).items() if count > 1]
        if twice:
            raise ValueError(f"two types of a body, or one and a model, would have the same name: {', '.join(twice)}")


def _is_merged(schema: object) -> bool:
    return isinstance(schema, (ObjectSchema, UnionSchema))


def _all(name: str) -> tuple[str, str]:
    return dict_name(name), patch_name(name)


def _entry(
    name: str, about: str, *, alias: str = "", keys: Iterable[dict[str, str]] = (), total: bool = True
) -> dict[str, Any]:
    keys = list(keys)
    # Two underscores would be mangled in a class.
    plain = all(k["wire"].isidentifier() and not iskeyword(k["wire"]) and k["wire"][:2] != "__" for k in keys)
    return {"name": name, "about": about, "alias": alias, "keys": keys, "total": total, "plain": plain}
