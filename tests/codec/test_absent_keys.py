"""What goes out of a response that lacked keys? What was absent stays absent, and null stays null."""

from __future__ import annotations

import inspect
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qovery_async import from_dict, models, to_dict
from qovery_async.codec.reader import Codec
from tests.support.fast_road import FULL, copies, decode, type_of
from tests.support.payloads import MODELS, as_json, few
from tests.support.server import PROJECT, Answer, Ask, serve

SHARED = {"extra", "absent"}
"""The attributes that all models have."""


def lacking(payload: dict[str, Any], *keys: str) -> dict[str, Any]:
    return {key: value for key, value in payload.items() if key not in keys}


def read(payload: Any, name: str) -> Any:
    """A model, repaired where it has to be."""
    return Codec().decode(payload, type_of(name), operation="test")


@pytest.mark.parametrize("name", MODELS)
@few(1)
@given(data=st.data())
def test_no_absent_key_of_any_model_goes_out(name: str, data: st.DataObject) -> None:
    payload = data.draw(FULL.of(name))
    for key in payload:
        stays_absent(lacking(payload, key), name)
    stays_absent({}, name)


def stays_absent(came: dict[str, Any], name: str) -> None:
    model = read(came, name)
    assert as_json(to_dict(model)) == as_json(came)
    for copied in (*copies(model), attrs.evolve(model)):
        assert copied == model
        assert as_json(to_dict(copied)) == as_json(came)


@pytest.mark.anyio
async def test_read_modify_write_sends_what_came(ask: Ask) -> None:
    came = {**lacking(PROJECT, "associated_environments_count", "organization"), "updated_at": None}
    async with serve(Answer(came)) as server:
        project = await ask(server.url, lambda client: client.projects.get("p1"))
        assert (project.associated_environments_count, project.organization, project.description) == (None, None, None)
        renamed = attrs.evolve(project, name="store")
        await ask(server.url, lambda client: client.projects.update("p1", renamed))
        assert server.requests[-1].json == {**came, "name": "store"}


class TestWhatIsSetToNone:
    """An attribute that is set to None is sent as null if it had a value."""

    def project(self) -> models.Project:
        return decode({**PROJECT, "description": "a shop", "updated_at": None}, "Project")  # type: ignore[no-any-return]

    def test_goes_out_as_null_if_it_had_a_value(self) -> None:
        changed = self.project()
        changed.description = None
        assert attrs.evolve(self.project(), description=None) == changed
        for project in (changed, attrs.evolve(self.project(), description=None)):
            assert to_dict(project) == {**PROJECT, "description": None, "updated_at": None}

    def test_stays_absent_if_it_was_absent(self) -> None:
        project = decode(PROJECT, "Project")
        assert project.absent == ("updated_at", "description")
        assert to_dict(attrs.evolve(project, description=None)) == PROJECT
        assert to_dict(project) | {"description": None} == {**PROJECT, "description": None}

    def test_goes_out_once_it_has_a_value(self) -> None:
        project = read(lacking(PROJECT, "name"), "Project")
        assert to_dict(attrs.evolve(project, name="shop", description="new")) == {**PROJECT, "description": "new"}
        project.name = "shop"
        assert to_dict(project) == PROJECT

    def test_goes_out_as_null_in_requests(self) -> None:
        assert to_dict(models.ProjectRequest(name="shop", description=None)) == {"name": "shop", "description": None}
        assert to_dict(attrs.evolve(models.ProjectRequest(name="shop"), description=None))["description"] is None


def test_a_model_made_by_hand_sends_what_it_was_given() -> None:
    stage: Any = {"name": "a", "id": "s1", "created_at": PROJECT["created_at"], "organization": None}
    made = models.Project(**{**stage, "associated_environments_count": 1})
    assert lacking(to_dict(made), "created_at") == {
        "name": "a", "id": "s1", "organization": None, "associated_environments_count": 1
    }  # fmt: skip
    assert to_dict(attrs.evolve(made, description="x"))["description"] == "x"


@pytest.mark.parametrize("name", MODELS)
def test_signatures_begin_with_the_models_own_attributes(name: str) -> None:
    own = [field.name for field in MODELS[name].fields]
    names = [*inspect.signature(type_of(name)).parameters]
    assert sorted(names[: len(own)]) == sorted(own)
    assert {*names[len(own) :]} == SHARED


def test_equality_does_not_ask_what_was_absent() -> None:
    assert decode(PROJECT, "Project") == decode({**PROJECT, "description": None}, "Project")
    assert from_dict(models.Project, PROJECT).absent == ("updated_at", "description")
