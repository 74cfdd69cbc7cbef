"""Where is the list of a response? It is found if it moved or got another key, and never read as an empty one."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, get_type_hints

import attrs
import pytest

from qovery_async import AsyncQovery, ConfigurationError, DecodeError, models
from qovery_async.resources.applications import Applications
from tests.support.server import PROJECT, TOKEN, Answer, Ask, organizations, serve

pytestmark = pytest.mark.anyio


@attrs.frozen
class Lists:
    """A call that returns a list: the operation, the key of its envelope, and an item of it."""

    name: str
    make: Callable[[Any], Any]
    key: str
    item: Any

    def __str__(self) -> str:
        return self.name


async def collected(items: Any) -> list[Any]:
    return [item async for item in items]


def iterated(items: Any) -> Any:
    return collected(items) if hasattr(items, "__aiter__") else list(items)


def count(result: Any) -> int:
    return len(getattr(result, "items", result))


EVENT, DEPLOYMENT = {"id": "e1"}, {"id": "d1", "created_at": "2026-01-02T03:04:05Z"}
PROJECTS = Lists("projects.list", lambda client: client.projects.list(organization_id="o1"), "results", PROJECT)
EVENTS = Lists("events.list", lambda client: client.events.list(organization_id="o1"), "events", EVENT)
HISTORY = Lists(
    "databases.list_deployment_history",
    lambda client: client.databases.list_deployment_history("d1"),
    "results",
    DEPLOYMENT,
)
NAMES = Lists(
    "secret_manager_accesses.list_secrets",
    lambda client: client.secret_manager_accesses.list_secrets("s1"),
    "results",
    "DATABASE_URL",
)
LISTS = [
    PROJECTS,
    EVENTS,
    HISTORY,
    NAMES,
    attrs.evolve(EVENTS, make=lambda client: iterated(client.events.iterate(organization_id="o1"))),
    attrs.evolve(HISTORY, make=lambda client: iterated(client.databases.iterate_deployment_history("d1"))),
]
LOG = {"type": "info", "timestamp": "2026-01-02T03:04:05Z", "details": {}}
LOGS = Lists(
    "environments.list_deployment_logs", lambda client: client.environments.list_deployment_logs("e1"), "", LOG
)


def other_than(list_: Lists) -> Any:
    """Something that cannot be an item."""
    return 5 if list_.item == NAMES.item else "text"


every_list = pytest.mark.parametrize("list_", LISTS, ids=str)
each_mode = pytest.mark.parametrize("strict", [False, True], ids=["tolerant", "strict"])


async def is_taken_with_a_warning(
    ask: Ask, caplog: pytest.LogCaptureFixture, list_: Lists, body: Any, says: str
) -> None:
    async with serve(Answer(body)) as server:
        assert count(await ask(server.url, list_.make)) == 1
        assert caplog.messages == [f"{list_.name}: the whole value: {says}"]
        with pytest.raises(DecodeError, match=f"^{list_.name}: GET {server.url}"):
            await ask(server.url, list_.make, strict=True)


async def is_refused(ask: Ask, list_: Lists, body: Any, says: str, *, strict: bool) -> None:
    async with serve(Answer(body)) as server:
        with pytest.raises(DecodeError) as failed:
            await ask(server.url, list_.make, strict=strict)
        assert str(failed.value).startswith(f"{list_.name}: GET {server.url}/")
        assert str(failed.value).endswith(f"the whole value: {says}")


class TestTheListIsTaken:
    """All data is there, and cannot be mistaken."""

    @every_list
    async def test_without_its_envelope(self, ask: Ask, caplog: pytest.LogCaptureFixture, list_: Lists) -> None:
        says = f"expected an object with {list_.key!r}, got a list; read as that list"
        await is_taken_with_a_warning(ask, caplog, list_, [list_.item], says)

    @every_list
    @pytest.mark.parametrize("rest", [{}, {"total": 1, "next": None, "tags": [[]]}], ids=["alone", "beside others"])
    async def test_under_another_key(
        self, ask: Ask, caplog: pytest.LogCaptureFixture, list_: Lists, rest: dict[str, Any]
    ) -> None:
        says = f"expected an object with {list_.key!r}, got one with 'items'; read as the list"
        await is_taken_with_a_warning(ask, caplog, list_, {"items": [list_.item], **rest}, says)

    async def test_under_another_key_beside_a_null(self, ask: Ask, caplog: pytest.LogCaptureFixture) -> None:
        says = "expected an object with 'results', got one with 'items'; read as the list"
        await is_taken_with_a_warning(ask, caplog, PROJECTS, {"results": None, "items": [PROJECT]}, says)

    async def test_under_another_key_though_it_is_empty(self, ask: Ask, caplog: pytest.LogCaptureFixture) -> None:
        async with serve(Answer({"items": []})) as server:
            assert await ask(server.url, PROJECTS.make) == []
        assert len(caplog.records) == 1

    @pytest.mark.parametrize("key", ["results", "logs"])
    async def test_in_an_envelope_where_none_is_declared(
        self, ask: Ask, caplog: pytest.LogCaptureFixture, key: str
    ) -> None:
        says = f"expected a list, got one with {key!r}; read as the list"
        await is_taken_with_a_warning(ask, caplog, LOGS, {key: [LOG], "total": 1}, says)

    async def test_with_the_details_of_its_page(self, ask: Ask) -> None:
        links = {"next": "/organization/o1/events?continueToken=t2"}
        async with serve(Answer({"links": links, "entries": [EVENT]})) as server:
            page = await ask(server.url, EVENTS.make)
            assert ([event.id for event in page.items], page.next) == (["e1"], "t2")

    async def test_and_repaired_where_an_item_does_not_fit(self, ask: Ask, caplog: pytest.LogCaptureFixture) -> None:
        async with serve(Answer({"items": [PROJECT, {**PROJECT, "name": 5}]})) as server:
            assert [project.name for project in await ask(server.url, PROJECTS.make)] == ["shop", "5"]
        assert "items[1].name: expected str, got 5" in caplog.text

    async def test_for_the_only_organization_of_a_token(self, ask: Ask) -> None:
        async with serve(Answer([{"id": "o1", "name": "one"}]), Answer({"results": []})) as server:
            assert await ask(server.url, lambda client: client.projects.list()) == []
            assert server.paths == ["/organization", "/organization/o1/project"]

    async def test_with_one_warning_for_each_operation(self, caplog: pytest.LogCaptureFixture) -> None:
        async with serve(Answer({"items": [PROJECT]})) as server, AsyncQovery(TOKEN, base_url=server.url) as client:
            for _ in range(3):
                await PROJECTS.make(client)
        assert len(caplog.records) == 1


class TestTheListIsRefused:
    """An empty list would be wrong, and any other might be."""

    @every_list
    @each_mode
    async def test_if_several_could_be_meant(self, ask: Ask, list_: Lists, *, strict: bool) -> None:
        says = f"expected an object with {list_.key!r}, got an object with 2 lists that could be meant"
        await is_refused(ask, list_, {"items": [list_.item], "others": []}, says, strict=strict)

    @every_list
    @each_mode
    @pytest.mark.parametrize("wrapped", [True, False], ids=["wrapped", "missing"])
    async def test_if_none_could_be_meant(self, ask: Ask, list_: Lists, *, wrapped: bool, strict: bool) -> None:
        body = {"data": {list_.key: [list_.item]}} if wrapped else {"total": 0, "tags": [other_than(list_)]}
        says = f"expected an object with {list_.key!r}, got an object with no lists that could be meant"
        await is_refused(ask, list_, body, says, strict=strict)

    @every_list
    @each_mode
    @pytest.mark.parametrize(
        ("held", "said"), [({}, "an object"), ("none", "'none'"), (0, "0"), (False, "False")], ids=str
    )
    async def test_if_its_key_holds_something_else(
        self, ask: Ask, list_: Lists, held: Any, said: str, *, strict: bool
    ) -> None:
        says = f"expected an object with {list_.key!r} that is a list, got {said}"
        await is_refused(ask, list_, {list_.key: held, "items": [list_.item]}, says, strict=strict)

    @each_mode
    @pytest.mark.parametrize("body", [{}, {"results": None}, {"a": [LOG], "b": [LOG]}], ids=str)
    async def test_if_an_object_without_it_comes_where_a_list_is_declared(
        self, ask: Ask, body: Any, *, strict: bool
    ) -> None:
        says = f"expected a list, got an object with {len(body) if 'a' in body else 'no'} lists that could be meant"
        await is_refused(ask, LOGS, body, says, strict=strict)

    async def test_for_the_organizations_of_a_token(self, ask: Ask) -> None:
        async with serve(Answer({"data": {"results": []}})) as server:
            with pytest.raises(DecodeError, match=r"^organizations\.list: .*no lists that could be meant"):
                await ask(server.url, lambda client: client.projects.list())


class TestTheListIsEmpty:
    """The description makes the list of an envelope optional."""

    @every_list
    @each_mode
    @pytest.mark.parametrize("null", [True, False], ids=["null", "absent"])
    async def test_if_it_is_left_out(
        self, ask: Ask, caplog: pytest.LogCaptureFixture, list_: Lists, *, null: bool, strict: bool
    ) -> None:
        async with serve(Answer({list_.key: None} if null else {})) as server:
            assert count(await ask(server.url, list_.make, strict=strict)) == 0
        assert caplog.records == []

    @each_mode
    async def test_if_only_the_details_of_its_page_are_there(
        self, ask: Ask, caplog: pytest.LogCaptureFixture, *, strict: bool
    ) -> None:
        async with serve(Answer({"page": 1, "page_size": 20}), Answer({"links": {}})) as server:
            page = await ask(server.url, HISTORY.make, strict=strict)
            assert (page.items, page.page, page.page_size) == ([], 1, 20)
            assert (await ask(server.url, EVENTS.make, strict=strict)).items == []
        assert caplog.records == []

    async def test_if_it_is_null_and_something_new_stands_beside_it(self, ask: Ask) -> None:
        async with serve(Answer({"results": None, "total": 0})) as server:
            assert await ask(server.url, PROJECTS.make, strict=True) == []

    async def test_for_a_token_without_organizations(self, ask: Ask) -> None:
        async with serve(Answer({})) as server:
            with pytest.raises(ConfigurationError, match="no organization"):
                await ask(server.url, lambda client: client.projects.list())


COMMIT = {
    "created_at": "2026-01-02T03:04:05Z",
    "git_commit_id": "abc",
    "tag": "v1",
    "message": "Sell",
    "author_name": "Ann",
}


@each_mode
async def test_a_commit_may_be_null(ask: Ask, caplog: pytest.LogCaptureFixture, *, strict: bool) -> None:
    assert get_type_hints(Applications.list_commits)["return"] == list[models.Commit | None]
    async with serve(Answer({"results": [None, COMMIT]})) as server:
        missing, commit = await ask(server.url, lambda client: client.applications.list_commits("a1"), strict=strict)
        assert (missing, commit.git_commit_id) == (None, "abc")
    assert caplog.records == []


@each_mode
async def test_new_keys_beside_a_list_are_reached_by_the_response(
    ask: Ask, caplog: pytest.LogCaptureFixture, *, strict: bool
) -> None:
    new = {"total": 250, "next": "/more"}
    projects, events = {"results": [PROJECT], **new}, {"events": [EVENT], **new}
    async with serve(Answer(projects), Answer(events)) as server:
        response = await ask(
            server.url, lambda c: c.with_response(c.projects.list)(organization_id="o1"), strict=strict
        )
        assert (count(response.result), json.loads(response.body)) == (1, projects)
        assert "total" not in repr(response)
        response = await ask(server.url, lambda c: c.with_response(c.events.list)(organization_id="o1"), strict=strict)
        assert (count(response.result), json.loads(response.body)) == (1, events)
    assert caplog.records == []


async def test_a_body_where_none_is_declared_is_reached_by_the_response(ask: Ask) -> None:
    async with serve(Answer({"deleted": 3}), Answer(status=204), Answer(body=b"{", status=202)) as server:
        for body in (b'{"deleted": 3}', b"", b"{"):
            response = await ask(server.url, lambda client: client.with_response(client.projects.delete)("p1"))
            assert (response.result, response.body) == (None, body)


async def test_the_body_is_that_of_the_call_and_not_of_the_organizations(ask: Ask) -> None:
    async with serve(organizations("o1"), Answer({"results": [], "total": 0})) as server:
        response = await ask(server.url, lambda client: client.with_response(client.projects.list)())
        assert json.loads(response.body) == {"results": [], "total": 0}
