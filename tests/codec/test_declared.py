"""Does every declared schema have a class, or is it said what became of it?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Annotated, get_origin

import pytest
from hypothesis import given
from hypothesis import strategies as st

import qovery_sync.models
from codegen.facts import ObjectSchema, UnionSchema, references
from qovery_async import DecodeError, Model, OpenEnum, models
from qovery_async.codec.reader import Codec
from qovery_async.codec.writer import encode_body
from tests.support import hostile
from tests.support.fast_road import ANY, CODEC, FULL, type_of
from tests.support.payloads import API, ENUMS, MODELS, UNIONS, as_json, few

DECLARED = 724 + 65
"""Those of operations, and those of streams."""

# Lists that the packages keep out of the type checkers' sight.
ALL: list[str] = vars(models)["__getattr__"]("__all__")
SYNC_ALL: list[str] = vars(qovery_sync.models)["__getattr__"]("__all__")


def reached(types: Iterable[str | None]) -> set[str]:
    """The schemas that types lead to, on whichever way."""
    left, found = [name for type_ in types for name in references(type_)], set[str]()
    while left:
        name = left.pop()
        if name not in found:
            found.add(name)
            left += [other for type_ in inner_types(name) for other in references(type_)]
    return found


def inner_types(name: str) -> list[str]:
    schema = API.schemas[name]
    if isinstance(schema, ObjectSchema):
        return [field.type for field in schema.fields]
    return schema.branches if isinstance(schema, UnionSchema) else []


class TestNames:
    def test_can_all_be_imported(self) -> None:
        # The package is lazy, so that a broken module shows only when it is touched.
        found = {name: getattr(models, name) for name in ALL}
        assert sorted(found) == sorted(API.schemas)
        assert len(found) == len(set(ALL)) == 874

    def test_stand_for_what_they_are(self) -> None:
        for name in UNIONS:
            assert get_origin(type_of(name)) is Annotated
        for base, names in ((Model, MODELS), (OpenEnum, ENUMS)):
            for name in names:
                assert issubclass(type_of(name), base)
                assert type_of(name).__name__ == name

    def test_are_the_same_in_both_packages(self) -> None:
        assert sorted(SYNC_ALL) == sorted(ALL)
        for name in ALL:
            assert getattr(qovery_sync.models, name) is getattr(models, name)

    def test_that_do_not_exist_are_an_error(self) -> None:
        with pytest.raises(AttributeError, match="Projcet"):
            type_of("Projcet")

    def test_are_listed_for_completion(self) -> None:
        assert {*API.schemas} <= {*dir(models)}
        assert {*API.schemas} <= {*dir(qovery_sync.models)}


ENVELOPES = [(o.call, a.items, a.type) for o in API.operations for a in o.responses if a.items]


class TestAccounting:
    """No declared schema is lost: each has a class, or it is said what became of it."""

    def test_every_declared_schema_is_accounted_for(self, capsys: pytest.CaptureFixture[str]) -> None:
        fates = Counter(API.unnamed.values())
        again = len(API.joined) - len({API.renamed.get(name, name) for name in API.joined})
        inline = len(API.schemas) + again + len(API.unnamed) - DECLARED
        with capsys.disabled():
            counts = ", ".join(f"{count} {fate}" for fate, count in sorted(fates.items()))
            print(f"\n{DECLARED} declared schemas: {DECLARED - len(API.unnamed)} classes, {counts}; {inline} inline")
        assert set(fates) <= {"list", "map", "envelope", "part", "unused"}
        assert not API.unnamed.keys() & API.schemas.keys()
        # Which of the classes are declared is only known to the description: see tests/conformance.
        assert (len(API.unnamed), len(API.schemas), again, inline) == (138, 874, 14, 237)

    def test_every_class_is_used_by_an_operation_or_a_stream(self) -> None:
        types: list[str | None] = [stream.frame for stream in API.streams]
        types += [parameter.type for stream in API.streams for parameter in stream.parameters]
        for operation in API.operations:
            types += [parameter.type for parameter in (*operation.path_parameters, *operation.query)]
            types += [response.type for response in operation.responses]
            types += [operation.body.type] if operation.body else []
        assert sorted(API.schemas.keys() - reached(types)) == []

    @pytest.mark.parametrize(("call", "key", "item"), ENVELOPES)
    @few(3)
    @given(data=st.data())
    def test_envelopes_are_read_item_by_item(self, call: str, key: str, item: str, data: st.DataObject) -> None:
        items = data.draw(st.lists(ANY.of_type(item), max_size=2))
        found = CODEC.decode_items({key: items}, key, hostile.type_of(item), operation=call)
        assert as_json(encode_body(found)) == as_json(items)

    @pytest.mark.parametrize(("call", "key", "item"), ENVELOPES)
    @few(1)
    @given(data=st.data())
    def test_envelopes_that_are_not_as_declared_are_never_read_as_empty(
        self, call: str, key: str, item: str, data: st.DataObject
    ) -> None:
        items = data.draw(st.lists(FULL.of_type(item), min_size=1, max_size=2))
        for body in (items, {"moved": items}, {"moved": items, "total": 2}):
            found = Codec().decode_items(body, key, hostile.type_of(item), operation=call)
            assert as_json(encode_body(found)) == as_json(items)
        for body in ({"data": {key: items}}, {"moved": items, "others": items}, {key: {"moved": items}}):
            with pytest.raises(DecodeError):
                Codec().decode_items(body, key, hostile.type_of(item), operation=call)
