"""What does a client do beyond single calls: responses, requests of your own, hooks, copies, cancellation?"""

from __future__ import annotations

import asyncio
from typing import Any

import anyio
import pytest
from aiohttp import web

from qovery_async import AsyncQovery, ConfigurationError, NotFound, RequestEvent, RequestTimeout, ResponseEvent, models
from qovery_sync import Qovery
from tests.support.server import PROJECT, SECONDS, TOKEN, Answer, Ask, organizations, serve

pytestmark = pytest.mark.anyio


class TestWithResponse:
    ANSWER = Answer(
        {"results": [PROJECT]}, status=200, headers={"X-Qovery-Request-Id": "r-77", "X-RateLimit-Limit": "9"}
    )

    async def test_gives_status_headers_and_request_id_beside_the_result(self, ask: Ask) -> None:
        async with serve(organizations("o1"), self.ANSWER) as server:
            answer = await ask(server.url, lambda client: client.with_response(client.projects.list)())
            assert [project.id for project in answer.result] == ["p1"]
            assert (answer.status, answer.request_id) == (200, "r-77")
            assert answer.headers["x-ratelimit-limit"] == "9"
            assert server.paths == ["/organization", "/organization/o1/project"]

    async def test_passes_arguments_and_errors_through(self, ask: Ask) -> None:
        async with serve(Answer(PROJECT, status=201), Answer(status=404)) as server:
            body = models.ProjectRequest(name="shop")
            created = await ask(
                server.url, lambda client: client.with_response(client.projects.create)(body, organization_id="o1")
            )
            assert (created.status, created.result.name) == (201, "shop")
            with pytest.raises(NotFound):
                await ask(server.url, lambda client: client.with_response(client.projects.get)("p2"))

    async def test_keeps_calls_at_the_same_time_apart(self) -> None:
        async def answer(request: web.BaseRequest) -> web.Response:
            name = request.path.rpartition("/")[2]
            await asyncio.sleep(0.01 * (int(name) % 3))
            return Answer({**PROJECT, "id": name}, headers={"X-Request-Id": name}).response()

        async with serve(answer) as server, AsyncQovery(TOKEN, base_url=server.url) as client:
            get = client.with_response(client.projects.get)
            answers = await asyncio.gather(*[get(str(number)) for number in range(9)])
            assert [(a.result.id, a.request_id) for a in answers] == [(str(n), str(n)) for n in range(9)]

    async def test_needs_a_method_that_sends_something(self) -> None:
        async def nothing() -> None:
            pass

        with pytest.raises(ConfigurationError, match="with_response"):
            await AsyncQovery(TOKEN).with_response(nothing)()
        with pytest.raises(ConfigurationError, match="with_response"):
            Qovery(TOKEN).with_response(lambda: None)()


class TestRequest:
    async def test_reaches_what_has_no_name_yet(self, ask: Ask) -> None:
        async with serve(Answer({"new": True}, status=202, headers={"X-A": "b"})) as server:
            answer = await ask(
                server.url,
                lambda client: client.request(
                    "post",
                    "/future/thing",
                    params={"dryRun": True, "left": None, "q": "a b"},
                    json={"project": models.ProjectRequest(name="shop")},
                ),
            )
            assert (answer.status, answer.headers["x-a"], answer.data) == (202, "b", {"new": True})
            assert (server.only.method, server.only.target) == ("POST", "/future/thing?dryRun=true&q=a%20b")
            assert server.only.json == {"project": {"name": "shop"}}
            assert server.only.token == f"Token {TOKEN}"

    @pytest.mark.parametrize(
        ("content_type", "body", "data"),
        [
            ("application/problem+json", b'{"a": 1}', {"a": 1}),
            ("application/x-yaml", b"a: 1", "a: 1"),
            ("text/plain; charset=utf-8", "ü".encode(), "ü"),
            ("application/zip", b"PK\x03\x04", b"PK\x03\x04"),
            ("application/json", b"", None),
        ],
    )
    async def test_reads_the_body_as_its_type_says(self, ask: Ask, content_type: str, body: bytes, data: Any) -> None:
        async with serve(Answer(body=body, headers={"Content-Type": content_type})) as server:
            assert (await ask(server.url, lambda client: client.request("GET", "/x"))).data == data

    async def test_raises_what_operations_raise(self, ask: Ask) -> None:
        async with serve(Answer({"detail": "gone"}, status=404)) as server:
            with pytest.raises(NotFound, match=r"GET .*/x returned 404 gone"):
                await ask(server.url, lambda client: client.request("GET", "/x"))


