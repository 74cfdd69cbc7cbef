"""What happens to malformed requests? Each gets a 4xx in the shape of the API's errors, and changes nothing."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from random import Random
from typing import Any

import aiohttp
import pytest

from qovery_async import AsyncQovery, BadRequest
from qovery_async.emulator import Emulator
from qovery_async.emulator.facts.operations import operations

pytestmark = pytest.mark.anyio

Answer = tuple[int, dict[str, Any]]


@pytest.fixture
async def unchanged(emulator: Emulator) -> AsyncIterator[Emulator]:
    def everything() -> str:
        return json.dumps([e.value for e in emulator.state.root.below()])

    before = everything()
    yield emulator
    assert everything() == before


async def exchange(emulator: Emulator, request: bytes) -> Answer:
    """Sends bytes as they are: an HTTP client would put right what is meant to be wrong."""
    reader, writer = await asyncio.open_connection(*emulator.url.removeprefix("http://").split(":"))
    writer.write(request)
    answer = await reader.read()
    writer.close()
    await writer.wait_closed()
    status, _, said = answer.partition(b"\r\n\r\n")
    return int(status.split()[1]), json.loads(said)


async def send(emulator: Emulator, path: str, body: bytes = b"", method: str = "POST") -> Answer:
    head = f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Token {emulator.token}\r\n"
    return await exchange(emulator, f"{head}Connection: close\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)


def is_refusal(answer: Answer) -> bool:
    status, body = answer
    return 400 <= status < 500 and body["status"] == status and isinstance(body["detail"], str)


async def create_project(emulator: Emulator, body: bytes) -> Answer:
    organization = emulator.state.every("organization")[0].id
    return await send(emulator, f"/organization/{organization}/project", body)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b"null",
        b"[]",
        b'"text"',
        b"{}",
        b'{"name": 3}',
        b'{"name": null}',
        b'{"name": "x", "description": {}}',
        b'{"name": "x", "n": NaN}',
        b'{"name": "x", "n": 1e999}',
        b'{"name": "x", "n": ' + b"9" * 10_000 + b"}",
        b'{"name": ' + b"[" * 100_000,
        b'{"name": "x", "deep": ' + b"[" * 500 + b"]" * 500 + b"}",
        b'{"name": "' + b"x" * 5_000_000 + b'"}',
    ],
    ids=lambda body: body[:24].decode(errors="replace"),
)
async def test_bodies(unchanged: Emulator, body: bytes) -> None:
    assert is_refusal(await create_project(unchanged, body))


async def test_random_bytes(unchanged: Emulator) -> None:
    dice = Random(7)
    for _ in range(50):
        assert is_refusal(await create_project(unchanged, dice.randbytes(dice.randrange(1, 200))))


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "//",
        "/nothing",
        "/project",
        "/project/",
        "/project//environment",
        "/project/%",
        "/project/%zz",
        "/project/%ff",
        "/project/%00",
        "/project/..%2f..",
        "/project/" + "x" * 4000,
        "/APPLICATION/x/ingressDeploymentStatus",
        "/wrong/x/ingressDeploymentStatus",
    ],
)
async def test_paths(unchanged: Emulator, path: str) -> None:
    assert is_refusal(await send(unchanged, path, method="GET"))


@pytest.mark.parametrize("method", ["PATCH", "TRACE", "OPTIONS", "BREW", "PUT"])
async def test_methods(unchanged: Emulator, method: str) -> None:
    answer = await send(unchanged, "/organization", b"{}", method)
    assert is_refusal(answer)
    # What no HTTP knows does not even get as far as the paths.
    assert answer[0] == (400 if method == "BREW" else 405)


@pytest.mark.slow
async def test_every_operation_survives_nonsense(emulator: Emulator) -> None:
    dice = Random(3)
    bodies = [b"", b"{}", b"[]", b'{"name": 1, "key": [], "id": {}}', dice.randbytes(64)]
    async with Emulator(world="demo", rate_limit=None) as running:
        for operation in operations().values():
            path = operation.path.replace("{", "%7B").replace("}", "%7D")
            headers = {"Authorization": f"Token {running.token}"}
            for body in bodies:
                async with aiohttp.request(operation.method, running.url + path, data=body, headers=headers) as answer:
                    assert answer.status < 500, (operation.call, body, await answer.text())


async def test_the_message_names_the_field(emulator: Emulator, client: AsyncQovery) -> None:
    environment = emulator.state.every("environment")[0].id
    body: dict[str, Any] = {"name": "x", "healthchecks": {}, "git_repository": {"url": "u", "provider": "GITHUB"}}
    wrong: dict[str, dict[str, Any]] = {
        r"ports\[0\]\.internal_port: expected int": {"ports": [{"internal_port": "abc"}]},
        r"git_repository\.provider: expected one of BITBUCKET": {"git_repository": {"url": "u", "provider": "SVN"}},
        "healthchecks: must not be null": {"healthchecks": None},
    }
    for message, part in wrong.items():
        with pytest.raises(BadRequest, match=message):
            await client.applications.create(environment, body | part)
    with pytest.raises(BadRequest, match="pageSize"):
        await client.request("GET", f"/environment/{environment}/deploymentHistoryV2", params={"pageSize": "many"})


async def test_keys_that_nobody_knows_name_no_services_and_no_groups(emulator: Emulator, client: AsyncQovery) -> None:
    environment = emulator.state.every("environment")[0].id
    odd: dict[str, Any] = {"whatever": [1, None, [], True, 1.5], "services": {}}
    await client.request("POST", f"/environment/{environment}/service/deploy", json=odd)
    cluster = emulator.state.every("cluster")[0]
    body: dict[str, Any] = {"name": "x", "region": "eu-west-3", "cloud_provider": "AWS", "labels_groups": [{}]}
    made = await client.request(
        "PUT", f"/organization/{cluster.value['organization']['id']}/cluster/{cluster.id}", json=body
    )
    assert (made.status, made.data["labels_groups"]) == (200, [])


async def test_what_is_hardly_http(unchanged: Emulator) -> None:
    organization = unchanged.state.every("organization")[0].id
    head = f"POST /organization/{organization}/project HTTP/1.1\r\nHost: localhost\r\nAuthorization: Token {unchanged.token}\r\n"
    for request in (
        b"\x00\x01\x02\r\n\r\n",
        b"GET /" + b"x" * 20_000 + b" HTTP/1.1\r\n\r\n",
        b"OPTIONS * HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
        f"{head}Content-Length: many\r\n\r\n".encode(),
        f"{head}Connection: close\r\nContent-Encoding: gzip\r\nContent-Length: 5\r\n\r\nhello".encode(),
        f"{head}Transfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n".encode(),
    ):
        assert is_refusal(await exchange(unchanged, request)), request[:80]
