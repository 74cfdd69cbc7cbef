"""Does every model survive the way in and out? Nothing is lost, nothing is added."""

from __future__ import annotations

import copy
import json
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qovery_async.codec.writer import encode_body, to_dict, to_json
from tests.support.fast_road import ANY, BARE, CODEC, FULL, copies, decode
from tests.support.payloads import MODELS, MOMENTS, UNIONS, Payload, as_json, enum_fields, few, unknown_values

OBJECTS = [*MODELS, *UNIONS]


def survives(payload: object, name: str) -> None:
    assert as_json(encode_body(decode(payload, name))) == as_json(payload)


class TestLossless:
    """A payload that fits its schema is read without a warning and written as it came."""

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
