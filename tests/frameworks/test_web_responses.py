"""Do Flask and Django return models, under gunicorn with several threads?"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from decimal import Decimal

import attrs
import pytest

from qovery_async import Page, UnknownVariant, from_dict, models, to_dict
from qovery_async.emulator import Emulator
from qovery_sync import Qovery, json_default
from tests.support.programs import Start
from tests.support.served import Served, served
from tests.support.server import PROJECT, in_thread

GUNICORN = ("gunicorn", "--bind", "127.0.0.1:{port}", "--threads", "4", "--no-control-socket")
needs_fork = pytest.mark.skipif(sys.platform == "win32", reason="gunicorn needs fork()")


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    with in_thread(Emulator(world="demo")) as running:
        yield running


@pytest.fixture(params=["flask", "django"])
def app(request: pytest.FixtureRequest, start: Start, emulator: Emulator) -> Iterator[tuple[str, Served]]:
    name: str = request.param
    module = {"flask": "web_flask:app", "django": "web_django:application"}[name]
    with served(start, emulator, *GUNICORN, module) as running:
        yield name, running
    assert running.ended == 0
    assert "Traceback" not in running.program.says()


@needs_fork
def test_models_come_out_as_the_api_has_them(app: tuple[str, Served], emulator: Emulator) -> None:
    name, running = app
    with Qovery(emulator.token, base_url=emulator.url) as client:
        projects = client.projects.list()
        environments = client.environments.list(projects[0].id)
    expected = to_dict(projects)
    with ThreadPoolExecutor(4) as threads:
        answers = [*threads.map(lambda _: running.get("/projects"), range(8))]
    assert answers == [(200, expected if name == "flask" else {"projects": expected})] * 8
    assert running.get(f"/projects/{projects[0].id}/environments") == (200, {"environments": to_dict(environments)})


def test_json_default_is_for_any_encoder() -> None:
    project = from_dict(models.Project, PROJECT)
    page = Page([project])
    value = {"one": project, "state": models.StateEnum("NEW"), "page": page, "raw": UnknownVariant({"a": 1})}
    assert json.loads(json.dumps(value, default=json_default)) == {
        "one": PROJECT, "state": "NEW", "page": [PROJECT], "raw": {"a": 1},
    }  # fmt: skip
    with pytest.raises(TypeError, match="Decimal cannot be written as JSON: json_default writes models"):
        json.dumps(Decimal(1), default=json_default)
    assert json_default(Decimal(1), otherwise=str) == "1"


def test_the_encoders_of_the_frameworks_keep_what_they_could() -> None:
    from django.core.serializers.json import DjangoJSONEncoder
    from flask.json.provider import DefaultJSONProvider

    at = datetime(2026, 1, 2, tzinfo=UTC)
    assert json_default(at, otherwise=DjangoJSONEncoder().default) == "2026-01-02T00:00:00Z"
    assert json_default(at, otherwise=DefaultJSONProvider.default) == "Fri, 02 Jan 2026 00:00:00 GMT"
    assert attrs.asdict(from_dict(models.ReferenceObject, {"id": "x"}))["id"] == "x"
