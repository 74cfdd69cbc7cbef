"""What does a codec return, report and raise for parsed JSON? Called directly: test_tolerance.py has it over sockets."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from qovery_async import DecodeError, from_dict
from qovery_async.codec.plain import DEEPEST
from qovery_async.codec.reader import Codec
from tests.support.tree import LEAF, NEEDED, Colour, Leaf, Tree

READ = Leaf(kind="leaf", size=1)
ODD = {"kind": "leaf", "size": "x"}
KEPT = "expected int, got 'x'"
EMPTY: dict[str, Any] = {}


def steps(found: Any) -> tuple[int, Any]:
    """How often decoding stopped on its way, and its result."""
    count = 0
    while True:
        try:
            next(found)
        except StopIteration as done:
            return count, done.value
        count += 1


class TestWhatFits:
    def test_is_read_in_steps_of_a_hundred_items(self) -> None:
        for length, stops in ((0, 0), (1, 0), (100, 0), (101, 1), (200, 1), (201, 2)):
            items = [{**LEAF, "size": number} for number in range(length)]
            for found in (
                Codec(strict=True).steps(items, list[Leaf], operation="x"),
                Codec(strict=True).steps_of_items(items, "", Leaf, operation="x"),
                Codec(strict=True).steps_of_items({"leaves": items, "n": 1}, "leaves", Leaf, operation="x"),
            ):
                count, read = steps(found)
                assert (count, [leaf.size for leaf in read]) == (stops, [*range(length)])

    def test_is_no_list_where_its_type_is_none(self) -> None:
        long = [5] * 250
        assert Codec(strict=True).decode(long, Any, operation="x") == long
        assert Codec(strict=True).decode({"a": long}, dict[str, Any], operation="x") == {"a": long}
        with pytest.raises(DecodeError, match=r"expected an object \(Leaf\), got a list$"):
            Codec().decode(long, Leaf, operation="x")

    def test_is_of_the_type_that_was_asked_for(self) -> None:
        codec = Codec(strict=True)
        for found in (codec.decode("BLUE", Colour, operation="x"), codec.fast(Colour)("BLUE")):
            assert (type(found), found) == (Colour, "BLUE")

    def test_is_read_by_a_function_of_its_own_that_repairs_nothing(self) -> None:
        read = Codec().fast(Leaf)
        assert read(LEAF) == READ
        with pytest.raises(Exception):  # noqa: B017, PT011  # which one is not said: what does not fit is decoded again
            read(ODD)

    def test_is_read_after_its_decoders_were_built(self) -> None:
        codec = Codec(strict=True)
        codec.prepare(list[Tree])
        assert codec.decode([NEEDED], list[Tree], operation="x") == [from_dict(Tree, NEEDED)]


class TestWhatDoesNotFit:
    def test_is_read_anyway_and_reported_once_for_an_operation(self, caplog: pytest.LogCaptureFixture) -> None:
        codec = Codec()
        for operation in ("a", "a", "b"):
            found = codec.decode([LEAF, ODD, ODD], list[Leaf], operation=operation, source="not named")
            assert [leaf.size for leaf in found] == [1, "x", "x"]
        assert caplog.record_tuples == [
            ("qovery", logging.WARNING, f"{operation}: [1].size: {KEPT}; kept unchanged") for operation in "ab"
        ]

    def test_is_found_in_each_step_of_a_long_list(self, caplog: pytest.LogCaptureFixture) -> None:
        items = [*[LEAF] * 150, ODD, *[LEAF] * 149, {"kind": 5, "size": 1}]
        found = Codec().decode(items, list[Leaf], operation="a", root="leaves")
        assert [number for number, leaf in enumerate(found) if leaf != READ] == [150, 300]
        assert caplog.messages == [
            f"a: leaves[150].size: {KEPT}; kept unchanged", "a: leaves[300].kind: expected str, got 5; converted to str",
        ]  # fmt: skip

    @pytest.mark.parametrize(("source", "begin"), [(None, "op"), ("GET /x", "GET /x")])
    def test_is_refused_by_a_strict_one(self, source: object, begin: str) -> None:
        codec = Codec(strict=True)
        with pytest.raises(DecodeError) as one:
            codec.decode([ODD], list[Leaf], operation="op", source=source)
        assert str(one.value) == f"{begin}: [0].size: {KEPT}"
        with pytest.raises(DecodeError) as three:
            codec.decode({"l": [ODD, ODD, ODD]}, dict[str, list[Leaf]], operation="op", source=source)
        assert str(three.value) == f"{begin}: l[0].size: {KEPT} (and 2 more)"
        with pytest.raises(DecodeError) as two:
            steps(codec.steps([ODD, ODD], list[Leaf], operation="op", source=source))
        assert str(two.value) == f"{begin}: [0].size: {KEPT} (and 1 more)"

    def test_is_refused_as_a_whole_by_each(self) -> None:
        deep: Any = 1
        for _ in range(DEEPEST + 1):
            deep = [deep]
        for strict in (False, True):
            with pytest.raises(DecodeError) as whole:
                Codec(strict=strict).decode(5, Leaf, operation="op", source="GET /x")
            assert str(whole.value) == "GET /x: the whole value: expected an object (Leaf), got 5"
            with pytest.raises(DecodeError) as caught:
                Codec(strict=strict).decode({**NEEDED, "free": deep}, Tree, operation="op", source="GET /x")
            assert str(caught.value) == f"GET /x: free is nested more than {DEEPEST} levels deep"
            assert caught.value.__cause__ is None
            assert caught.value.__suppress_context__

    def test_shows_no_secret(self, caplog: pytest.LogCaptureFixture) -> None:
        def hide(text: str) -> str:
            return text.replace("hush", "***")

        odd, deep = {"kind": "leaf", "size": "hush"}, EMPTY
        for _ in range(DEEPEST + 1):
            deep = {"hush": deep}
        Codec().decode(odd, Leaf, operation="op", hide=hide)
        Codec().decode_items({"leaves": [odd]}, "leaves", Leaf, operation="op", hide=hide)
        for value in (odd, {"hush": deep}):
            with pytest.raises(DecodeError) as caught:
                Codec(strict=True).decode(
                    value, dict[str, Leaf] if value is not odd else Leaf, operation="op", hide=hide
                )
            assert "***" in str(caught.value)
            assert "hush" not in str(caught.value)
        with pytest.raises(DecodeError, match=r"got '\*\*\*'"):
            Codec().decode_items("hush", "leaves", Leaf, operation="op", hide=hide)
        assert "hush" not in caplog.text
        assert caplog.text.count("***") == 2


class TestAList:
    def test_is_found_where_it_should_be(self) -> None:
        codec = Codec(strict=True)
        assert codec.decode_items({"leaves": [LEAF]}, "leaves", Leaf, operation="op") == [READ]
        assert codec.decode_items([LEAF], "", Leaf, operation="op") == [READ]
        assert codec.decode_items({"page": 1}, "leaves", Leaf, beside=["page"], operation="op") == []

    def test_is_taken_from_another_place_with_a_warning(self, caplog: pytest.LogCaptureFixture) -> None:
        assert Codec().decode_items({"items": [LEAF, ODD]}, "leaves", Leaf, operation="op")[0] == READ
        assert caplog.messages == [
            "op: the whole value: expected an object with 'leaves', got one with 'items'; read as the list",
            f"op: items[1].size: {KEPT}; kept unchanged",
        ]
        assert Codec().decode_items({"a": ["x"], "b": [LEAF]}, "leaves", str, operation="other") == ["x"]
        with pytest.raises(DecodeError) as caught:
            Codec(strict=True).decode_items([LEAF], "leaves", Leaf, operation="op", source="GET /x")
        assert str(caught.value) == "GET /x: the whole value: expected an object with 'leaves', got a list"

    def test_names_its_place_and_source(self) -> None:
        with pytest.raises(DecodeError) as caught:
            Codec(strict=True).decode_items({"leaves": [ODD]}, "leaves", Leaf, operation="op", source="GET /x")
        assert str(caught.value) == f"GET /x: leaves[0].size: {KEPT}"
        with pytest.raises(DecodeError, match=r"^op: \[0\]\.size"):
            Codec(strict=True).decode_items([ODD], "", Leaf, operation="op")


def test_a_missing_result_is_reported_or_refused(caplog: pytest.LogCaptureFixture) -> None:
    codec = Codec()
    for _ in range(2):
        codec.miss(200, "read as None", operation="op", source="GET /x")
    assert caplog.messages == ["op: the body: is missing or null (status 200); read as None"]
    with pytest.raises(DecodeError, match=r"^GET /x: the body: is missing or null \(status 204\)$"):
        Codec(strict=True).miss(204, "read as None", operation="op", source="GET /x")


def test_a_mapping_becomes_a_model_or_is_refused() -> None:
    assert from_dict(Leaf, LEAF) == READ
    with pytest.raises(DecodeError) as caught:
        from_dict(Leaf, ODD)
    assert str(caught.value) == f"from_dict(Leaf): size: {KEPT}"
