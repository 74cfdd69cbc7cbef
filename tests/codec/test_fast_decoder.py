"""Which JSON does the fast decoder take, and which does it leave to the repair?"""

import datetime as dt
from typing import Annotated, Any

import pytest
from cattrs import Converter

from qovery_async import UnknownVariant
from qovery_async.codec.decode import Misfit, choose, register
from qovery_async.codec.plain import DEEPEST
from qovery_async.vocabulary import UNSET, ByKey, Model
from qovery_async.vocabulary.definition import define
from tests.support.tree import LEAF, NEEDED, NOON, OPTIONAL, WRONG, Colour, Leaf, Nest, Part, Tree, Twig


def read(type_: Any, value: Any) -> Any:
    """Reads with a decoder of its own: that of the process may have been built long ago."""
    made = Converter(detailed_validation=False)
    register(made)
    return made.get_structure_hook(type_)(value, type_)


def tree(**values: Any) -> Any:
    return read(Tree, {**NEEDED, **values})


class TestAModel:
    def test_has_a_python_value_for_each_key(self) -> None:
        found, leaf = tree(**OPTIONAL), Leaf(kind="leaf", size=1)
        assert found == Tree(
            text="a", number=1, share=0.5, sure=True, at=NOON, day=dt.date(2026, 1, 2), colour=Colour.RED,
            free={"a": [1]}, names=["a"], leaf=leaf, leaves=[leaf, leaf], sizes=[1, 2], colours=[Colour.RED, Colour("BLUE")], part=leaf,
            by_name={"x": leaf}, labels={"y": [2]}, nullable=None, renamed="b", may_text="c", may_number=2,
            may_at=NOON, may_colour=Colour.RED, may_names=["d"], may_leaf=leaf, may_free=5, may_renamed=3,
        )  # fmt: skip
        assert (found.absent, found.extra) == ((), {})
        assert found.colour is found.may_colour is Colour.RED

    def test_says_what_was_absent(self) -> None:
        found = tree()
        assert found.absent == tuple(key.replace(".re.named", "_renamed") for key in OPTIONAL)
        assert [getattr(found, name) for name in found.absent] == [UNSET, *[None] * 7]
        assert found.extra == {}

    @pytest.mark.parametrize("key", [*OPTIONAL, "nullable"])
    def test_has_none_for_null_where_null_may_be(self, key: str) -> None:
        found = tree(**{**OPTIONAL, key: None})
        assert getattr(found, key.replace(".re.named", "_renamed")) is None
        assert found.absent == ()

    def test_keeps_keys_that_it_does_not_know(self) -> None:
        assert tree(new={"a": 1}, renamed=7).extra == {"new": {"a": 1}, "renamed": 7}
        assert tree(**OPTIONAL, new=None).extra == {"new": None}
        assert tree(nullable=5).nullable == 5

    @pytest.mark.parametrize("key", NEEDED)
    def test_lacks_no_key_that_it_needs(self, key: str) -> None:
        with pytest.raises(KeyError):
            read(Tree, {k: v for k, v in NEEDED.items() if k != key})

    @pytest.mark.parametrize("key", [key for key in NEEDED if key not in ("nullable", "free")])
    def test_has_no_null_where_none_may_be(self, key: str) -> None:
        with pytest.raises((Misfit, TypeError, ValueError)):
            tree(**{key: None})

    @pytest.mark.parametrize("value", [None, [], "text", 5])
    def test_is_an_object(self, value: object) -> None:
        with pytest.raises(Misfit):
            read(Leaf, value)

    def test_may_hold_its_own_kind(self) -> None:
        found = read(Nest, {"inner": {"inner": {}}, "others": [{}, {"others": []}], "named": {"a": {}}})
        assert found.inner == Nest(inner=Nest())
        assert found.others == [Nest(), Nest(others=[])]
        assert found.named == {"a": Nest()}
        for wrong in ({"inner": []}, {"others": {}}, {"others": [None]}, {"named": []}, {"inner": {"inner": 5}}):
            with pytest.raises(Misfit):
                read(Nest, wrong)


@pytest.mark.parametrize(("key", "value"), [(key, value) for key, values in WRONG.items() for value in values])
def test_what_does_not_fit_is_left_to_the_repair(key: str, value: Any) -> None:
    with pytest.raises((Misfit, TypeError, ValueError)):
        tree(**OPTIONAL | {key: value})


class TestAList:
    def test_may_have_nulls_where_its_type_says_so(self) -> None:
        assert read(list[Leaf | None], [None, LEAF]) == [None, Leaf(kind="leaf", size=1)]
        assert read(dict[str, Colour | None], {"a": None, "b": "BLUE"}) == {"a": None, "b": Colour("BLUE")}
        assert type(read(list[Colour | None], ["BLUE"])[0]) is Colour
        assert read(list[Part | None], [LEAF, None]) == [Leaf(kind="leaf", size=1), None]
        assert read(Leaf | None, None) is None
        with pytest.raises(Misfit):
            read(list[Leaf | None], [None, "text"])

    def test_and_an_object_have_their_items_type(self) -> None:
        assert type(read(dict[str, Colour], {"a": "BLUE"})["a"]) is Colour
        assert read(dict[str, list[int]], {"a": [1]}) == {"a": [1]}

    @pytest.mark.parametrize("odd", [["ab"], [{"a": "b"}], [("a",)], "ab", {"a": []}, None])
    def test_is_made_of_nothing_else(self, odd: Any) -> None:
        with pytest.raises(Misfit):
            read(list[list[str]], odd)


