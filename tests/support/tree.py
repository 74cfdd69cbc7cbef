"""A model with an attribute of each kind, its JSON, and what does not fit it."""

import datetime as dt
from typing import Annotated, Any, TypeAlias

from qovery_async import OpenEnum, UnknownVariant
from qovery_async.vocabulary import UNSET, ByTag, Model, Unset, Wire, resolve_recursion
from qovery_async.vocabulary.definition import define


class Colour(OpenEnum):
    RED = "RED"


@define(kw_only=True)
class Leaf(Model):
    kind: str
    size: int | None


@define(kw_only=True)
class Twig(Model):
    kind: str
    leaves: list[Leaf]


Part: TypeAlias = Annotated[Leaf | Twig | UnknownVariant, ByTag("kind", {"leaf": Leaf, "twig": Twig})]


@define(kw_only=True)
class Tree(Model):
    """One attribute of each kind, needed and not."""

    text: str
    number: int
    share: float
    sure: bool
    at: dt.datetime
    day: dt.date
    colour: Colour
    free: Any
    names: list[str]
    leaf: Leaf
    leaves: list[Leaf]
    sizes: list[int]
    colours: list[Colour]
    part: Part
    by_name: dict[str, Leaf]
    labels: dict[str, Any]
    nullable: int | None
    renamed: Annotated[str, Wire("re.named")]
    may_text: str | Unset | None = UNSET
    may_number: int | None = None
    may_at: dt.datetime | None = None
    may_colour: Colour | None = None
    may_names: list[str] | None = None
    may_leaf: Leaf | None = None
    may_free: Any = None
    may_renamed: Annotated[int | None, Wire("may.re.named")] = None


@define(kw_only=True)
class Nest(Model):
    inner: "Nest | None" = None
    others: "list[Nest] | None" = None
    named: "dict[str, Nest] | None" = None


resolve_recursion(Nest, globals())

LEAF = {"kind": "leaf", "size": 1}
NOON = dt.datetime(2026, 1, 2, 12, tzinfo=dt.UTC)
NEEDED: dict[str, Any] = {
    "text": "a", "number": 1, "share": 0.5, "sure": True, "at": "2026-01-02T12:00:00Z", "day": "2026-01-02",
    "colour": "RED", "free": {"a": [1]}, "names": ["a"], "leaf": LEAF, "leaves": [LEAF, LEAF], "sizes": [1, 2],
    "colours": ["RED", "BLUE"],
    "part": LEAF, "by_name": {"x": LEAF}, "labels": {"y": [2]}, "nullable": None, "re.named": "b",
}  # fmt: skip
OPTIONAL: dict[str, Any] = {
    "may_text": "c", "may_number": 2, "may_at": "2026-01-02T12:00:00+00:00", "may_colour": "RED", "may_names": ["d"],
    "may_leaf": LEAF, "may_free": 5, "may.re.named": 3,
}  # fmt: skip

WRONG: dict[str, list[Any]] = {
    "text": [1, True, []], "number": ["1", True, 1.0], "share": ["1", True], "sure": [1, "true"], "colour": [1, []],
    "at": ["soon", 5], "day": ["soon", 5], "names": ["a", [1], {}], "leaf": [[], "a"], "leaves": [{}, [5], "a"],
    "sizes": [["1"], 5, [True]], "colours": [[5], "RED"], "part": ["leaf", []], "by_name": [[], {"x": 5}], "labels": [[], "a"],
    "nullable": ["5", True], "re.named": [5], "may_text": [5], "may_number": ["5", True], "may_at": [5, "soon", []],
    "may_colour": [5, []], "may_names": [[5], {}], "may_leaf": [[], "a"], "may.re.named": ["3"],
}  # fmt: skip
