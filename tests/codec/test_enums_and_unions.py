"""What do enums and unions make of what they know, and of what is new?"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codegen.facts import UnionSchema
from qovery_async import OpenEnum, UnknownVariant, models, to_dict
from qovery_async.codec.writer import encode_body
from tests.support.fast_road import FITTING, copies, decode, type_of
from tests.support.payloads import API, ENUMS, UNIONS, as_json, branches, few, strangers, takes_all, unknown_values


def classes(branch: str) -> set[type]:
    """What a branch of a union can be read as: its class, or those of the union it is itself."""
    schema = API.schemas.get(branch)
    if schema is None:
        return {{"str": str, "bool": bool}[branch]}
    if isinstance(schema, UnionSchema):
        return set().union(*(classes(inner) for inner in branches(schema)))
    return {type_of(branch)}


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

    def test_take_no_null_key_for_a_branch(self) -> None:
        repository = {
            "chart_name": "web",
            "chart_version": "1",
            "repository": {"id": "r1", "name": "charts", "url": "u"},
        }
        source = decode({"git": None, "repository": repository}, "HelmResponseSource")
        assert type(source) is models.HelmResponseSourceWithRepository
        assert source.extra == {"git": None}
        assert to_dict(source) == {"git": None, "repository": repository}

    @pytest.mark.parametrize(
        ("name", "payload"),
        [
            ("HelmResponseSource", {"git": None, "repository": None}),
            ("HelmRequestSource", {"git_repository": None}),
            ("DeploymentHistoryServiceDetails", {"image_name": "nginx", "tag": "1"}),
            ("HelmPortRequestPort", {"service_name": "web"}),
        ],
    )
    def test_take_no_branch_whose_required_keys_are_missing(self, name: str, payload: dict[str, object]) -> None:
        found = decode(payload, name)
        assert isinstance(found, UnknownVariant)
        assert to_dict(found) == payload
