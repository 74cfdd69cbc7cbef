"""Which request does a response become? Called directly, with small models: test_kinds.py has it over sockets."""

import logging
from collections.abc import Callable
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Annotated, Any, TypeAlias

import pytest

from qovery_async import ConfigurationError, OpenEnum, UnknownVariant, from_dict
from qovery_async.runtime.patching import convert
from qovery_async.runtime.patching.convert import branch, converted, present
from qovery_async.runtime.patching.rules import Conversion
from qovery_async.vocabulary import UNSET, ByKey, ByTag, Model, Unset, Wire
from qovery_async.vocabulary.definition import define


class Kind(OpenEnum):
    A = "A"


@define(kw_only=True)
class Registry(Model):
    id: str
    name: str | None = None


@define(kw_only=True)
class Response(Model):
    id: str
    name: str | None = None
    at: datetime | None = None
    kind: Kind | None = None
    mode: str | None = None
    registry: Registry | None = None
    registries: list[Registry] | None = None
    by_name: dict[str, Registry] | None = None
    re_named: Annotated[int | None, Wire("re.named")] = None


@define(kw_only=True)
class RegistryRequest(Model):
    name: str | Unset = UNSET


@define(kw_only=True)
class Request(Model):
    name: str
    at: datetime | Unset | None = UNSET
    kind: Kind | Unset | None = UNSET
    mode: str | Unset | None = UNSET
    registry: RegistryRequest | Unset | None = UNSET
    registries: list[RegistryRequest] | Unset | None = UNSET
    by_name: dict[str, RegistryRequest] | Unset | None = UNSET
    registry_id: str | Unset | None = UNSET
    re_named: Annotated[int | Unset, Wire("re.named")] = UNSET


@define(kw_only=True)
class Other(Model):
    role: str
    name: str | None = None


@define(kw_only=True)
class OtherRequest(Model):
    key: str
    kind: str | Unset = UNSET


@define(kw_only=True)
class TaggedRequest(Model):
    type: Kind = Kind.A
    role: str | Unset = UNSET
    note: str | None = None


Tagged: TypeAlias = Annotated[Request | OtherRequest | UnknownVariant, ByTag("kind", {"A": Request, "B": OtherRequest})]
Keyed: TypeAlias = Annotated[Request | OtherRequest | UnknownVariant, ByKey({"name": Request, "key": OtherRequest})]


