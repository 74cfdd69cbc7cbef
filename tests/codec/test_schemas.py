"""Every schema of the API survives the way in and out: nothing is lost, nothing is added."""

from __future__ import annotations

import copy
import json
import pickle
from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Annotated, Any, get_origin

import pytest
from hypothesis import given
from hypothesis import strategies as st

import qovery_sync.models
from codegen.facts import Model, Union, references
from qovery_async import Model as ModelBase
from qovery_async import OpenEnum, UnknownVariant, models
from qovery_async.codec.reader import Codec
from qovery_async.codec.repair import Repair
from qovery_async.codec.writer import encode_body, to_dict, to_json
from tests.support.payloads import (
    API,
    ENUMS,
    MODELS,
    MOMENTS,
    UNIONS,
    Payload,
    Payloads,
    as_json,
    branches,
    enum_fields,
    few,
    strangers,
    takes_all,
    unknown_values,
)

DECLARED = 724

# Lists that the packages keep out of the type checkers' sight.
ALL: list[str] = vars(models)["__all__"]
SYNC_ALL: list[str] = vars(qovery_sync.models)["__all__"]

OBJECTS = [*MODELS, *UNIONS]

FULL = Payloads(optional="all", nulls="none", surprises=False)
BARE = Payloads(optional="none", nulls="declared", surprises=False)
ANY = Payloads(optional="some", nulls="accepted", surprises=True)
FITTING = Payloads(optional="some", nulls="accepted", surprises=False)


def type_of(name: str) -> Any:
    return getattr(models, name)


class FastRoadOnly(Codec):
    """The codec without the slow road on which it repairs what does not fit: here everything does."""

    def _report(self, repair: Repair, *_: object) -> None:
        pytest.fail(f"takes the slow road: {list(repair.problems.values())}")


CODEC = FastRoadOnly(strict=True)


def decode(payload: object, name: str) -> Any:
    return CODEC.decode(payload, type_of(name), operation="test")


def survives(payload: object, name: str) -> None:
    assert as_json(encode_body(decode(payload, name))) == as_json(payload)


def copies(value: object) -> list[Any]:
    """What comes back from a pickle, a deep copy and a plain copy."""
    return [pickle.loads(pickle.dumps(value)), copy.deepcopy(value), copy.copy(value)]


def classes(branch: str) -> set[type]:
    """What a branch of a union can be read as: its class, or those of the union it is itself."""
    schema = API.schemas.get(branch)
    if schema is None:
        return {{"str": str, "bool": bool}[branch]}
    if isinstance(schema, Union):
        return set().union(*(classes(inner) for inner in branches(schema)))
    return {type_of(branch)}


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
    if isinstance(schema, Model):
        return [field.type for field in schema.fields]
    return schema.branches if isinstance(schema, Union) else []


class TestLossless:
    """A payload that fits its schema is read without a complaint and written as it came."""

    @pytest.mark.parametrize("name", OBJECTS)
    @few(2)
    @given(data=st.data())
    def test_with_every_optional_key(self, name: str, data: st.DataObject) -> None:
        survives(data.draw(FULL.of(name)), name)

    @pytest.mark.parametrize("name", OBJECTS)
    @few(2)
    @given(data=st.data())
    def test_with_no_optional_key_or_only_nulls(self, name: str, data: st.DataObject) -> None:
        payload = data.draw(BARE.of(name))
        survives(payload, name)
        if name in MODELS:
            survives(payload | {field.wire: None for field in MODELS[name].fields if not field.required}, name)

    @pytest.mark.parametrize("name", OBJECTS)
    @few(5)
    @given(data=st.data())
    def test_with_nulls_unknown_keys_values_and_kinds(self, name: str, data: st.DataObject) -> None:
        survives(data.draw(ANY.of(name)), name)


