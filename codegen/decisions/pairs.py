"""Is it decided for each field of a response whether a request takes it, and the reverse?"""

from __future__ import annotations

from collections.abc import Iterator

import attrs

from codegen.decisions.named import Api
from codegen.decisions.patches import Converted, Dropped, HiddenValue, Missing, Patches
from codegen.facts import EnumSchema, Field, ObjectSchema, Schema, UnionSchema, references


@attrs.define
class Walk:
    """A walk through pairs of schemas, side by side.

    `met` are the pairs of schemas that it came to, `used` the schemas and keys, or branches, that a row decided.
    """

    patches: Patches
    api: Api
    met: set[tuple[str, str]] = attrs.Factory(set[tuple[str, str]])
    used: set[tuple[str, str, str]] = attrs.Factory(set[tuple[str, str, str]])
    never_back: set[tuple[str, str]] = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        self.never_back = {
            (schema, row.path.rpartition(".")[2])
            for row in self.patches.hidden
            for schema in self._schemas_at(row.model, row.path.split(".")[:-1])
        }

    def all(self) -> Iterator[str]:
        """What is undecided in all namespaces."""
        for namespace, source, target in self.patches.pairs(self.api):
            yield from self.pair(source, target, f"{namespace}.patch: {source} -> {target}")

    def dead(self) -> Iterator[str]:
        """The rows that decided nothing, once the walk is over."""
        for row in self.patches.converted:
            if (row.source, row.target) not in self.met:
                yield f"converted: {row.source} never becomes {row.target}"
        for branch in self.patches.branch:
            if not any(("branch", branch.source, target) in self.used for target in branch.targets):
                yield f"branch: {branch.source} never becomes {', '.join(branch.targets)}"
        for dropped in self.patches.dropped:
            yield from self._idle("dropped", dropped)
        for missing in self.patches.missing:
            yield from self._idle("missing", missing)
        for hidden in self.patches.hidden:
            yield from self._nowhere(hidden)

    def _idle(self, kind: str, row: Dropped | Missing) -> Iterator[str]:
        keys = {key for word, name, key in self.used if word == kind and name in (row.models or [name])}
        names = {name for word, name, key in self.used if word == kind and key in row.attributes}
        for unused in [*sorted({*row.attributes} - keys), *sorted({*row.models} - names)]:
            yield f"{kind}: {unused} decides nothing"

    def _nowhere(self, row: HiddenValue) -> Iterator[str]:
        """The paths of a row that lead to nothing."""
        if not self._has(row.model, row.path):
            yield f"hidden: {row.model} has no {row.path}"
        around = row.path.split(".")[:-1] if "[]" in row.path else []
        roots = [*self._schemas_at(row.model, around), *(one for one, other in self.met if other == row.model)]
        for condition in (row.held, row.unless):
            path = condition.partition("=")[0]
            if path and not any(self._has(root, path) for root in roots):
                yield f"hidden: neither {row.model} nor its response has {path}"

    def _has(self, name: str, path: str) -> bool:
        *steps, key = path.split(".")
        return any(_types_of(self.api.schemas.get(found), key) for found in self._schemas_at(name, steps))

    def sources(self) -> dict[str, list[str]]:
        """By the schemas of requests: those of the responses that become one."""
        found: dict[str, list[str]] = {}
        for source, target in sorted(self.met):
            if isinstance(self.api.schemas[source], ObjectSchema):
                found.setdefault(target, []).append(source)
        return found

    def not_null(self) -> dict[str, list[str]]:
        """By the schemas of requests: the keys that take no null, though the response may have one."""
        found: dict[str, set[str]] = {}
        for source, target in self.met:
            one, other = self.api.schemas[source], self.api.schemas[target]
            if isinstance(one, ObjectSchema) and isinstance(other, ObjectSchema):
                may_be_null = {field.wire for field in one.fields if field.nullable}
                keys = {field.wire for field in other.fields if not field.nullable} & may_be_null
                found[target] = found.get(target, set()) | keys
        return {name: sorted(keys) for name, keys in found.items() if keys}

    def pair(self, source: str, target: str, path: str, unsendable: str = "") -> Iterator[str]:
        if source == target or (source, target) in self.met:
            return
        self.met.add((source, target))
        one, other = self.api.schemas[source], self.api.schemas[target]
        if isinstance(one, EnumSchema) and isinstance(other, EnumSchema):
            if surplus := [value for value in one.values if value not in (*other.values, unsendable)]:
                yield f"{path}: {target} has no {', '.join(surplus)}"
        elif isinstance(one, ObjectSchema) and isinstance(other, ObjectSchema):
            yield from self._objects(source, one, target, other, path)
        elif isinstance(one, UnionSchema):
            for branch in one.branches:
                yield from self._branch(branch, one, target, f"{path}, {branch}")
        elif isinstance(other, UnionSchema):
            yield from self._branch(source, None, target, path)
        else:
            yield f"{path}: {source} and {target} are of different kinds"

    def _branch(self, branch: str, union: UnionSchema | None, target: str, path: str) -> Iterator[str]:
        """A branch of a union, or an object on its own, that becomes `target` or a branch of it."""
        other = self.api.schemas[target]
        if branch == target or (isinstance(other, UnionSchema) and branch in other.branches):
            return
        targets = other.branches if isinstance(other, UnionSchema) else [target]
        decided = self.patches.branches(branch)
        if decided:  # no target among them: a patch refuses the kind
            found = [name for name in decided if name in targets]
            self.used |= {("branch", branch, name) for name in found}
        elif isinstance(other, UnionSchema):
            found = [name for name in [self._matching(branch, union, other)] if name]
            if not found:
                yield f"{path}: {branch} becomes none of {', '.join(targets)}"
        elif branch not in self.api.schemas:
            yield f"{path}: {branch} becomes {target}"
            return
        else:
            found = targets
        for name in found:
            yield from self.pair(branch, name, path)

    def _matching(self, branch: str, union: UnionSchema | None, other: UnionSchema) -> str | None:
        """The branch of a request's union that its rule selects for a response's branch."""
        schema = self.api.schemas.get(branch)
        if other.tag:
            tags = union.mapping if union and union.tag == other.tag else {}
            return next((other.mapping.get(tag) for tag, name in tags.items() if name == branch), None)
        keys = {field.wire for field in schema.fields} if isinstance(schema, ObjectSchema) else set[str]()
        return next((name for key, name in other.keys.items() if key in keys or not key), None)

    def _objects(self, source: str, one: ObjectSchema, target: str, other: ObjectSchema, path: str) -> Iterator[str]:
        rule = self.patches.rule(source, target)
        moved = dict(rule.moved) if rule else {}
        theirs = {field.wire: field for field in other.fields}
        ours = {field.wire: field for field in one.fields}
        used = {place.partition(".")[0] for place in moved.values()}
        for key in ours.keys() - theirs.keys() - used:
            yield from self._left_out(source, key, target, path)
        for place in moved.values():
            yield from self._passed(source, place.split("."), target, path)
        for key, field in theirs.items():
            if key in moved:
                for name in self._types_at(source, moved[key].split(".")):
                    yield from self._types(name, field.type, f"{path}.{key}")
            elif key in ours:
                unsendable = rule.unsendable.get(key, "") if rule else ""
                yield from self._types(ours[key].type, field.type, f"{path}.{key}", unsendable)
            elif not self._is_missing(target, field, rule):
                yield f"{path}: {target}.{key} is not in {source}"

    def _left_out(self, source: str, key: str, target: str, path: str) -> Iterator[str]:
        if self.patches.drops(source, key):
            self.used.add(("dropped", source, key))
        else:
            yield f"{path}: {source}.{key} is not in {target}"

    def _passed(self, source: str, steps: list[str], target: str, path: str) -> Iterator[str]:
        """What stands beside the way to a moved value, such as the name of a registry beside its id."""
        for number in range(1, len(steps)):
            for name in self._schemas_at(source, steps[:number]):
                schema = self.api.schemas[name]
                for field in schema.fields if isinstance(schema, ObjectSchema) else ():
                    if field.wire != steps[number]:
                        yield from self._left_out(name, field.wire, target, path)

    def _is_missing(self, target: str, field: Field, rule: Converted | None) -> bool:
        enum = self.api.schemas.get(field.type)
        is_tag = isinstance(enum, EnumSchema) and len(enum.values) == 1 and field.required
        if is_tag or (rule and field.wire in rule.defaults) or (target, field.wire) in self.never_back:
            return True
        self.used.add(("missing", target, field.wire))
        return self.patches.lacks(target, field.wire)

    def _schemas_at(self, name: str, steps: list[str]) -> list[str]:
        """The schemas that stand at a place such as `config`, in all branches of unions."""
        schema = self.api.schemas.get(name)
        if isinstance(schema, UnionSchema):
            return [found for branch in schema.branches for found in self._schemas_at(branch, steps)]
        if not steps:
            return [name]
        types = _types_of(schema, steps[0].removesuffix("[]"))
        return [found for type_ in types for inner in references(type_) for found in self._schemas_at(inner, steps[1:])]

    def _types(self, one: str, other: str, path: str, unsendable: str = "") -> Iterator[str]:
        ours, theirs = references(one), references(other)
        if len(ours) == len(theirs) == 1 and one.replace(ours[0], "") == other.replace(theirs[0], ""):
            yield from self.pair(ours[0], theirs[0], path, unsendable)
        elif one != other and not (ours == [] and theirs and self._has_plain_branch(theirs[0])):
            yield f"{path}: {one} becomes {other}"

    def _has_plain_branch(self, name: str) -> bool:
        schema = self.api.schemas[name]
        return isinstance(schema, UnionSchema) and any(not references(branch) for branch in schema.branches)

    def _types_at(self, name: str, steps: list[str]) -> list[str]:
        """The types that a place such as `registry.id` can have."""
        schema = self.api.schemas.get(name)
        if isinstance(schema, UnionSchema):
            return [type_ for branch in schema.branches for type_ in self._types_at(branch, steps)]
        found = _types_of(schema, steps[0])
        if len(steps) > 1:
            found = [type_ for inner in found for type_ in self._types_at(references(inner)[0], steps[1:])]
        return found


def _types_of(schema: Schema | None, key: str) -> list[str]:
    return [field.type for field in schema.fields if field.wire == key] if isinstance(schema, ObjectSchema) else []
