"""What does a forwarded port take, and what does it ask for before it listens?"""

from __future__ import annotations

import socket
from typing import Any

import pytest

from qovery_async import AsyncQovery, ConfigurationError, NothingFound
from qovery_async.emulator import Emulator
from tests.support.both_faces import Script, play
from tests.support.server import TOKEN, Ask

pytestmark = pytest.mark.anyio

WRONG = [
    ({"remote_port": 0}, "remote_port must be a port, 1 to 65535, got 0"),
    ({"remote_port": 65536}, "remote_port must be a port"),
    ({"remote_port": "5432"}, "remote_port must be a port, 1 to 65535, got '5432'"),
    ({"remote_port": True}, "remote_port must be a port"),
    ({"local_port": -1}, "local_port must be a port, 0 to 65535, got -1"),
    ({"local_port": None}, "local_port must be a port"),
    ({"host": "localhost"}, "host must be an IP address of this machine, such as '127.0.0.1', got 'localhost'"),
    ({"host": ""}, "host must be an IP address"),
    ({"host": None}, "host must be an IP address"),
    ({"host": "192.0.2.1"}, "the local port 192.0.2.1:0 cannot be opened"),
    ({"pod_name": ""}, "pod_name must be a non-empty string"),
]


@pytest.fixture
async def emulator() -> Any:
    async with Emulator(world="demo") as running:
        yield running


def entered(context: Any, client: Any) -> Any:
    """Enters a context of either face, without leaving it."""
    return context.__aenter__() if isinstance(client, AsyncQovery) else context.__enter__()


@pytest.mark.parametrize(("argument", "said"), WRONG)
async def test_what_cannot_be_right_is_refused_before_any_request(
    ask: Ask, argument: dict[str, Any], said: str
) -> None:
    def call(client: Any) -> Any:
        return entered(client.port_forward(**{"service": "s1", "remote_port": 5432, **argument}), client)

    with pytest.raises(ConfigurationError, match=said):
        await ask("http://127.0.0.1:9", call)


async def test_what_cannot_be_right_is_refused_by_a_handle_too(ask: Ask) -> None:
    def call(client: Any) -> Any:
        service = client.service("11111111-1111-4111-8111-111111111111")
        return entered(service.port_forward(99_999), client)

    with pytest.raises(ConfigurationError, match="remote_port must be a port"):
        await ask("http://127.0.0.1:9", call)


async def test_the_handle_of_something_else_is_refused(ask: Ask) -> None:
    def call(client: Any) -> Any:
        environment = client.environment("11111111-1111-4111-8111-111111111111")
        return entered(client.port_forward(environment, 5432), client)

    with pytest.raises(ConfigurationError, match="service must be the id or the handle of a service, got Environment"):
        await ask("http://127.0.0.1:9", call)


@pytest.mark.parametrize("service", ["", None, 5])
async def test_what_is_no_service_is_refused(ask: Ask, service: Any) -> None:
    with pytest.raises(ConfigurationError, match="service must be a non-empty string or a handle"):
        await ask("http://127.0.0.1:9", lambda client: entered(client.port_forward(service, 5432), client))


async def test_a_port_in_use_is_named_with_advice(ask: Ask) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        said = rf"127.0.0.1:{port} cannot be opened \(Address already in use\); choose another local_port, or 0"
        with pytest.raises(ConfigurationError, match=said):
            await ask("http://127.0.0.1:9", lambda client: entered(client.port_forward("s1", 5432, port), client))


async def test_a_service_that_is_unknown_is_found_out_at_once(emulator: Emulator, ask: Ask) -> None:
    def script(client: Any) -> Any:
        yield entered(client.port_forward("nowhere", 5432), client)

    with pytest.raises(NothingFound, match="has no service with the id 'nowhere'"):
        await play(ask, emulator, script)


def opening(of: Any) -> Script:
    """Opens and leaves the port 5432 of the orders database; returns the address."""

    def script(client: Any) -> Any:
        orders = yield client.find.service("shop/production/orders")
        yield client.projects.list()
        context = of(client, orders)
        address = yield entered(context, client)
        yield (
            context.__aexit__(None, None, None)
            if isinstance(client, AsyncQovery)
            else context.__exit__(None, None, None)
        )
        return address

    return script


@pytest.mark.parametrize(
    ("of", "asked"),
    [
        (lambda client, orders: client.port_forward(orders.id, 5432), ["services.list"]),
        (lambda client, orders: client.port_forward(orders, 5432), []),
        (lambda client, orders: orders.port_forward(5432), []),
        (lambda client, orders: client.service(orders.id).port_forward(5432), ["services.list"]),
        (
            lambda client, _: client.port_forward(
                "s", 5432, cluster_id="c", project_id="p", environment_id="e", service_type="DATABASE"
            ),
            [],
        ),
    ],
    ids=["id", "handle", "handle that knows", "handle of an id", "all given"],
)
async def test_ids_are_looked_up_once_unless_they_are_known(
    emulator: Emulator, ask: Ask, of: Any, asked: list[str]
) -> None:
    address, requests = await play(ask, emulator, opening(of))
    assert requests[requests.index("projects.list") + 1 :] == asked
    assert address.host == "127.0.0.1"
    assert str(address) == f"127.0.0.1:{address.port}"


async def test_an_address_of_version_6_reads_as_one(ask: Ask, emulator: Emulator) -> None:
    address, _ = await play(ask, emulator, opening(lambda _, orders: orders.port_forward(5432, host="::1")))
    assert (address.host, str(address)) == ("::1", f"[::1]:{address.port}")


async def test_nothing_is_opened_before_the_block(ask: Ask) -> None:
    async def call(client: AsyncQovery) -> None:
        client.port_forward("s1", 0)

    async with AsyncQovery(TOKEN) as client:
        await call(client)