class TestAttributes:
    """Each key is found under its Python name, as the Python value it stands for."""

    @pytest.mark.parametrize("name", MODELS)
    @few(1)
    @given(data=st.data())
    def test_hold_the_values_of_their_keys(self, name: str, data: st.DataObject) -> None:
        payload = {**data.draw(FULL.of(name)), "heard of": {"never": None}}
        model = decode(payload, name)
        for field in MODELS[name].fields:
            assert as_json(encode_body(getattr(model, field.name))) == as_json(payload[field.wire])
        assert model.extra == {"heard of": {"never": None}}
        assert json.loads(to_json(model).decode()) == payload

    @pytest.mark.parametrize("name", [name for name in MODELS if enum_fields(MODELS[name])])
    @few(3)
    @given(data=st.data())
    def test_hold_enum_values_nobody_knows_yet(self, name: str, data: st.DataObject) -> None:
        fields = enum_fields(MODELS[name])
        unknown = {field.wire: data.draw(unknown_values(enum)) for field, enum in fields}
        lists = {field.wire for field, _ in fields if field.type.startswith("list[")}
        news = {wire: [text] if wire in lists else text for wire, text in unknown.items()}
        model = decode(data.draw(BARE.of(name)) | news, name)
        for field, _ in fields:
            value = getattr(model, field.name)
            value = value[0] if field.wire in lists else value
            assert value == unknown[field.wire]
            assert value.is_known is False
        assert {wire: as_json(value) for wire, value in to_dict(model).items() if wire in news} == {
            wire: as_json(value) for wire, value in news.items()
        }

    @few(200)
    @given(text=MOMENTS, offset=st.integers(-14 * 60, 14 * 60))
    def test_that_are_moments_name_the_same_moment_in_any_zone(self, text: str, offset: int) -> None:
        moment = datetime.fromisoformat(text)
        if not datetime.min.year < moment.year < datetime.max.year:
            return  # a shift by hours leaves the calendar
        sign = "-" if offset < 0 else "+"
        elsewhere = (moment + timedelta(minutes=offset)).replace(tzinfo=None).isoformat()
        local = f"{elsewhere}{sign}{abs(offset) // 60:02}:{abs(offset) % 60:02}"
        read = CODEC.decode([text, local], list[datetime], operation="test")
        assert read == [moment, moment]


class TestEnums:
    @pytest.mark.parametrize("name", ENUMS)
    def test_know_their_values(self, name: str) -> None:
        enum: type[OpenEnum] = type_of(name)
        assert [member.value for member in enum] == ENUMS[name].values
        for text in ENUMS[name].values:
            value = decode(text, name)
            assert value is enum(text)
            assert value == text
            assert value.is_known is True
            assert encode_body(value) == text

    @pytest.mark.parametrize("name", ENUMS)
    @few(5)
    @given(data=st.data())
    def test_take_values_they_do_not_know(self, name: str, data: st.DataObject) -> None:
        enum: type[OpenEnum] = type_of(name)
        text = data.draw(unknown_values(ENUMS[name]))
        value = decode(text, name)
        assert isinstance(value, enum)
        assert value == text
        assert hash(value) == hash(text)
        assert str(value) == value.value == text
        assert value.is_known is False
        assert as_json(encode_body([value])) == as_json([text])
        assert copies(value) == [value] * 3
        assert all(copied.is_known is False and isinstance(copied, enum) for copied in copies(value))

    def test_stay_as_they_are_when_they_meet_the_unknown(self) -> None:
        for name, schema in ENUMS.items():
            enum: type[OpenEnum] = type_of(name)
            enum("made up by a server")
            assert [member.value for member in enum] == schema.values
            assert enum("made up by a server").is_known is False


BRANCHES = [(name, branch) for name in UNIONS for branch in branches(UNIONS[name])]


