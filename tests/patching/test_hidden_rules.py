"""When must a patch be given a value that never comes back? Called directly: test_secrets.py has it over sockets."""

from typing import Any

import pytest

from qovery_async import ConfigurationError
from qovery_async.runtime.patching.hidden import check
from qovery_async.runtime.patching.rules import NeverBack
from qovery_async.runtime.patching.tables import HIDDEN
from qovery_async.vocabulary import Model
from qovery_async.vocabulary.definition import define


@define(kw_only=True)
class Request(Model):
    """What is sent."""

    name: str
    note: str | None = None


@pytest.fixture
def refused(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Whether a body is refused for lack of a value that a row describes, and with which message."""

    def ask(row: NeverBack | None, body: dict[str, Any], given: Any = None, response: Any = None) -> str:
        monkeypatch.setitem(HIDDEN, "Request", [row] if row else [])
        try:
            check("things.patch", {"name": "n", **body}, given or {}, response or {}, Request)
        except ConfigurationError as error:
            return str(error)
        return ""

    return ask


def message(path: str, give: str, *, erases: str = "may erase it") -> str:
    return f"things.patch: {path} never comes back, and leaving it out {erases}; give it: {give}"


def test_a_value_that_is_always_there(refused: Any) -> None:
    row = NeverBack("token")
    assert refused(row, {}) == message("token", "`token=...`")
    assert refused(row, {"token": None}) == message("token", "`token=...`")
    assert refused(row, {"token": "x"}) == ""
    assert refused(row, {"token": ""}) == ""


def test_a_value_that_qovery_is_known_to_erase(refused: Any) -> None:
    assert refused(NeverBack("token", is_known=True), {}) == message("token", "`token=...`", erases="erases it")


def test_a_value_that_is_erased_on_purpose(refused: Any) -> None:
    row = NeverBack("config.token")
    assert refused(row, {"config": {"token": None}}, {"config": {"token": None}}) == ""
    assert refused(row, {"config": {"token": None}}, {"config": {}}) != ""
    assert refused(row, {"config": {"token": None}}, {"config": None}) != ""


def test_a_value_inside_of_others(refused: Any) -> None:
    row = NeverBack("a.b.c", held="a.b.user")
    assert refused(row, {"a": {"b": {"user": "u"}}}) == message("a.b.c", '`a={"b": {"c": ...}}`')
    assert refused(row, {"a": {"b": {"user": "u", "c": "x"}}}) == ""
    for body in ({}, {"a": None}, {"a": {"b": {}}}, {"a": {"b": {"user": ""}}}, {"a": {"b": ["user"]}}):
        assert refused(row, body) == ""


def test_a_value_that_another_one_tells_of(refused: Any) -> None:
    row = NeverBack("headers", held="header_names")
    assert refused(row, {}, response={"header_names": ["a"]}) != ""
    assert refused(row, {}, response={"header_names": []}) == ""
    # What is sent says it before the response does.
    assert refused(row, {"header_names": None}, response={"header_names": ["a"]}) == ""
    assert refused(row, {"header_names": ["a"]}, response={"header_names": []}) != ""


def test_a_value_of_one_kind_of_object(refused: Any) -> None:
    row = NeverBack("key", held="kind=GCP", unless="config.type")
    assert refused(row, {"kind": "GCP"}) != ""
    assert refused(row, {}, response={"kind": "GCP"}) != ""
    assert refused(row, {"kind": "AWS"}) == refused(row, {}) == ""
    assert refused(row, {"kind": "GCP", "config": {"type": "role"}}) == ""
    assert refused(row, {"kind": "GCP"}, response={"config": {"type": "role"}}) == ""
    assert refused(NeverBack("key", held="on=True"), {"on": True}) != ""


def test_a_value_of_each_item_of_a_list(refused: Any) -> None:
    row = NeverBack("source.vars[].value", held="secret")
    told = message("source.vars[].value", '`source={"vars": [...]}`')
    secret, plain = {"key": "a", "secret": True}, {"key": "b", "secret": False}
    for items in ([secret], [plain, secret], [{**secret, "value": "x"}, {**secret, "value": None}], ["odd", secret]):
        assert refused(row, {"source": {"vars": items}}) == told
    for fine in ([], [plain], [{**secret, "value": "x"}], ["odd"], None, "odd", {"a": secret}):
        assert refused(row, {"source": {"vars": fine}}) == ""
    # Each item speaks for itself.
    assert refused(row, {"secret": True, "source": {"vars": [{"key": "c"}]}}, response={"secret": True}) == ""
    top = NeverBack("vars[].value")
    assert refused(top, {"vars": [{}]}) == message("vars[].value", "`vars=[...]`")


def test_a_key_that_the_request_needs() -> None:
    check("things.patch", {"name": None}, {}, {}, Request)
    with pytest.raises(ConfigurationError) as caught:
        check("things.patch", {"note": "x"}, {}, {}, Request)
    assert str(caught.value) == (
        "things.patch: the request needs name, which the response does not have; give it: `name=...`"
    )
