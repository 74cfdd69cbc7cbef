"""What becomes of a response that does not fit its model? Nothing is lost, and a strict client says where."""

from __future__ import annotations

import copy
import gc
import json
import logging
import pickle
from typing import Any

import pytest

from qovery_async import AsyncQovery, DecodeError, models, to_dict
from tests.support.server import PROJECT, TOKEN, Answer, Ask, serve

pytestmark = pytest.mark.anyio


def get(client: Any) -> Any:
    return client.projects.get("p1")


PORT = {"id": "port1", "internal_port": 80, "publicly_accessible": True, "protocol": "HTTP"}
APPLICATION = {
    "id": "a1",
    "created_at": "2026-01-02T03:04:05Z",
    "environment": {"id": "e1"},
    "name": "web",
    "healthchecks": {},
    "icon_uri": "app://web",
    "service_type": "APPLICATION",
    "ports": [PORT],
}
MISFITS = {
    "results": [
        *[APPLICATION] * 3,
        {**APPLICATION, "ports": [{**PORT, "internal_port": "abc"}]},
        {**APPLICATION, "ports": [{**PORT, "internal_port": "8080"}, {**PORT, "internal_port": "x"}]},
        {**APPLICATION, "name": None},
        {key: value for key, value in APPLICATION.items() if key != "icon_uri"},
        {**APPLICATION, "ports": "none"},
        {**APPLICATION, "created_at": "yesterday"},
        "not an object",
    ]
}


def list_applications(client: Any) -> Any:
    return client.applications.list("e1")


async def test_a_tolerant_client_keeps_all_that_it_can(ask: Ask, caplog: pytest.LogCaptureFixture) -> None:
    async with serve(Answer(MISFITS)) as server:
        found = await ask(server.url, list_applications)
    assert [a.ports[0].internal_port for a in found[:5]] == [80, 80, 80, "abc", 8080]
    assert (found[5].name, found[6].icon_uri, found[7].ports) == (None, None, "none")
    assert (found[8].created_at, found[9]) == ("yesterday", "not an object")
    assert [a.id for a in found[:9]] == ["a1"] * 9
    assert {(record.name, record.levelno) for record in caplog.records} == {("qovery", logging.WARNING)}
    assert "applications.list" in caplog.text
    assert "results[3].ports[0].internal_port: expected int, got 'abc'" in caplog.text


async def test_each_place_is_warned_about_once(caplog: pytest.LogCaptureFixture) -> None:
    bad_port = {"results": [{**APPLICATION, "ports": [{**PORT, "internal_port": "abc"}]}]}
    answers = [Answer(MISFITS), Answer(MISFITS), Answer(bad_port)]
    async with serve(*answers) as server, AsyncQovery(TOKEN, base_url=server.url) as client:
        await list_applications(client)
        warned = len(caplog.records)
        assert caplog.text.count("internal_port") == 1
        await list_applications(client)
        await list_applications(client.with_options(timeout=5))
    assert len(caplog.records) == warned == 6


@pytest.mark.parametrize(
    ("application", "says"),
    [
        (
            {**APPLICATION, "ports": [{**PORT, "internal_port": "abc"}]},
            "ports[0].internal_port: expected int, got 'abc'",
        ),
        ({**APPLICATION, "ports": [PORT, PORT, {"id": "x"}]}, "ports[2].internal_port: is missing"),
        ({**APPLICATION, "name": None}, "name: expected str, got null"),
        ({**APPLICATION, "created_at": "yesterday"}, "created_at: expected a date-time, got 'yesterday'"),
        ({**APPLICATION, "environment": []}, "environment: expected an object"),
        ({**APPLICATION, "auto_preview": "true"}, "auto_preview: expected bool, got 'true'"),
    ],
)
async def test_a_strict_client_says_where_an_answer_does_not_fit(ask: Ask, application: Any, says: str) -> None:
    async with serve(Answer({"results": [APPLICATION] * 3 + [application]})) as server:
        with pytest.raises(DecodeError) as failed:
            await ask(server.url, list_applications, strict=True)
        assert f"results[3].{says}" in str(failed.value)
        assert f"applications.list: GET {server.url}/environment/e1/application" in str(failed.value)


async def test_a_strict_client_still_takes_what_is_new(ask: Ask) -> None:
    new = {**APPLICATION, "service_type": "QUANTUM", "tomorrow": {"a": [1]}}
    async with serve(Answer({"results": [new]})) as server:
        (application,) = await ask(server.url, list_applications, strict=True)
    assert application.service_type == "QUANTUM"
    assert not application.service_type.is_known


async def test_what_is_not_known_goes_back_out_as_it_came(ask: Ask) -> None:
    deep: Any = 1
    for _ in range(100):
        deep = {"deep": [deep]}
    came = {**PROJECT, "tomorrow": deep, "description": None, "organization": {"id": "o1", "plan": "MOON"}}
    async with serve(Answer(came)) as server:
        project = await ask(server.url, get)
        assert to_dict(project) == came
        await ask(server.url, lambda client: client.projects.update("p1", project))
        assert server.requests[-1].json == came


async def test_an_unknown_enum_value_goes_back_out_as_it_came(ask: Ask) -> None:
    async with serve(Answer({"results": [{**APPLICATION, "build_mode": "TELEPATHY"}]})) as server:
        (application,) = await ask(server.url, list_applications)
        assert application.build_mode == "TELEPATHY"
        assert isinstance(application.build_mode, models.BuildModeEnum)
        assert to_dict(application)["build_mode"] == "TELEPATHY"


@pytest.mark.parametrize("odd", ["odd", None, {"created_at": "2026-01-02T03:04:05Z"}])
async def test_an_odd_item_does_not_end_an_iteration(odd: Any) -> None:
    item = {"id": "h1", "created_at": "2026-01-02T03:04:05Z"}
    pages = [Answer({"results": [item, odd]}), Answer({"results": []})]
    async with serve(*pages) as server, AsyncQovery(TOKEN, base_url=server.url) as client:
        found = [item async for item in client.databases.iterate_deployment_history("d1")]
        assert (len(found), found[0].id) == (2, "h1")
        assert [seen.query for seen in server.requests] == ["", "startId=h1"]


async def test_json_of_any_depth_is_read_or_refused(ask: Ask) -> None:
    for depth in range(700, 1001, 20):
        nested = b"[" * depth + b"]" * depth
        async with serve(Answer(body=json.dumps(PROJECT)[:-1].encode() + b', "name": ' + nested + b"}")) as server:
            try:
                project = await ask(server.url, get)
            except DecodeError:
                continue
            assert project.id == "p1"


async def test_an_object_gets_its_dict_of_unknown_keys_when_it_is_first_read(ask: Ask) -> None:
    async with serve(Answer(PROJECT)) as server:
        project = await ask(server.url, get)
    assert not any(found == {} for found in gc.get_referents(project))  # most responses have no unknown key
    copied, sent = copy.copy(project), to_dict(project)
    assert (project, sent) == (copied, PROJECT)
    project.extra["new"] = 1
    assert project.extra == {"new": 1}
    assert to_dict(pickle.loads(pickle.dumps(project))) == {**PROJECT, "new": 1}
    assert project.extra is project.extra
