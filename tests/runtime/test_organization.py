"""Which organization does a call ask for when none is given?"""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from aiohttp import web

from qovery_async import NO_RETRIES, AsyncQovery, ConfigurationError, ServerError
from tests.support.server import LIST, TOKEN, Answer, Ask, organizations, serve

pytestmark = pytest.mark.anyio


class TestDefaultOrganization:
    @pytest.mark.parametrize("source", ["argument", "copy", "client", "environment", "token"])
    async def test_comes_from_the_first_place_that_has_one(
        self, ask: Ask, source: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        places = ["argument", "copy", "client", "environment", "token"]
        has = places[places.index(source) :]
        options = {"organization_id": "client"} if "client" in has else {}
        if "environment" in has:
            monkeypatch.setenv("QOVERY_ORGANIZATION_ID", "environment")

        def call(client: Any) -> Any:
            if "copy" in has:
                client = client.with_options(organization_id="copy")
            return client.projects.list(organization_id="argument") if "argument" in has else client.projects.list()

        async with serve(*[organizations("token")] * (source == "token"), LIST) as server:
            assert await ask(server.url, call, **options) == []
            assert server.paths == ["/organization"] * (source == "token") + [f"/organization/{source}/project"]

    async def test_is_asked_for_once_by_calls_at_the_same_time(self) -> None:
        async def answer(request: web.BaseRequest) -> web.Response:
            await asyncio.sleep(0.05)
            return (organizations("o1") if request.path == "/organization" else LIST).response()

        async with serve(answer) as server, AsyncQovery(TOKEN, base_url=server.url) as client:
            other = client.with_options(timeout=5)
            await asyncio.gather(*[c.projects.list() for c in (client, other) for _ in range(25)])
            await client.environments.list("p1")
            await client.clusters.list()
            assert server.paths.count("/organization") == 1
            assert server.paths.count("/organization/o1/project") == 50

    async def test_must_be_named_where_there_are_several(self, ask: Ask) -> None:
        async with serve(organizations("o1", "o2")) as server:
            with pytest.raises(ConfigurationError, match=r"organization_id.*o1 \(name of o1\), o2 \(name of o2\)"):
                await ask(server.url, lambda client: client.projects.list())
            assert len(server.requests) == 1

    @pytest.mark.parametrize("answer", [LIST, Answer({}), Answer([]), Answer({"results": [{}, 5]})])
    async def test_must_exist(self, ask: Ask, answer: Answer) -> None:
        async with serve(answer) as server:
            with pytest.raises(ConfigurationError, match="no organization"):
                await ask(server.url, lambda client: client.projects.list())
            assert len(server.requests) == 1

    async def test_is_asked_for_again_after_a_failure(self) -> None:
        answers = [Answer(status=503), LIST, organizations("o1"), LIST]
        async with serve(*answers) as server, AsyncQovery(TOKEN, base_url=server.url, retries=NO_RETRIES) as client:
            with pytest.raises(ServerError, match="/organization returned 503"):
                await client.projects.list()
            with pytest.raises(ConfigurationError, match="no organization"):
                await client.projects.list()
            assert await client.projects.list() == []

    async def test_is_found_for_others_when_the_first_to_ask_is_cancelled(self) -> None:
        asked = asyncio.Event()

        async def answer(request: web.BaseRequest) -> web.Response:
            if request.path != "/organization":
                return LIST.response()
            asked.set()
            await asyncio.sleep(0.1)
            return organizations("o1").response()

        async with serve(answer) as server, AsyncQovery(TOKEN, base_url=server.url) as client:
            first = asyncio.create_task(client.projects.list())
            await asked.wait()
            others = [asyncio.create_task(client.projects.list()) for _ in range(3)]
            await asyncio.sleep(0)
            first.cancel()
            assert await asyncio.gather(*others) == [[], [], []]
            assert first.cancelled()
            assert server.paths.count("/organization") == 1

    async def test_of_get_is_the_default_too_but_never_of_update_or_delete(self) -> None:
        body = {"id": "o1", "name": "acme", "plan": "FREE", "created_at": "2026-01-02T03:04:05Z"}
        async with serve(Answer(body)) as server:
            async with AsyncQovery(TOKEN, base_url=server.url, organization_id="o1") as client:
                assert client.organization is client.organizations
                assert (await client.organization.get()).name == "acme"
                method: Any
                for method in (client.organization.update, client.organization.delete):
                    with pytest.raises(TypeError):
                        await method()
            assert server.paths == ["/organization/o1"]
