"""What changed in models, enums and unions?"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping

from codegen.changes.change import Change, each, order
from codegen.decisions.named import Api
from codegen.facts import EnumSchema, Field, Number, ObjectSchema, Schema, UnionSchema
from codegen.write.layout import Layout

_KINDS = {ObjectSchema: "model", EnumSchema: "enum", UnionSchema: "union"}


def changes(before: Api, after: Api, layout: Layout) -> Iterator[Change]:
    old, new = before.schemas, after.schemas
    renamed = _renamed(old, new)
    for name in sorted(old.keys() - new.keys()):
        said = f"Renamed the {_kind(old[name])} `{name}` to `{renamed[name]}`" if name in renamed else ""
        yield Change(f"{said or f'Removed the {_kind(old[name])} `{name}`'}.", breaking=True)
    for name in sorted(new.keys() - old.keys() - {*renamed.values()}):
        yield Change(f"Added the {_kind(new[name])} `{name}`.")
    ids = _ids(before), _ids(after)
    for name in sorted(old.keys() & new.keys()):
        yield from _schema(name, old[name], new[name], layout)
        if ids[0][name] != ids[1][name]:
            yield Change(f"`{name}` is {ids[1][name]} in the description, was {ids[0][name]}.")
        elif old[name] == new[name]:
            yield from _joined(name, before, after)


def _renamed(old: Mapping[str, Schema], new: Mapping[str, Schema]) -> dict[str, str]:
    """What is gone, by the new name of the same content that is most like its own."""
    gone, added = sorted(old.keys() - new.keys()), sorted(new.keys() - old.keys())
    alike = {before: [after for after in added if old[before] == new[after]] for before in gone}
    found = {before: difflib.get_close_matches(before, names, 1) for before, names in alike.items()}
    return {before: names[0] for before, names in found.items() if [*found.values()].count(names) == 1 and names}


def _kind(schema: Schema) -> str:
    return _KINDS[type(schema)]


def _ids(api: Api) -> dict[str, str]:
    """How the description calls each schema, by its public name."""
    others: dict[str, list[str]] = {}
    for id_ in sorted({*api.renamed, *api.joined}):
        others.setdefault(api.renamed.get(id_, id_), []).append(f"`{id_}`")
    return {name: ", ".join(others.get(name, [f"`{name}`"])) for name in api.schemas}


def _joined(name: str, before: Api, after: Api) -> Iterator[Change]:
    """What the parts of a class of several enums have, where the whole does not show it."""
    for id_ in sorted(before.joined.keys() & after.joined.keys()):
        if after.renamed.get(id_, id_) == name:
            yield from _values(f"`{id_}`, a part of `{name}`,", before.joined[id_], after.joined[id_])


def _schema(name: str, old: Schema, new: Schema, layout: Layout) -> Iterator[Change]:
    if isinstance(old, ObjectSchema) and isinstance(new, ObjectSchema):
        yield from _fields(name, old, new, layout)
    elif isinstance(old, EnumSchema) and isinstance(new, EnumSchema):
        yield from _values(f"`{name}`", old, new)
    elif isinstance(old, UnionSchema) and isinstance(new, UnionSchema):
        yield from _branches(f"`{name}`", old, new)
    else:
        yield Change(f"`{name}` is now a {_kind(new)}, was a {_kind(old)}.", breaking=True)


def _values(where: str, old: EnumSchema, new: EnumSchema) -> Iterator[Change]:
    was, now = (dict.fromkeys(schema.values, "") for schema in (old, new))
    yield from each(where, "value", was, now, less_breaks=True)
    yield from order(where, "values", old.values, new.values)


def _branches(where: str, old: UnionSchema, new: UnionSchema) -> Iterator[Change]:
    was, now = (dict.fromkeys(schema.branches, "") for schema in (old, new))
    yield from each(where, "branch", was, now, less_breaks=True)
    yield from order(where, "branches", old.branches, new.branches)
    if _telling(old) != _telling(new):
        yield Change(f"{where} is told by {_telling(new)}, was told by {_telling(old)}.")
    yield from each(where, "tag", old.mapping, new.mapping)
    yield from order(where, "tags", [*old.mapping], [*new.mapping])


def _telling(union: UnionSchema) -> str:
    """What tells the branches apart: a tag, or keys that are tried one after the other."""
    keys = [f"`{key}` ({branch})" if key else f"else {branch}" for key, branch in union.keys.items()]
    return ", ".join([*([f"the tag `{union.tag}`"] if union.tag else []), *keys]) or "nothing"


def _fields(name: str, old: ObjectSchema, new: ObjectSchema, layout: Layout) -> Iterator[Change]:
    was, now = ({field.name: field for field in schema.fields} for schema in (old, new))
    renamed = {
        before.name: after.name
        for before in old.fields
        for after in new.fields
        if before.wire == after.wire and before.name not in now and after.name not in was
    }
    for gone in sorted(was.keys() - now.keys()):
        said = (
            f"Renamed the field `{gone}` of `{name}` to `{renamed[gone]}`"
            if gone in renamed
            else f"`{name}` lost the field `{gone}`"
        )
        yield Change(f"{said}.", breaking=True)
    for gained in sorted(now.keys() - was.keys() - {*renamed.values()}):
        needed = "required " if now[gained].required else ""
        yield Change(f"`{name}` gained the {needed}field `{gained}`.", bool(needed) and name in layout.sendable)
    for field in old.fields:
        if (other := now.get(renamed.get(field.name, field.name))) is not None:
            yield from _field(name, field, other, layout)
    yield from order(f"`{name}`", "fields", [*was], [*now])


def _field(model: str, old: Field, new: Field, layout: Layout) -> Iterator[Change]:
    where = f"`{model}`: the field `{new.name}`"
    if old.wire != new.wire:
        yield Change(f"{where} has the key `{new.wire}`, was `{old.wire}`.")
    if _spoken(old) != _spoken(new):
        tighter = (
            (new.required and not old.required)
            or (old.nullable and not new.nullable)
            or _tighter(dict(old.bounds.items()), dict(new.bounds.items()))
        )
        looser = (old.required and not new.required) or (new.nullable and not old.nullable)
        breaking = (
            old.type != new.type or (tighter and model in layout.sendable) or (looser and model in layout.returned)
        )
        yield Change(f"{where} is now {_spoken(new)}, was {_spoken(old)}.", breaking)


def _tighter(old: Mapping[str, Number | str], new: Mapping[str, Number | str]) -> bool:
    """Whether a value may keep to the old bounds and not to the new ones."""
    return any(_is_tighter(name, old.get(name), bound) for name, bound in new.items())


def _is_tighter(name: str, old: Number | str | None, new: Number | str) -> bool:
    if isinstance(old, Number) and isinstance(new, Number):
        return new > old if "min" in name else new < old
    return old != new


def _spoken(field: Field) -> str:
    bounds = "".join(f", {name} {bound}" for name, bound in field.bounds.items())
    return field.type + (" or null" if field.nullable else "") + (", required" if field.required else "") + bounds
