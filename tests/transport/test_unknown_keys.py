"""Is a key that the model of a body does not know sent as given, and warned about once in a process?"""

from __future__ import annotations

import json
import logging
import subprocess
import sys
from uuid import uuid4

import pytest

from qovery_async import UNSET, models
from tests.support import ROOT
from tests.support.server import PROJECT, Answer, Ask, serve

pytestmark = pytest.mark.anyio


@pytest.fixture
def key() -> str:
    """A misspelt `description` that no test has sent before."""
    return f"descripton{uuid4().hex[:4]}"


async def test_it_is_sent_and_the_nearest_key_is_named_once(
    ask: Ask, key: str, caplog: pytest.LogCaptureFixture
) -> None:
    body = {"name": "shop", key: "hush"}
    async with serve(Answer(PROJECT)) as server:
        for _ in range(2):
            await ask(server.url, lambda client: client.projects.create(body, organization_id="o1"))
        await ask(server.url, lambda client: client.projects.update("p1", body))
        assert [json.loads(seen.body) for seen in server.requests] == [body] * 3
    message = f"projects.create: models.ProjectRequest has no key {key!r}, which is sent as given"
    nearest = "the nearest that it has is 'description'"
    assert caplog.record_tuples == [("qovery", logging.WARNING, f"{message}; {nearest}")]


async def test_another_model_is_warned_about_by_itself(ask: Ask, key: str, caplog: pytest.LogCaptureFixture) -> None:
    async with serve(Answer(PROJECT), Answer({"results": []})) as server:
        await ask(server.url, lambda client: client.projects.update("p1", {"name": "shop", key: 1}))
        await ask(server.url, lambda client: client.environments.create("p1", {"name": "shop", key: 1}))
    assert [message.partition(" has ")[0] for message in caplog.messages if "has no key" in message] == [
        "projects.update: models.ProjectRequest",
        "environments.create: models.CreateEnvironmentRequest",
    ]


async def test_a_key_that_is_like_no_other_is_warned_about_without_advice(
    ask: Ask, caplog: pytest.LogCaptureFixture
) -> None:
    strange = f"x-{uuid4().hex}"
    async with serve(Answer(PROJECT)) as server:
        await ask(server.url, lambda client: client.projects.update("p1", {"name": "shop", strange: 1}))
    assert caplog.messages == [f"projects.update: models.ProjectRequest has no key {strange!r}, which is sent as given"]


@pytest.mark.parametrize(
    "call",
    [
        lambda client, key: client.projects.update("p1", {"name": "shop", "description": None}),
        lambda client, key: client.projects.update("p1", {"name": "shop", key: UNSET}),
        lambda client, key: client.projects.update("p1", models.ProjectRequest(name="shop", extra={key: 1})),
        lambda client, key: client.applications.advanced_settings.update("p1", {"network.ingress.enable_cors": True}),
        lambda client, key: client.applications.uninstall("p1", {key: 1}),
        lambda client, key: client.request("PUT", "/project/p1", json={key: 1}),
    ],
    ids=["known", "left out", "a model", "dotted", "any object", "no operation"],
)
async def test_nothing_else_is_warned_about(ask: Ask, key: str, call: object, caplog: pytest.LogCaptureFixture) -> None:
    assert callable(call)
    async with serve(Answer(PROJECT)) as server:
        await ask(server.url, lambda client: call(client, key))
    assert [message for message in caplog.messages if "key" in message] == []


async def test_a_union_has_the_keys_of_all_its_branches(ask: Ask, key: str, caplog: pytest.LogCaptureFixture) -> None:
    body = {"type": "SLACK", "webhook_url": "x", "smarthost": "y", key: "z"}
    async with serve(Answer({"id": "a"})) as server:
        await ask(server.url, lambda client: client.alert_receivers.update("a1", body))
    (message,) = [message for message in caplog.messages if "has no key" in message]
    assert f"models.AlertReceiverEditRequest has no key {key!r}" in message


async def test_a_key_cannot_break_a_line_of_the_log(ask: Ask, caplog: pytest.LogCaptureFixture) -> None:
    broken = f"{uuid4().hex}\nERROR \x1b[31m{'x' * 1000}"
    async with serve(Answer(PROJECT)) as server:
        await ask(server.url, lambda client: client.projects.update("p1", {"name": "shop", broken: 1}))
    assert caplog.messages[0].isprintable()
    assert len(caplog.messages[0]) < 300


def test_a_process_remembers_a_thousand_keys_at_most() -> None:
    script = (
        "import logging, sys; from qovery_async.codec import unknown_keys;"
        "logging.basicConfig(stream=sys.stdout, format='%(message)s');"
        "body = {f'k{n}': n for n in range(1500)};"
        "unknown_keys.tell('projects.update', body); unknown_keys.tell('projects.update', body)"
    )
    assert len(printed(script)) == 1000


def test_neither_models_nor_the_search_for_the_nearest_are_imported_for_nothing() -> None:
    script = (
        "import sys; from qovery_async import models; from qovery_async.transport.request import Call, build;"
        "send = lambda body: build(Call('projects.update', 'PUT /', body=body), base_url='', accept='', headers={});"
        "send(models.ProjectRequest(name='shop')); print('qovery_async.codec.unknown_keys' in sys.modules);"
        "send({'name': 'shop'}); print('difflib' in sys.modules)"
    )
    assert printed(script) == ["False", "False"]


def printed(script: str) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", script],
        env={"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return done.stdout.splitlines()
