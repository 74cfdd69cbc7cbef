"""Does FastAPI take and return models, and describe them? Under uvicorn, with the emulator behind."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel, TypeAdapter, ValidationError

from qovery_async import Model, UnknownVariant, from_dict, models, to_dict
from qovery_async.emulator import Emulator
from qovery_sync import Qovery
from tests.support.programs import Start
from tests.support.served import Served, served
from tests.support.server import PROJECT, in_thread

OLDER = "alert_receivers"
SLACK = {
    "id": "r1", "created_at": "2026-01-02T03:04:05Z", "name": "ops", "description": "", "type": "SLACK",
    "send_resolved": True, "new": [1],
}  # fmt: skip


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    with in_thread(Emulator(world="demo")) as running:
        yield running


@pytest.fixture
def app(start: Start, emulator: Emulator) -> Iterator[Served]:
    with served(start, emulator, "uvicorn", "web_fastapi:app", "--port", "{port}") as running:
        yield running
    assert running.ended in (0, -signal.SIGTERM)  # uvicorn ends by the signal itself


def test_models_come_out_as_the_api_has_them(app: Served, emulator: Emulator) -> None:
    with Qovery(emulator.token, base_url=emulator.url) as client:
        projects = client.projects.list()
        environments = client.environments.list(projects[0].id)
    assert app.get("/projects") == (200, to_dict(projects))
    assert app.get(f"/projects/{projects[0].id}/environments") == (200, to_dict(environments))
    assert len(environments) > 0


def test_a_model_as_body_is_checked_before_it_is_sent(app: Served) -> None:
    status, made = app.post("/projects", {"name": "by fastapi", "description": "x"})
    assert (status, made.get("name"), made.get("description")) == (201, "by fastapi", "x"), (made, app.program.says())
    status, refused = app.post("/projects", {"description": "without a name"})
    assert status == 422
    assert "ProjectRequest: name: is missing" in refused["detail"][0]["msg"]


def test_errors_become_responses(app: Served, emulator: Emulator) -> None:
    status, said = app.get("/projects/00000000-0000-4000-8000-000000000000/environments")
    assert status in (404, 502)
    assert said["detail"]
    assert emulator.token not in app.program.says()


def test_the_documentation_has_every_attribute(app: Served) -> None:
    status, described = app.get("/openapi.json")
    assert status == 200
    schemas = described["components"]["schemas"]
    listed = described["paths"]["/projects"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    assert listed["items"] == {"$ref": "#/components/schemas/Project"}
    assert schemas["Project"]["properties"]["created_at"] == {
        "type": "string", "format": "date-time", "title": "Created At",
    }  # fmt: skip
    assert schemas["Project"]["properties"]["organization"] == {"$ref": "#/components/schemas/ReferenceObject"}
    assert {"id", "name"} <= {*schemas["Project"]["required"]}
    assert "description" in schemas["Environment"]["properties"] or "name" in schemas["Environment"]["properties"]


def test_a_model_of_pydantic_may_hold_ours() -> None:
    class Report(BaseModel):
        project: models.Project
        state: models.StateEnum = models.StateEnum("READY")
        receivers: list[models.AlertReceiverResponse] = []
        kind: Annotated[str, "of the user"] = "x"

    report = Report.model_validate({"project": PROJECT, "state": "NEWER", "receivers": [SLACK, {"type": "NEW"}]})
    assert report.project == from_dict(models.Project, PROJECT)
    assert (report.state, report.state.is_known) == ("NEWER", False)
    slack, unknown = report.receivers
    assert isinstance(slack, models.SlackAlertReceiverResponse)
    assert isinstance(unknown, UnknownVariant)
    again = Report.model_validate_json(report.model_dump_json())
    assert again == report
    assert json.loads(report.model_dump_json())["receivers"] == [SLACK, {"type": "NEW"}]
    assert report.model_dump()["project"] == PROJECT
    assert Report(project=report.project).project is report.project


@pytest.mark.parametrize("value", [3, "x", None, [], {"id": "p1"}, models.ReferenceObject(id="x")])
def test_what_does_not_fit_is_refused_with_its_path(value: object) -> None:
    with pytest.raises(ValidationError) as refused:
        TypeAdapter(models.Project).validate_python(value)
    (problem,) = refused.value.errors()
    assert problem["type"] == "value_error"
    assert ("created_at" if isinstance(value, dict) else "must be an object, got ") in problem["msg"]


def test_every_model_has_a_schema() -> None:
    """Those that hold themselves too, as input and as output."""
    modes: tuple[Literal["validation", "serialization"], ...] = ("validation", "serialization")
    found: dict[str, Any] = {}
    for name in models.__all__:
        adapter: TypeAdapter[Any] = TypeAdapter(getattr(models, name))
        for mode in modes:
            found[name] = adapter.json_schema(mode=mode)
    objects = [
        name for name in found if isinstance(getattr(models, name), type) and issubclass(getattr(models, name), Model)
    ]
    assert len(objects) > 600
    assert [name for name in objects if found[name].get("type") != "object" and "$ref" not in found[name]] == []


def test_pydantic_is_loaded_by_those_who_use_it_only() -> None:
    """Models are made, read and written without it."""
    code = (
        "import sys; from qovery_async import from_dict, models, to_dict\n"
        f"to_dict(from_dict(models.Project, {PROJECT!r}))\n"
        "assert not {'pydantic', 'pydantic_core', 'qovery_async.codec.pydantic_schema'} & {*sys.modules}"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
