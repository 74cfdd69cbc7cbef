"""Where does a patch find the object, where Qovery has no way to get it alone?"""

from __future__ import annotations

from typing import Any

import pytest

from qovery_async import ConfigurationError, DecodeError, NotListed
from tests.support.both_faces import play
from tests.support.objects import ID, PATCHES, Holder, declared, example, patch, preview
from tests.support.payloads import API
from tests.support.server import Answer, Ask, organizations, serve

pytestmark = pytest.mark.anyio

LISTED = [namespace for namespace, row in PATCHES.patched.items() if row.read == "list"]


def items(namespace: str) -> list[dict[str, Any]]:
    model = str(API.calls[f"{namespace}.list"].responses[0].type)
    return [example(model, id=id_) for id_ in (ID, "other", "another")]


class TestAnObjectOfAList:
    @pytest.mark.parametrize("namespace", LISTED)
    async def test_is_found_by_its_id(self, ask: Ask, namespace: str) -> None:
        first, *others = items(namespace)
        holder = Holder(namespace, [*others, first])
        # The holder replaces the first of its list, whichever is asked for.
        await holder.gets(ask, patch(namespace, {"not_yet_known": 1}))
        body = API.calls[f"{namespace}.update"].body
        assert body is not None
        plain = {key for key, value in first.items() if not isinstance(value, (dict, list))} & declared(body.type)
        assert {key: holder.only[key] for key in plain} == {key: first[key] for key in plain}
        assert plain

    @pytest.mark.parametrize("namespace", LISTED)
    async def test_that_is_not_there_is_said_to_be_so(self, ask: Ask, namespace: str) -> None:
        holder = Holder(namespace, items(namespace)[1:])
        for name, call in (("patch", patch(namespace)), ("patch_preview", preview(namespace))):
            with pytest.raises(NotListed) as missing:
                await holder.gets(ask, call)
            assert str(missing.value) == f"{namespace}.{name}: {namespace}.list has no object with the id {ID!r}"
            assert missing.value.status == 404
        assert holder.sent == []

    async def test_may_be_of_a_kind_that_nobody_knows(self, ask: Ask) -> None:
        holder = Holder("clusters", [{"id": ID}, *items("clusters")[1:]])
        with pytest.raises(ConfigurationError, match="the request needs name, which the response does not have"):
            await holder.gets(ask, patch("clusters", description="d"))


class TestARoutingTable:
    ROUTES = ({"destination": "10.0.0.0/8", "target": "t", "description": "d"},)

    async def test_becomes_the_routes_of_the_request(self, ask: Ask) -> None:
        holder = Holder("clusters.routing_table", [{**self.ROUTES[0], "not_yet_known": 1}])
        await holder.gets(ask, patch("clusters.routing_table"))
        assert holder.only == {"routes": [{**self.ROUTES[0], "not_yet_known": 1}]}

    async def test_is_replaced(self, ask: Ask) -> None:
        holder = Holder("clusters.routing_table", [])
        await holder.gets(ask, patch("clusters.routing_table", routes=self.ROUTES))
        assert holder.only == {"routes": list(self.ROUTES)}


async def test_the_organization_is_looked_for_once(ask: Ask) -> None:
    """Both requests go to it, and so do those for another that is given."""
    token = Answer(example("GitTokenResponse", updated_at="2026-01-01T00:00:00Z"))
    async with serve(organizations("o7"), token) as server:
        await ask(server.url, patch("git_tokens", token="x"))
        of_one = server.paths
    async with serve(token) as server:
        await ask(server.url, patch("git_tokens", organization_id="o8", token="x"))
        of_other = server.paths
    assert of_one == ["/organization", *[f"/organization/o7/gitToken/{ID}"] * 3]
    assert of_other == [f"/organization/o8/gitToken/{ID}"] * 3


@pytest.mark.parametrize("response", [{}, [], {"results": []}, {"id": None, "name": "shop"}, {"message": "hello"}])
async def test_a_response_that_is_something_else_is_not_taken_for_the_object(ask: Ask, response: Any) -> None:
    """The SDK reads what it can; but a PUT made of such a response would empty the object."""
    async with serve(Answer(response)) as server:
        with pytest.raises((DecodeError, ConfigurationError), match=r"is not the object|expected an object"):
            await ask(server.url, patch("projects", name="x"))
        assert {seen.method for seen in server.requests} == {"GET"}


class TestOptions:
    async def test_hold_for_both_requests(self, ask: Ask) -> None:
        async with serve(Answer(example("Application", updated_at=None))) as server:
            await ask(
                server.url,
                lambda client: client.with_options(headers={"X-Who": "me"}).applications.patch(ID, cpu=1),
            )
            assert [(seen.method, seen.headers["X-Who"]) for seen in server.requests] == [("GET", "me"), ("PUT", "me")]

    async def test_a_response_with_everything_is_that_of_the_put(self, ask: Ask) -> None:
        first, last = (Answer(example("Application"), headers={"X-Request-Id": id_}) for id_ in ("read", "sent"))
        async with serve(first, first, last) as server:
            found = await ask(server.url, lambda client: client.with_response(client.applications.patch)(ID, cpu=1))
            seen = await ask(server.url, lambda client: client.with_response(client.applications.patch_preview)(ID))
        assert (found.status, found.headers["X-Request-Id"]) == (200, "sent")
        assert found.result.id == example("Application")["id"]
        assert str(seen.result) == "no change"

    async def test_requests_are_seen_under_their_own_names(self, ask: Ask) -> None:
        def script(client: Any) -> Any:
            yield client.applications.patch(ID, cpu=1)

        async with Holder("applications", example("Application")).serve() as server:
            asked = (await play(ask, server, script))[1]
        assert asked == ["applications.get", "applications.get", "applications.update"]