class TestHooks:
    @pytest.mark.parametrize("style", ["plain", "async"])
    async def test_see_each_request_and_answer_but_no_token(self, ask: Ask, style: str) -> None:
        events: list[Any] = []

        async def later(event: Any) -> None:
            await asyncio.sleep(0)
            events.append(event)

        hook = events.append if style == "plain" else later
        async with serve(Answer(PROJECT, headers={"X-A": "b"}), Answer(status=404)) as server:
            options = {"on_request": hook, "on_response": hook}
            await ask(server.url, lambda client: client.projects.get("p1"), **options)
            with pytest.raises(NotFound):
                await ask(server.url, lambda client: client.projects.get("p2"), **options)
        sent, came, sent_again, refused = events
        assert sent == RequestEvent("projects.get", "GET", f"{server.url}/project/p1", attempt=1)
        assert isinstance(came, ResponseEvent)
        assert (came.operation, came.method, came.url, came.status) == (
            "projects.get",
            "GET",
            f"{server.url}/project/p1",
            200,
        )
        assert came.headers["X-A"] == "b"
        assert 0 < came.elapsed < SECONDS
        assert (sent_again.url, refused.status) == (f"{server.url}/project/p2", 404)
        assert "qov_" not in repr(events)

    async def test_see_both_tries_where_a_new_token_is_asked_for(self) -> None:
        tokens = iter(["one", "two"])
        events: list[Any] = []
        async with serve(Answer(status=401), Answer(PROJECT)) as server:
            options: Any = {"on_request": events.append, "on_response": events.append}
            async with AsyncQovery(lambda: next(tokens), base_url=server.url, **options) as client:
                await client.projects.get("p1")
        assert [getattr(event, "status", None) for event in events] == [None, 401, None, 200]


async def test_copies_share_the_connection_and_close_with_the_client(ask: Ask) -> None:
    async def call(client: AsyncQovery) -> None:
        for copy in (client, client.with_options(timeout=5), client.with_options(headers={"X-A": "b"})):
            await copy.projects.get("p1")

    def call_blocking(client: Qovery) -> None:
        for copy in (client, client.with_options(timeout=5), client.with_options(headers={"X-A": "b"})):
            copy.projects.get("p1")

    async with serve(Answer(PROJECT)) as server:
        await ask(server.url, lambda client: call(client) if isinstance(client, AsyncQovery) else call_blocking(client))
        assert (len(server.requests), server.connections) == (3, 1)


async def test_a_cancelled_call_leaves_the_client_usable() -> None:
    async def answer(request: web.BaseRequest) -> web.Response:
        if request.path.endswith("slow"):
            asked.set()
            try:
                await asyncio.sleep(SECONDS)
            finally:
                given_up.set()
        return Answer(PROJECT).response()

    asked, given_up = asyncio.Event(), asyncio.Event()
    async with serve(answer) as server, AsyncQovery(TOKEN, base_url=server.url) as client:
        task = asyncio.create_task(client.projects.get("slow"))
        await asked.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        with anyio.fail_after(SECONDS):
            await given_up.wait()
            with anyio.move_on_after(0.05):
                await client.projects.get("slow")
            with pytest.raises(RequestTimeout):
                await client.with_options(timeout=0.05).projects.get("slow")
            assert (await client.projects.get("p1")).id == "p1"
