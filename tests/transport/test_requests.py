"""What goes over the wire for a call?"""

from __future__ import annotations

import gzip
import json
import uuid
import zlib
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from qovery_async import UNSET, AsyncQovery, __version__, models
from tests.support.server import PROJECT, TOKEN, Answer, Ask, serve

pytestmark = pytest.mark.anyio

JWT = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJtZSJ9.c2ln"


def no_content(_: object) -> Any:
    return Answer(status=204).response()


@pytest.mark.parametrize(
    ("token", "scheme", "sent"),
    [
        ("qov_abc", None, "Token qov_abc"),
        ("sk-qov-01-abc", None, "Token sk-qov-01-abc"),
        (JWT, None, f"Bearer {JWT}"),
        ("eyJhbGciOiJub25lIn0.only-two-parts", None, "Token eyJhbGciOiJub25lIn0.only-two-parts"),
        ("not.a.jwt", None, "Token not.a.jwt"),
        (JWT, "Token", f"Token {JWT}"),
        ("qov_abc", "Bearer", "Bearer qov_abc"),
        ("  qov_abc\n", None, "Token qov_abc"),
    ],
)
async def test_an_api_token_goes_out_as_token_and_a_jwt_as_bearer(token: str, scheme: str | None, sent: str) -> None:
    async with serve(Answer(PROJECT)) as server:
        async with AsyncQovery(token, auth_scheme=scheme, base_url=server.url) as client:
            await client.projects.get("p1")
        assert server.only.headers.getall("Authorization") == [sent]


async def test_every_request_names_the_sdk_and_its_version(ask: Ask) -> None:
    async with serve(Answer(PROJECT)) as server:
        await ask(server.url, lambda client: client.projects.get("p1"))
        await ask(server.url, lambda client: client.projects.get("p1"), user_agent="shop-deployer/7")
        ours, prefixed = (seen.headers["User-Agent"] for seen in server.requests)
        assert ours.startswith(f"qovery-sdk-python/{__version__} Python/3.")
        assert prefixed == f"shop-deployer/7 {ours}"


async def test_accept_is_what_the_operation_answers_with(ask: Ask) -> None:
    async with serve(Answer({"results": []}), Answer(body=b"apiVersion: v1\n")) as server:
        await ask(server.url, lambda client: client.projects.list(organization_id="o1"))
        kubeconfig = await ask(server.url, lambda client: client.clusters.kubeconfig.get("c1", organization_id="o1"))
        assert [seen.headers["Accept"] for seen in server.requests] == ["application/json", "application/x-yaml"]
        assert kubeconfig == "apiVersion: v1\n"


@pytest.mark.parametrize(("encoding", "compress"), [("gzip", gzip.compress), ("deflate", zlib.compress)])
async def test_compressed_answers_are_asked_for_and_decoded(ask: Ask, encoding: str, compress: Any) -> None:
    body = compress(json.dumps({"results": [PROJECT] * 50}).encode())
    async with serve(Answer(body=body, headers={"Content-Encoding": encoding})) as server:
        projects = await ask(server.url, lambda client: client.projects.list(organization_id="o1"))
        assert [project.name for project in projects] == ["shop"] * 50
        assert encoding in server.only.headers["Accept-Encoding"]


@pytest.mark.parametrize(
    ("id_", "sent"),
    [
        ("plain-id_1~", "plain-id_1~"),
        ("a/b", "a%2Fb"),
        ("..", "%2E%2E"),
        (".", "%2E"),
        ("../../organization", "..%2F..%2Forganization"),
        ("a b", "a%20b"),
        ("über", "%C3%BCber"),
        ("a%2Fb", "a%252Fb"),
        ("a?b=c#d", "a%3Fb%3Dc%23d"),
        ("a;b&c+d:e@f", "a%3Bb%26c%2Bd%3Ae%40f"),
        ("{project_id}", "%7Bproject_id%7D"),
        (models.ServiceTypeEnum.CONTAINER, "CONTAINER"),
        (uuid.UUID(int=1), "00000000-0000-0000-0000-000000000001"),
    ],
)
async def test_a_path_parameter_stays_one_segment_whatever_is_in_it(id_: Any, sent: str) -> None:
    async with serve(Answer(PROJECT)) as server, AsyncQovery(TOKEN, base_url=server.url) as client:
        await client.projects.get(id_)
        assert server.only.target == f"/project/{sent}"


async def test_a_base_url_may_have_a_path_of_its_own() -> None:
    async with serve(Answer(PROJECT)) as server, AsyncQovery(TOKEN, base_url=f"{server.url}/gateway/") as client:
        await client.projects.get("p1")
        assert server.only.target == "/gateway/project/p1"


async def test_query_values_are_spelled_as_the_api_reads_them() -> None:
    async with serve(Answer({})) as server, AsyncQovery(TOKEN, base_url=server.url) as client:
        await client.clusters.kubeconfig.get("c1", organization_id="o1", with_token_from_cli=True, read_only=False)
        await client.events.list(
            organization_id="o1",
            page_size=100,
            event_type=models.OrganizationEventType.CREATE,
            origin=models.OrganizationEventOrigin("FROM_THE_FUTURE"),
            continue_token="a b/c=d&e+ü",
        )
        assert [seen.query for seen in server.requests] == [
            "with_token_from_cli=true&read_only=false",
            "pageSize=100&continueToken=a%20b%2Fc%3Dd%26e%2B%C3%BC&eventType=CREATE&origin=FROM_THE_FUTURE",
        ]