class TestAValue:
    def test_of_an_enum_may_be_new(self) -> None:
        found = tree(colour="BLUE", may_colour="")
        assert (found.colour, found.may_colour) == ("BLUE", "")
        assert (type(found.colour), found.colour.is_known) == (Colour, False)
        assert read(list[Colour], ["RED", "x"]) == ["RED", "x"]
        assert [type(item) for item in read(list[Colour], ["RED", "x"])] == [Colour, Colour]

    @pytest.mark.parametrize(
        ("text", "moment"),
        [
            ("2026-01-02T12:00:00", NOON),
            ("2026-01-02T12:00:00.123456789Z", NOON.replace(microsecond=123456)),
            ("2026-01-02T14:00:00+02:00", NOON),
        ],
    )
    def test_of_time_is_aware(self, text: str, moment: dt.datetime) -> None:
        for found in (tree(at=text).at, tree(may_at=text).may_at, *read(list[dt.datetime], [text])):
            assert (found, found.tzinfo is not None) == (moment, True)

    def test_that_is_whole_is_a_number_too(self) -> None:
        assert type(tree(share=1).share) is int

    def test_that_nothing_describes_may_be_as_deep_as_can_be_written(self) -> None:
        deep: Any = 1
        for _ in range(DEEPEST):
            deep = [deep]
        for values in ({"free": deep}, {"may_free": deep}, {"labels": {"a": deep[0]}}, {"new": deep[0]}):
            tree(**values)
        for values in ({"free": [deep]}, {"may_free": [deep]}, {"labels": {"a": deep}}, {"new": deep}):
            with pytest.raises(Misfit):
                tree(**values)
        assert read(Any, deep) == deep
        with pytest.raises(Misfit):
            read(Any, [deep])
        with pytest.raises(Misfit):
            read(Part, {"kind": "new", "deep": deep})


@define(kw_only=True)
class Named(Model):
    name: str
    place: int | None


@define(kw_only=True)
class Rest(Model):
    port: int


def by_key() -> Any:
    """A union with a rule of its own: what is known of a rule is kept."""
    return Annotated[Named | Rest | str | bool | UnknownVariant, ByKey({"name": Named, "title": Named, "": Rest})]


class TestAUnion:
    def test_with_a_tag_has_the_model_that_the_tag_names(self) -> None:
        assert read(Part, LEAF) == Leaf(kind="leaf", size=1)
        assert read(Part, {"kind": "twig", "leaves": []}) == Twig(kind="twig", leaves=[])

    @pytest.mark.parametrize("odd", [{}, {"kind": "new"}, {"kind": None}, {"kind": ["leaf"]}, {"size": 1}])
    def test_with_another_tag_keeps_the_object(self, odd: dict[str, Any]) -> None:
        assert read(Part, odd) == UnknownVariant(odd)

    @pytest.mark.parametrize(
        ("value", "branch"),
        [
            ({"name": "a", "place": None}, Named),
            ({"name": "a", "place": 5}, Named),
            ({"title": "a", "name": None, "place": 5}, None),  # the key that tells is there, one that is needed is null
            ({"title": "a", "port": 1}, None),  # the rest has no key that tells
            ({"name": "a"}, None),
            ({"port": 1}, Rest),
            ({"port": 1, "name": None}, Rest),
            ({"port": None}, None),
            ({}, None),
        ],
    )
    def test_without_a_tag_goes_by_the_keys(self, value: dict[str, Any], branch: type[Model] | None) -> None:
        found = read(by_key(), value)
        assert type(found) is (branch or UnknownVariant)
        assert branch or found == UnknownVariant(value)

    @pytest.mark.parametrize("value", ["a", True])
    def test_may_be_a_plain_value(self, value: Any) -> None:
        assert read(by_key(), value) is value

    @pytest.mark.parametrize("value", [1, 0.5, None, []])
    def test_is_nothing_else(self, value: Any) -> None:
        with pytest.raises(Misfit):
            read(by_key(), value)

    def test_has_no_branch_where_no_key_tells(self) -> None:
        may_be_empty = Annotated[Nest | UnknownVariant, ByKey({"inner": Nest})]
        assert read(may_be_empty, {"inner": {}}) == Nest(inner=Nest())
        assert read(may_be_empty, {}) == UnknownVariant({})

    def test_of_no_rule_has_no_branch(self) -> None:
        assert choose(None, LEAF) is None

    def test_of_unions_asks_the_inner_one(self) -> None:
        outer = Annotated[Leaf | Twig | Named | UnknownVariant, ByKey({"name": Named, "kind": Part})]
        assert type(read(outer, LEAF)) is Leaf
        assert type(read(outer, {"name": "a", "place": None})) is Named
        assert read(outer, {"kind": "new"}) == UnknownVariant({"kind": "new"})