@pytest.fixture(autouse=True)
def rule(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """The rules of these models, of which a test may set one; no warning has been given."""
    monkeypatch.setattr(convert, "_told", set[tuple[str, str]]())
    for request, response in (("Request", "Response"), ("RegistryRequest", "Registry")):
        monkeypatch.setitem(convert.SOURCES, request, [response])

    def set_(**values: Any) -> None:
        monkeypatch.setitem(convert.CONVERSIONS, ("Response", "Request"), Conversion(**values))

    return set_


def response(**values: Any) -> Response:
    return from_dict(Response, {"id": "r", "name": "n", **values})


def request(**values: Any) -> Any:
    return converted(response(**values), Request)


class TestKeys:
    def test_are_those_that_both_have(self) -> None:
        values = {"at": "2026-01-02T00:00:00Z", "kind": "B", "re.named": 5}
        assert request(**values) == {"name": "n", **values}

    def test_that_were_absent_stay_so_and_null_stays_null(self) -> None:
        assert request() == {"name": "n"}
        assert request(at=None, mode=None) == {"name": "n", "at": None, "mode": None}

    def test_that_take_no_null_are_left_out(self, monkeypatch: pytest.MonkeyPatch) -> None:
        assert request(**{"re.named": None}) == {"name": "n"}
        assert request(name=None) == {}
        monkeypatch.setitem(convert.NOT_NULL, "Request", ["mode"])
        assert request(at=None, mode=None) == {"name": "n", "at": None}

    def test_that_are_new_are_sent_back(self) -> None:
        assert request(new={"a": 1}, at=None) == {"name": "n", "at": None, "new": {"a": 1}}

    def test_hold_what_their_types_become(self) -> None:
        registry = {"id": "x", "name": "y", "new": 1}
        found = request(registry=registry, registries=[registry], by_name={"a": registry})
        sent = {"name": "y", "new": 1}
        assert found == {"name": "n", "registry": sent, "registries": [sent], "by_name": {"a": sent}}


class TestARule:
    def test_finds_a_value_in_another_place(self, rule: Callable[..., None]) -> None:
        rule(moved={"registry_id": "registry.id"})
        registry = {"id": "x", "name": "y"}
        assert request(registry=registry) == {"name": "n", "registry": {"name": "y"}, "registry_id": "x"}
        assert request(registry=None) == {"name": "n", "registry": None}

    def test_comes_after_what_the_response_says_as_the_request_does(self, rule: Callable[..., None]) -> None:
        rule(moved={"mode": "registry.name"})
        registry = {"id": "x", "name": "y"}
        assert request(registry=registry, mode="m")["mode"] == "m"
        assert request(registry=registry, mode=None)["mode"] == request(registry=registry)["mode"] == "y"

    def test_finds_a_value_inside_of_its_own_key(self, rule: Callable[..., None]) -> None:
        rule(moved={"mode": "mode.name"})
        made: Any = response()
        made.mode = {"name": "x"}  # as in a response that was repaired
        assert converted(made, Request) == {"name": "n", "mode": "x"}
        made.mode = UnknownVariant({"name": "y"})
        assert converted(made, Request) == {"name": "n", "mode": "y"}
        rule(moved={"mode": "mode.a.name"})
        made.mode = {"a": {"name": "z"}}
        assert converted(made, Request) == {"name": "n", "mode": "z"}

    def test_keeps_what_stands_where_an_object_should(self, rule: Callable[..., None]) -> None:
        made: Any = response()
        for place in ("id.x", "id.x.y"):
            rule(moved={"registry_id": place})
            for value, sent in (("r", "r"), ([Kind.A], ["A"])):
                made.id = value
                assert converted(made, Request) == {"name": "n", "id": sent}
            for value in (None, {"z": 1}, Registry(id="x"), UnknownVariant({"z": 1})):
                made.id = value
                assert converted(made, Request) == {"name": "n"}
        rule(moved={"mode": "id"})
        made.id = "r"
        assert converted(made, Request) == {"name": "n", "mode": "r"}

    def test_gives_a_default_to_what_is_missing_or_null(self, rule: Callable[..., None]) -> None:
        rule(defaults={"mode": "", "re.named": 1})
        assert request() == {"name": "n", "mode": "", "re.named": 1}
        assert request(mode=None) == {"name": "n", "mode": "", "re.named": 1}
        assert request(mode="x", **{"re.named": 2}) == {"name": "n", "mode": "x", "re.named": 2}

    def test_leaves_out_what_only_a_response_can_have(self, rule: Callable[..., None]) -> None:
        rule(unsendable={"mode": "PREVIEW"})
        assert request(mode="PREVIEW", at=None) == {"name": "n", "at": None}
        assert request(mode="x") == {"name": "n", "mode": "x"}

    def test_is_not_needed_for_a_tag_that_has_one_value(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(convert.SOURCES, "TaggedRequest", ["Other"])
        assert converted(Other(role="r"), TaggedRequest) == {"type": "A", "role": "r"}


class TestWhatHasNoRule:
    def test_is_sent_in_its_own_form(self) -> None:
        found = converted(Other(role="r", extra={"new": 1}), Request)
        assert found == {"role": "r", "new": 1}
        assert converted(from_dict(Response, {"id": "r", "re.named": 5, "at": None}), None) == {
            "id": "r", "at": None, "re.named": 5,
        }  # fmt: skip

    def test_is_json(self) -> None:
        moment = datetime(2026, 1, 2, tzinfo=UTC)
        for type_ in (None, Any, str):
            assert converted(moment, type_) == "2026-01-02T00:00:00Z"
        for type_ in (None, Any):
            assert converted({"a": UNSET, "b": (Kind.A,), "c": Other(role="r")}, type_) == {
                "b": ["A"],
                "c": {"role": "r"},
            }
            with pytest.raises(ConfigurationError, match="the key 1 must be a string"):
                converted({1: 2}, type_)
        assert converted((Kind.A, 5), list[str]) == ["A", 5]
        assert converted((Kind.A, 5), None) == ["A", 5]

    def test_may_be_a_mapping_in_place_of_a_model(self) -> None:
        registry = Registry(id="x", name="y")
        given = MappingProxyType({"registry": registry, "registries": (registry,), "mode": UNSET, "new": registry})
        sent = {"name": "y"}
        assert converted(given, Request) == {"registry": sent, "registries": [sent], "new": {"id": "x", "name": "y"}}
        assert converted({"a": registry, "b": UNSET}, dict[str, RegistryRequest]) == {"a": sent}
        assert converted([{"name": UNSET}], list[RegistryRequest]) == [{}]
        assert converted({"kind": "A", "registry": registry}, Tagged) == {"kind": "A", "registry": sent}


class TestABranch:
    def test_is_the_model_itself_or_what_it_becomes(self) -> None:
        assert branch(Request(name="n"), Request | None) is Request
        assert branch(response(), Request | Unset | None) is Request
        assert branch(Other(role="r"), Request) is None
        assert branch(OtherRequest(key="k"), Tagged) is OtherRequest
        assert branch({"any": 1}, Request) is Request
        assert branch({"any": 1}, str) is branch(5, str) is None

    def test_is_that_of_a_tag_or_a_key(self) -> None:
        assert branch({"kind": "B"}, Tagged) is branch({"kind": "B"}, Tagged | None) is OtherRequest
        assert branch({"kind": Kind.A}, Tagged) is Request
        assert branch({"kind": "C"}, Tagged) is branch({}, Tagged) is branch("B", Tagged) is None
        assert branch({"name": None, "key": 1}, Keyed) is OtherRequest
        assert branch({"name": 1, "key": 1}, Keyed) is Request
        assert branch({}, Keyed) is None
        assert branch({}, Annotated[Request | OtherRequest, ByKey({"key": OtherRequest, "": Request})]) is Request
        assert branch(response(kind="B"), Tagged) is None

    def test_may_be_named_by_a_table(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(convert.SOURCES, "OtherRequest", ["Response"])
        monkeypatch.setitem(convert.BRANCHES, "Response", ["OtherRequest"])
        assert branch(response(), Tagged) is OtherRequest
        monkeypatch.setitem(convert.BRANCHES, "Response", ["Missing"])
        assert branch(response(), Tagged) is None

    def test_of_several_is_the_first_whose_needed_values_are_there(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(convert.SOURCES, "OtherRequest", ["Response"])
        monkeypatch.setitem(convert.BRANCHES, "Response", ["Request", "OtherRequest"])
        assert branch(response(), Tagged) is Request
        # A response never has `key`, so that its absence tells nothing.
        assert branch(from_dict(Response, {"id": "r", "name": None}), Tagged) is OtherRequest
        assert branch(from_dict(Response, {"id": "r"}), Tagged) is OtherRequest
        monkeypatch.setitem(convert.BRANCHES, "Response", ["Request"])
        assert branch(from_dict(Response, {"id": "r"}), Tagged) is Request


def test_present_is_what_a_model_sends_or_a_response_had() -> None:
    assert dict(present(response(at=None, new=1))) == {"id": "r", "name": "n", "at": None, "new": 1}
    assert dict(present(Request(name="n", mode=None))) == {"name": "n", "mode": None}


class TestANewKey:
    def warned(self, caplog: pytest.LogCaptureFixture) -> list[str]:
        assert {(record.name, record.levelno) for record in caplog.records} <= {("qovery", logging.WARNING)}
        return caplog.messages

    def test_is_told_once(self, caplog: pytest.LogCaptureFixture) -> None:
        told = "which this version does not know; it is sent back as it is"
        converted(response(registries=[{"id": "x", "newest": 1}]), None)
        assert self.warned(caplog) == [f"Registry has the key 'newest', {told}"]
        caplog.clear()
        for _ in range(2):
            request(new=1, registry={"id": "x", "newer": 2})
            converted(Other(role="r", extra={"new": 1}), None)
        assert self.warned(caplog) == [
            f"Registry has the key 'newer', {told}", f"Response has the key 'new', {told}", f"Other has the key 'new', {told}",
        ]  # fmt: skip

    def test_without_a_place_is_told(self, rule: Callable[..., None], caplog: pytest.LogCaptureFixture) -> None:
        rule(moved={"registry_id": "other.id"})
        made = response()
        made.extra["other"] = Registry(id="x", extra={"newer": 1})
        assert converted(made, Request)["registry_id"] == "x"
        lines = [line for line in self.warned(caplog) if line.startswith("Registry")]
        assert lines == [
            "Registry has the key 'newer', which this version does not know; the request has no place for it, so it is left out"
        ]

    def test_of_what_is_read_and_written_alike_is_not_told(
        self, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        monkeypatch.setitem(convert.REQUESTS, "Other", "Other")
        assert converted(Other(role="r", extra={"new": 1}), Other) == {"role": "r", "new": 1}
        assert self.warned(caplog) == []

    def test_is_not_told_for_ever(self, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
        monkeypatch.setattr(convert, "_MOST", 2)
        request(a=1, b=2, c=3)
        assert len(self.warned(caplog)) == 2