async def test_query_values_left_out_are_not_sent(ask: Ask) -> None:
    async with serve(Answer({"events": []})) as server:
        await ask(server.url, lambda client: client.events.list(organization_id="o1", page_size=UNSET))
        assert server.only.target == "/organization/o1/events"


async def test_a_model_goes_out_with_its_wire_names_and_without_what_is_unset(ask: Ask) -> None:
    left_out = models.ProjectRequest(name="shop")
    null = models.ProjectRequest(name="Bücher", description=None)
    async with serve(Answer(PROJECT)) as server:
        await ask(server.url, lambda client: client.projects.update("p1", left_out))
        await ask(server.url, lambda client: client.projects.update("p1", body=null))
        assert [seen.json for seen in server.requests] == [{"name": "shop"}, {"name": "Bücher", "description": None}]
        assert {seen.headers["Content-Type"] for seen in server.requests} == {"application/json"}
        assert [int(seen.headers["Content-Length"]) for seen in server.requests] == [
            len(seen.body) for seen in server.requests
        ]


async def test_a_mapping_goes_out_as_given_with_everything_inside_converted() -> None:
    async with serve(Answer(PROJECT)) as server, AsyncQovery(TOKEN, base_url=server.url) as client:
        body = {
            "model": models.ReferenceObject(id="o1"),
            "models": [models.ProjectRequest(name="shop")],
            "enum": models.PortProtocolEnum.HTTP,
            "utc": datetime(2026, 1, 2, 3, 4, 5, 600_000, tzinfo=UTC),
            "elsewhere": datetime(2026, 1, 2, 3, 4, 5, tzinfo=timezone(timedelta(hours=2))),
            "id": uuid.UUID(int=7),
            "null": None,
            "left_out": UNSET,
            "notInTheDescription": {"deep": [1, 2.5, True, {"left_out": UNSET}]},
        }
        await client.projects.update("p1", body)
        assert server.only.json == {
            "model": {"id": "o1"},
            "models": [{"name": "shop"}],
            "enum": "HTTP",
            "utc": "2026-01-02T03:04:05.600Z",
            "elsewhere": "2026-01-02T03:04:05+02:00",
            "id": "00000000-0000-0000-0000-000000000007",
            "null": None,
            "notInTheDescription": {"deep": [1, 2.5, True, {}]},
        }


async def test_what_is_left_out_never_goes_out_as_text() -> None:
    async with serve(Answer(PROJECT)) as server, AsyncQovery(TOKEN, base_url=server.url) as client:
        await client.projects.update("p1", models.ProjectRequest(name="shop", extra={"new": UNSET}))
        assert server.only.json == {"name": "shop"}


async def test_delete_may_have_a_body(ask: Ask) -> None:
    async with serve(no_content) as server:
        await ask(server.url, lambda client: client.members.delete({"user_id": "u1"}, organization_id="o1"))
        assert (server.only.method, server.only.path) == ("DELETE", "/organization/o1/member")
        assert server.only.json == {"user_id": "u1"}


async def test_yaml_goes_out_as_it_is(ask: Ask) -> None:
    async with serve(no_content) as server:
        await ask(server.url, lambda client: client.clusters.kubeconfig.update("c1", "a: ü\n", organization_id="o1"))
        assert server.only.headers["Content-Type"] == "application/x-yaml"
        assert server.only.body == "a: ü\n".encode()


@pytest.mark.parametrize("method", ["get", "delete", "restart"])
async def test_without_a_body_there_is_no_content_type(method: str) -> None:
    calls = {
        "get": lambda client: client.projects.get("p1"),
        "delete": lambda client: client.projects.delete("p1"),
        "restart": lambda client: client.request("POST", "/database/d1/restart-service"),
    }
    async with serve(Answer(PROJECT)) as server, AsyncQovery(TOKEN, base_url=server.url) as client:
        await calls[method](client)
        assert "Content-Type" not in server.only.headers
        assert server.only.body == b""


async def test_extra_headers_go_out_with_every_call_of_the_copy(ask: Ask) -> None:
    def call(client: Any) -> Any:
        return client.with_options(headers={"X-Trace": "t1", "X-Team": "b"}).projects.get("p1")

    async with serve(Answer(PROJECT)) as server:
        await ask(server.url, call, headers={"X-Team": "a", "X-Region": "eu"})
        await ask(server.url, lambda client: client.projects.get("p1"), headers={"X-Team": "a"})
        copy, plain = (seen.headers for seen in server.requests)
        assert (copy["X-Trace"], copy["X-Team"], copy["X-Region"]) == ("t1", "b", "eu")
        assert "X-Trace" not in plain
        assert plain["X-Team"] == "a"


async def test_headers_replace_others_of_the_same_name_in_any_spelling() -> None:
    async with serve(Answer(PROJECT)) as server:
        async with AsyncQovery(TOKEN, base_url=server.url, headers={"user-agent": "mine/1", "x-team": "a"}) as client:
            await client.with_options(headers={"X-Team": "b", "accept": "text/plain"}).projects.get("p1")
        sent = server.only.headers
        assert sent.getall("User-Agent") == ["mine/1"]
        assert sent.getall("X-Team") == ["b"]
        assert sent.getall("Accept") == ["text/plain"]


async def test_nothing_but_the_token_speaks_of_the_caller() -> None:
    cookie = {"Set-Cookie": "session=abc; Path=/"}
    async with serve(Answer(PROJECT, headers=cookie)) as server, AsyncQovery(TOKEN, base_url=server.url) as client:
        await client.projects.get("p1")
        await client.projects.get("p1")
        first, second = server.requests
        assert set(second.headers) == set(first.headers)
        assert set(first.headers) == {"Host", "Accept", "User-Agent", "Authorization", "Accept-Encoding"}
