"""Which branches does a union have, and what distinguishes them where the description names no tag?"""

from __future__ import annotations

from collections.abc import Mapping

import attrs

from codegen.facts import Field, ObjectSchema, UnionSchema
from codegen.read.components import Components
from codegen.read.description import Node
from codegen.read.keywords import is_object
from codegen.read.objects import Gathered, ObjectReader
from codegen.spelling import pascal


@attrs.frozen
class UnionReader:
    """Reads unions. A branch may hold its own union and not be known yet: `finish` finds the keys."""

    components: Components
    objects: ObjectReader
    _undecided: list[tuple[Node, str]] = attrs.field(init=False, factory=list)

    def union(self, node: Node, hint: str) -> str:
        keyword = "oneOf" if "oneOf" in node.value else "anyOf"
        branches = list(node.child(keyword).elements())
        if len(branches) == 1 and node.get("discriminator") is None:
            return self.objects.read(branches[0], hint).expression
        return self.components.define(node, hint, lambda name: self._branches(node, branches, name))

    def distributed(self, node: Node, hint: str, gathered: Gathered) -> str:
        """`allOf` of fields and a `oneOf` is a union whose branches all have those fields."""
        if len(gathered.unions) != 1:
            raise node.fail("allOf must join at most one union")
        branches = list(gathered.unions[0].child("oneOf").elements())
        if "discriminator" in gathered.unions[0].value:
            raise gathered.unions[0].fail("allOf must not join a union with a discriminator")

        def build(name: str) -> UnionSchema:
            extended = [self._extended(branch, branches, name, gathered) for branch in branches]
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

    def _extended(self, branch: Node, branches: list[Node], name: str, gathered: Gathered) -> str:
        """A branch with the fields that all of them have."""
        parts = gathered.copy()
        self.objects.gather(branch.resolve(), name, parts)
        model = ObjectSchema(parts.settled(branch))
        own = f"{name}With{pascal(own_key(branch, branches))}"
        return self.components.define(branch, own, lambda _: model)

    def _branches(self, node: Node, branches: list[Node], name: str) -> UnionSchema:
        discriminator = node.get("discriminator")
        expressions = []
        for branch in branches:
            inline = "$ref" not in branch.value and is_object(branch)
            hint = f"{name}With{pascal(own_key(branch, branches))}" if inline else name
            expressions.append(self.objects.read(branch, hint).expression)
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
        models: dict[str, ObjectSchema] = {}
        for expression in expressions:
            schema = self.components.schemas.get(expression)
            if isinstance(schema, ObjectSchema):
                models[expression] = schema
            elif schema is not None:
                raise node.fail(f"the branch {expression} is no object, so no key distinguishes it")
        return distinguishing_keys(node, models)


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
