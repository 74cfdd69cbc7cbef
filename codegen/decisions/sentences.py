"""Which sentence says what an operation does? Composed by rule, or taken from phrases.toml."""

from __future__ import annotations

from collections.abc import Mapping

import attrs

from codegen.decisions.named import Operation
from codegen.spelling import article, singular, spoken


@attrs.frozen
class Thing:
    """The things of a namespace: one, with its article if it has one (`an analysis`), and many (`analyses`)."""

    one: str
    many: str

    @property
    def bare(self) -> str:
        return self.one.partition(" ")[2]

    @property
    def all_of_it(self) -> str:
        return "all of them" if self.one.endswith(self.many) else "all of it"


@attrs.frozen
class Sentences:
    """The hand-written phrases, and the rules for operations that need none."""

    methods: Mapping[str, str]
    calls: Mapping[str, str]
    things: Mapping[str, Thing]

    def of(self, operation: Operation) -> str:
        """The first line of an operation's docstring."""
        return f"{self._phrase(operation)}."

    def _phrase(self, operation: Operation) -> str:
        if operation.call in self.calls:
            return self.calls[operation.call]
        thing, owner = self.thing(operation.namespace), _owner(operation)
        of_owner = f" of {owner}" if owner else ""
        if operation.name in self.methods:
            return self.methods[operation.name].format(
                a_thing=thing.one,
                thing=thing.bare,
                things=thing.many,
                all_of_it=thing.all_of_it,
                of_owner=of_owner,
                in_owner=f" {_preposition(operation)} {owner}" if owner else "",
                parents=spoken(operation.namespace.partition(".")[0]),
            )
        verb, _, rest = operation.name.partition("_")
        if not rest:
            return f"{verb.capitalize()} {thing.one}"
        of_thing = f" of {thing.one}" if _names_its_thing(operation) else of_owner
        return f"{verb.capitalize()} the {spoken(rest)}{of_thing}"

    def thing(self, namespace: str) -> Thing:
        """What an object of a namespace is called."""
        last = namespace.rpartition(".")[2]
        written = self.things.get(namespace) or self.things.get(last)
        name = spoken(singular(last))
        return written or Thing(f"{article(name)} {name}", spoken(last))


def _names_its_thing(operation: Operation) -> bool:
    own = f"{singular(operation.namespace.rpartition('.')[2])}_id"
    return any(parameter.name == own for parameter in operation.path_parameters)


def _owner(operation: Operation) -> str:
    """`an environment`, from the id in the path that is not the thing's own."""
    *above, last = operation.namespace.split(".")
    ids = [p.name.removesuffix("_id") for p in operation.path_parameters if p.name.endswith("_id")]
    owners = [id_ for id_ in ids if id_ not in (singular(last), "organization")]
    if not above and not operation.name.startswith(("list", "create")):
        return ""
    ours = [id_ for id_ in owners if above and singular(above[0]) == id_] or owners[:1]
    if ours:
        return f"{article(spoken(ours[0]))} {spoken(ours[0])}"
    whole = operation.name.startswith("list") and operation.path.startswith("/organization/{organizationId}/")
    return "the organization" if whole else ""


def _preposition(operation: Operation) -> str:
    """Services are created in an environment, what belongs to a service is created for it."""
    return "for" if "." in operation.namespace else "in"
