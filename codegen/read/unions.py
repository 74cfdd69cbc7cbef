"""Which branches does a union have, and what distinguishes them where the description names no tag?"""

from __future__ import annotations

from collections.abc import Mapping

import attrs

from codegen.facts import Field, ObjectSchema, UnionSchema
from codegen.read.components import Components
from codegen.read.description import Node
from codegen.read.keywords import SCALARS, Typed, branches, constants, is_object, kinds
from codegen.read.objects import Gathered, ObjectReader
from codegen.spelling import pascal


@attrs.frozen
class UnionReader:
    """Reads unions. A branch may hold its own union and not be known yet: `finish` finds the keys."""

    components: Components
    objects: ObjectReader
    _undecided: list[tuple[Node, str]] = attrs.field(init=False, factory=list)

    def union(self, node: Node, hint: str) -> Typed:
        found = branches(node)
        if len(found) == 1 and node.get("discriminator") is None:
            return self.objects.read(found[0], hint)
        return Typed(self.components.define(node, hint, lambda name: self._branches(node, found, name)))

    def of_scalars(self, node: Node, hint: str) -> str:
        """A schema with several types is a union of them."""
        if other := [kind for kind in kinds(node) if kind not in SCALARS]:
            raise node.child("type").fail(f"{other[0]} cannot be one of several types, expected {', '.join(SCALARS)}")
        return self.components.define(node, hint, lambda _: UnionSchema([SCALARS[kind] for kind in kinds(node)]))

    def distributed(self, node: Node, hint: str, gathered: Gathered) -> str:
        """`allOf` of fields and a union is a union whose branches all have those fields."""
        if len(gathered.unions) != 1:
            raise node.fail("allOf must join at most one union")
        if "discriminator" in gathered.unions[0].value:
            raise gathered.unions[0].fail("allOf must not join a union with a discriminator")
        found = branches(gathered.unions[0])

        def build(name: str) -> UnionSchema:
            extended = [self._extended(branch, found, name, gathered) for branch in found]
            return self._undistinguished(node, name, extended)

        return self.components.define(node, hint, build)

    def finish(self) -> None:
        """Finds the keys that distinguish branches, once everything has been read."""
        schemas = self.components.schemas
        for node, name in self._undecided:
            union = schemas[name]
            if isinstance(union, UnionSchema):
                schemas[name] = attrs.evolve(union, keys=self._keys(node, union.branches))
        self._undecided.clear()

    def _extended(self, branch: Node, others: list[Node], name: str, gathered: Gathered) -> str:
        """A branch with the fields that all of them have."""
        joined = gathered.copy()
        self.objects.gather(branch.resolve(), name, joined)
        if joined.unions:
            inner = self.components.name(branch.resolve())
            if inner is None:
                raise branch.fail("a union inside one that is joined with fields needs a name")
            return self.distributed(branch, f"{name}With{inner}", joined)
        model = ObjectSchema(joined.settled(branch))
        own = f"{name}With{pascal(own_key(branch, others))}"
        return self.components.define(branch, own, lambda _: model)

    def _branches(self, node: Node, found: list[Node], name: str) -> UnionSchema:
        discriminator = node.get("discriminator")
        tag, tagged = (None, {}) if discriminator else _own_values(found)
        expressions = []
        for branch in found:
            inline = "$ref" not in branch.value and is_object(branch)
            hint = name
            if branch.where in tagged:
                hint = f"{name}{pascal(tagged[branch.where])}"
            elif inline:
                hint = f"{name}With{pascal(own_key(branch, found))}"
            expression = self.objects.read(branch, hint).expression
            if expression.startswith("list["):
                raise branch.fail("a list cannot be a branch of a union")
            expressions.append(expression)
        if tag:
            return UnionSchema(expressions, tag=tag, mapping=dict(zip(tagged.values(), expressions, strict=True)))
        if discriminator is None:
            return self._undistinguished(node, name, expressions)
        discriminator.only("propertyName", "mapping")
        mapping = {}
        for value, place in discriminator.child("mapping").items():
            target = Node(node.document, place.where, {"$ref": place.value})
            mapping[value] = self.objects.read(target, name).expression
        if set(mapping.values()) - set(expressions):
            raise discriminator.fail("the mapping leads to a schema that is no branch")
        return UnionSchema(expressions, tag=discriminator.value["propertyName"], mapping=mapping)

    def _undistinguished(self, node: Node, name: str, expressions: list[str]) -> UnionSchema:
        self._undecided.append((node, name))
        return UnionSchema(expressions)

    def _keys(self, node: Node, expressions: list[str]) -> dict[str, str]:
        named = [expression for expression in expressions if expression in self.components.schemas]
        return distinguishing_keys(node, {name: self._as_object(node, name) for name in named})

    def _as_object(self, node: Node, name: str, inside: tuple[str, ...] = ()) -> ObjectSchema:
        """What is known of a branch: of one that is a union, the keys of all its branches and what they all require."""
        schema = self.components.schemas.get(name)
        if isinstance(schema, ObjectSchema):
            return schema
        if not isinstance(schema, UnionSchema) or name in inside:
            raise node.fail(f"the branch {name} is no object, so no key distinguishes it")
        inner = [self._as_object(node, branch, (*inside, name)).fields for branch in schema.branches]
        needed = set[str].intersection(*({field.wire for field in fields if field.required} for fields in inner))
        known = {field.wire: field for fields in inner for field in fields}
        return ObjectSchema([attrs.evolve(field, required=wire in needed) for wire, field in known.items()])


