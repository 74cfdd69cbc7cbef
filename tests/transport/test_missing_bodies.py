"""What does a success without a body mean, where the operation returns something?

A call that changes something has done so, which no error may hide. A call that reads has got nothing.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any, get_type_hints

import pytest

from qovery_async import NO_RETRIES, AsyncQovery, DecodeError, RetryEvent, RetryPolicy
from qovery_async.resources.databases import Databases
from tests.support.server import LIST, PROJECT, TOKEN, Answer, Ask, organizations, serve

pytestmark = pytest.mark.anyio

Call = Callable[[Any], Any]

QUICK = RetryPolicy(base=0.001)
EMPTY = [Answer(status=200), Answer(status=201), Answer(status=202), Answer(status=204), Answer(body=b" \n")]
GIT = {"url": "https://git.example/shop"}

WRITES: dict[str, Call] = {
    "projects.create": lambda client: client.projects.create({"name": "shop"}, organization_id="o1"),
    "projects.update": lambda client: client.projects.update("p1", {"name": "shop"}),
    "blueprints.update": lambda client: client.blueprints.update("b1", {}),
    "applications.deploy": lambda client: client.applications.deploy("a1", {"git_commit_id": "abc"}),
    "environments.uninstall": lambda client: client.environments.uninstall("e1"),
}
READS: dict[str, Call] = {
    "projects.get": lambda client: client.projects.get("p1"),
    "projects.list": lambda client: client.projects.list(organization_id="o1"),
    "events.list": lambda client: client.events.list(organization_id="o1"),
    "environments.list_deployment_logs": lambda client: client.environments.list_deployment_logs("e1"),
    "git.list_directories": lambda client: client.git.list_directories(GIT, organization_id="o1"),
}
FILES: dict[str, Call] = {
    "clusters.kubeconfig.get": lambda client: client.clusters.kubeconfig.get("c1", organization_id="o1"),
    "environments.export_terraform": lambda client: client.environments.export_terraform("e1"),
}


class TestACallThatChangesSomething:
    @pytest.mark.parametrize(
        "answer", [*EMPTY, Answer(None)], ids=lambda answer: answer.response().text or answer.status
    )
    @pytest.mark.parametrize("name", WRITES)
    async def test_returns_none_and_warns(
        self, ask: Ask, caplog: pytest.LogCaptureFixture, name: str, answer: Answer
    ) -> None:
        async with serve(answer) as server:
            assert await ask(server.url, WRITES[name], retries=QUICK) is None
            assert len(server.requests) == 1
        (record,) = caplog.records
        assert (record.name, record.levelno) == ("qovery", logging.WARNING)
        assert record.getMessage() == f"{name}: the body: is missing or null (status {answer.status}); read as None"

    async def test_warns_once(self, caplog: pytest.LogCaptureFixture) -> None:
        async with serve(Answer(status=204)) as server, AsyncQovery(TOKEN, base_url=server.url) as client:
            for _ in range(3):
                await WRITES["projects.update"](client)
        assert len(caplog.records) == 1

    async def test_that_returns_a_list_returns_an_empty_one(self, ask: Ask, caplog: pytest.LogCaptureFixture) -> None:
        async with serve(Answer(status=204)) as server:
            assert await ask(server.url, lambda client: client.deployment_stages.move_after("s1", "s2")) == []
        (message,) = caplog.messages
        assert (
            message == "deployment_stages.move_after: the body: is missing or null (status 204); read as an empty list"
        )

    @pytest.mark.parametrize("name", WRITES)
    async def test_raises_if_the_client_is_strict(self, ask: Ask, name: str) -> None:
        async with serve(Answer(status=204)) as server:
            with pytest.raises(
                DecodeError, match=rf"^{name}: \w+ http\S+: the body: is missing or null \(status 204\)$"
            ):
                await ask(server.url, WRITES[name], strict=True)

    @pytest.mark.parametrize("strict", [True, False])
    async def test_returns_none_silently_where_that_is_declared(
        self, ask: Ask, caplog: pytest.LogCaptureFixture, *, strict: bool
    ) -> None:
        assert type(None) in get_type_hints(Databases.uninstall)["return"].__args__
        async with serve(Answer(status=204)) as server:
            assert await ask(server.url, lambda client: client.databases.uninstall("d1"), strict=strict) is None
            assert await ask(server.url, lambda client: client.projects.delete("p1"), strict=strict) is None
        assert caplog.records == []


class TestACallThatReads:
    @pytest.mark.parametrize("name", READS | FILES)
    async def test_is_retried_after_an_empty_200(self, ask: Ask, name: str) -> None:
        answers = {"projects.get": PROJECT, "events.list": {"events": []}, "environments.list_deployment_logs": []}
        events: list[RetryEvent] = []
        async with serve(Answer(), Answer(body=b"\n"), Answer(answers.get(name, {"results": []}))) as server:
            await ask(server.url, (READS | FILES)[name], retries=QUICK, on_retry=events.append)
            assert len(server.requests) == 3
        assert [event.reason for event in events] == ["status 200 without a body"] * 2

    @pytest.mark.parametrize("name", READS | FILES)
    async def test_raises_if_it_stays_empty(self, ask: Ask, name: str) -> None:
        async with serve(Answer()) as server:
            with pytest.raises(DecodeError, match=rf"^{name}: \w+ http\S+ returned 200 without the body") as failed:
                await ask(server.url, (READS | FILES)[name], retries=QUICK)
            assert failed.value.attempts == len(server.requests) == 3
        assert failed.value.__notes__ == ["Tried 3 times, not again: RetryPolicy allows 3 attempts."]

    @pytest.mark.parametrize("name", READS)
    async def test_raises_at_once_after_a_204(self, ask: Ask, name: str) -> None:
        async with serve(Answer(status=204)) as server:
            with pytest.raises(DecodeError, match=rf"^{name}: \w+ http\S+ returned 204 without the body"):
                await ask(server.url, READS[name], retries=QUICK)
            assert len(server.requests) == 1

    async def test_is_retried_where_it_looks_for_the_organization(self, ask: Ask) -> None:
        async with serve(Answer(), organizations("o1"), LIST) as server:
            assert await ask(server.url, lambda client: client.projects.list(), retries=QUICK) == []
            assert server.paths == ["/organization", "/organization", "/organization/o1/project"]

    async def test_may_be_empty_where_nothing_is_declared(self, ask: Ask) -> None:
        async with serve(Answer()) as server:
            assert (await ask(server.url, lambda client: client.request("GET", "/x"), retries=QUICK)).data is None
            assert len(server.requests) == 1

    async def test_says_that_retries_are_off(self, ask: Ask) -> None:
        async with serve(Answer()) as server:
            with pytest.raises(DecodeError) as failed:
                await ask(server.url, READS["projects.get"], retries=NO_RETRIES)
        assert failed.value.__notes__ == ["Not retried: retries are off."]
