"""What does a client do beside its single calls?"""

from __future__ import annotations

import asyncio
from typing import Any

import anyio
import pytest
from aiohttp import web

from qovery_async import (
    NO_RETRIES,
    AsyncQovery,
    ConfigurationError,
    NotFound,
    RequestEvent,
    RequestTimeout,
    ResponseEvent,
    ServerError,
    models,
)
from qovery_sync import Qovery
from tests.support.server import PROJECT, SECONDS, TOKEN, Answer, Ask, in_thread, serve

pytestmark = pytest.mark.anyio

LIST = Answer({"results": []})


def organizations(*ids: str) -> Answer:
    return Answer({"results": [{"id": id_, "name": f"name of {id_}"} for id_ in ids]})


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


class TestDeprecatedOperations:
    SAYS = r"client\.account\.list_github_repositories is deprecated.*client\.git\.list_github_repositories"

    @pytest.mark.parametrize("wrapped", [False, True])
    async def test_point_at_the_caller(self, *, wrapped: bool) -> None:
        async with serve(LIST) as server, AsyncQovery(TOKEN, base_url=server.url) as client:
            method: Any = client.account.list_github_repositories
            method = client.with_response(method) if wrapped else method
            with pytest.warns(DeprecationWarning, match=self.SAYS) as caught:
                await method()
            assert [warning.filename for warning in caught] == [__file__]

    @pytest.mark.parametrize("wrapped", [False, True])
    def test_point_at_the_caller_in_the_blocking_face(self, *, wrapped: bool) -> None:
        with in_thread(serve(LIST)) as server, Qovery(TOKEN, base_url=server.url) as client:
            method: Any = client.account.list_github_repositories
            method = client.with_response(method) if wrapped else method
            with pytest.warns(DeprecationWarning, match=self.SAYS) as caught:
                method()
            assert [warning.filename for warning in caught] == [__file__]

    async def test_are_not_confused_with_their_replacements(self, ask: Ask) -> None:
        async with serve(LIST) as server:
            assert await ask(server.url, lambda client: client.git.list_github_repositories(organization_id="o1")) == []


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