def distinguishing_keys(node: Node, models: Mapping[str, ObjectSchema]) -> dict[str, str]:
    """The branch that each key belongs to, to be tried in order; `""` is the branch for the rest."""
    left = dict(models)
    found: dict[str, str] = {}
    while len(left) > 1:
        own = {name: _own_fields(name, left) for name in left}
        name = next((n for n in left if any(f.required for f in own[n])), None)
        name = name or next((n for n in left if own[n]), None)
        if name is None:
            raise node.fail("nothing distinguishes the branches: no discriminator, no key that only one of them has")
        found |= {field.wire: name for field in own[name]}
        del left[name]
    for name, schema in left.items():
        own_last = _own_fields(name, models)
        certain = any(f.required for f in own_last) or len(own_last) == len(schema.fields)
        found |= {field.wire: name for field in own_last} if certain else {"": name}
    return found


def _own_fields(name: str, models: Mapping[str, ObjectSchema]) -> list[Field]:
    """The fields that only this model has: the required ones, where there are any."""
    others = {field.wire for other in models if other != name for field in models[other].fields}
    own = [field for field in models[name].fields if field.wire not in others]
    return [field for field in own if field.required] or own


def _own_values(branches: list[Node]) -> tuple[str | None, dict[str, str]]:
    """The key that has one value of its own in each inline branch, and those values by the place of the branch."""
    inline = [branch for branch in branches if "$ref" not in branch.value and is_object(branch)]
    if len(inline) < len(branches):
        return None, {}
    for key in branches[0].value.get("required", []):
        values = [_only_value(branch, key) for branch in branches]
        own = {branch.where: value for branch, value in zip(branches, values, strict=True) if value}
        if len({*own.values()}) == len(branches):
            return key, own
    return None, {}


def _only_value(branch: Node, key: str) -> str | None:
    """The one string that a branch takes under a key that it requires."""
    if key not in branch.value.get("required", []) or key not in branch.value.get("properties", {}):
        return None
    values = [place.value for place in constants(branch.child("properties").child(key)) or ()]
    return values[0] if len(values) == 1 and isinstance(values[0], str) else None


def own_key(branch: Node, branches: list[Node]) -> str:
    """The property that only this inline branch has; it names the branch."""
    others = {key for other in branches if other.where != branch.where
              for key in other.resolve().value.get("properties", {})}  # fmt: skip
    required = branch.value.get("required", [])
    own = [key for key in branch.value.get("properties", {}) if key not in others]
    own.sort(key=lambda key: key not in required)
    candidates = own or [key for key in required if key not in others] or list(branch.value.get("properties", {}))
    if not candidates:
        raise branch.fail("an inline branch needs a property, which it is named after")
    return str(candidates[0])