class TestUnions:
    @pytest.mark.parametrize(("name", "branch"), BRANCHES)
    @few(5)
    @given(data=st.data())
    def test_tell_their_branches_apart(self, name: str, branch: str, data: st.DataObject) -> None:
        payload = data.draw(FITTING.branch(UNIONS[name], branch))
        found = decode(payload, name)
        assert type(found) in classes(branch)
        assert as_json(encode_body(found)) == as_json(payload)

    @pytest.mark.parametrize("name", [name for name in UNIONS if not takes_all(UNIONS[name])])
    @few(5)
    @given(data=st.data())
    def test_keep_objects_of_kinds_they_do_not_know(self, name: str, data: st.DataObject) -> None:
        payload = data.draw(strangers(UNIONS[name]))
        found = decode(payload, name)
        assert isinstance(found, UnknownVariant)
        assert found.raw == payload
        assert as_json(encode_body(found)) == as_json(payload)
        for key in payload:
            if not key.startswith("__") and key != "raw":
                assert getattr(found, key) == payload[key]
        assert copies(found) == [found] * 3


class TestCopies:
    """Models can be cached, sent to other processes and copied."""

    @pytest.mark.parametrize("name", MODELS)
    @few(2)
    @given(data=st.data())
    def test_are_equal_and_write_the_same(self, name: str, data: st.DataObject) -> None:
        payload: Payload = data.draw(ANY.of(name))
        model = decode(payload, name)
        for copied in copies(model):
            assert type(copied) is type(model)
            assert copied == model
            assert repr(copied) == repr(model)
            assert as_json(to_dict(copied)) == as_json(payload)

    @few(50)
    @given(data=st.data())
    def test_share_nothing(self, data: st.DataObject) -> None:
        name = data.draw(st.sampled_from([*MODELS]))
        payload = data.draw(ANY.of(name))
        model = decode(payload, name)
        copy.deepcopy(model).extra["new"] = 1
        assert as_json(to_dict(model)) == as_json(payload)


class TestNames:
    def test_can_all_be_imported(self) -> None:
        # The package is lazy, so that a broken module shows only when it is touched.
        found = {name: getattr(models, name) for name in ALL}
        assert sorted(found) == sorted(API.schemas)
        assert len(found) == len(set(ALL)) == 815

    def test_stand_for_what_they_are(self) -> None:
        for name in UNIONS:
            assert get_origin(type_of(name)) is Annotated
        for base, names in ((ModelBase, MODELS), (OpenEnum, ENUMS)):
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


ENVELOPES = [(o.call, a.items, a.type) for o in API.operations for a in o.answers if a.items]


class TestAccounting:
    """No declared schema is lost: each has a class, or it is said what became of it."""

    def test_every_declared_schema_is_accounted_for(self, capsys: pytest.CaptureFixture[str]) -> None:
        fates = Counter(API.unnamed.values())
        inline = len(API.schemas) + len(API.unnamed) - DECLARED
        with capsys.disabled():
            counts = ", ".join(f"{count} {fate}" for fate, count in sorted(fates.items()))
            print(f"\n{DECLARED} declared schemas: {DECLARED - len(API.unnamed)} classes, {counts}; {inline} inline")
        assert set(fates) <= {"list", "map", "envelope", "part", "unused"}
        assert not API.unnamed.keys() & API.schemas.keys()
        # Which of the classes are declared is only known to the description: see tests/conformance.
        assert (len(API.unnamed), len(API.schemas), inline) == (138, 815, 229)

    def test_every_class_is_used_by_an_operation(self) -> None:
        types: list[str | None] = []
        for operation in API.operations:
            types += [parameter.type for parameter in (*operation.path_parameters, *operation.query)]
            types += [answer.type for answer in operation.answers]
            types += [operation.body.type] if operation.body else []
        assert sorted(API.schemas.keys() - reached(types)) == []

    @pytest.mark.parametrize(("call", "key", "item"), ENVELOPES)
    @few(3)
    @given(data=st.data())
    def test_envelopes_are_read_item_by_item(self, call: str, key: str, item: str, data: st.DataObject) -> None:
        items = data.draw(st.lists(ANY.of_type(item), max_size=2))
        type_: Any = {"str": str}.get(item) or type_of(item)
        found = CODEC.decode_items({key: items}, key, type_, operation=call)
        assert as_json(encode_body(found)) == as_json(items)
