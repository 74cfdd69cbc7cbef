"""Do links lead to the services of the environment that they are asked of?"""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import pytest

from qovery_async import AsyncQovery, models
from qovery_async.emulator import Emulator
from tests.support.both_faces import play
from tests.support.server import Ask

pytestmark = pytest.mark.anyio

PRIVATE = {"internal_port": 9090, "publicly_accessible": False, "protocol": "HTTP", "name": "metrics"}
PUBLIC = {
    "internal_port": 9091,
    "external_port": 8443,
    "publicly_accessible": True,
    "protocol": "HTTP",
    "name": "admin",
}


def of(emulator: Emulator, kind: str, name: str) -> str:
    return next(entity.id for entity in emulator.state.every(kind) if entity.value["name"] == name)


async def test_an_environment_has_the_links_of_its_own_services_that_have_a_public_port(
    emulator: Emulator, client: AsyncQovery
) -> None:
    environment = emulator.state.every("environment")[0]
    links = await client.environments.list_links(environment.id)
    names = {service.id: service.name for service in await client.services.list(environment_id=environment.id)}
    assert [names[link.service_id] for link in links] == ["storefront", "api"], "neither the database nor the job"
    assert {(link.service_type, link.internal_port, link.external_port) for link in links} == {
        ("APPLICATION", 8080, 443)
    }
    assert len({link.url for link in links}) == 2
    assert all(link.is_default and link.is_qovery_domain for link in links)


async def test_each_public_port_and_each_custom_domain_has_a_link(emulator: Emulator, client: AsyncQovery) -> None:
    container = emulator.state.get("container", of(emulator, "container", "ledger"))
    container.value = {**container.value, "ports": [PRIVATE, *container.value["ports"], PUBLIC]}
    await client.containers.custom_domains.create(
        container.id, {"domain": "ledger.example.com", "generate_certificate": True}
    )
    links = await client.containers.list_links(container.id)
    seen = [(link.internal_port, link.external_port, link.is_default, link.is_qovery_domain) for link in links]
    assert seen == [(8080, 443, True, True), (9091, 8443, False, True), (8080, 443, False, False)]
    assert links[-1].url == "https://ledger.example.com"
    assert container.parent is not None
    assert [link for link in await client.environments.list_links(container.parent.id) if link in links] == links


async def test_a_service_without_ports_has_no_links(emulator: Emulator, client: AsyncQovery) -> None:
    assert await client.helms.list_links(of(emulator, "helm", "grafana")) == []


async def test_a_handle_has_its_own_links(ask: Ask, emulator: Emulator) -> None:
    def script(client: Any) -> Generator[Any, Any, Any]:
        found = yield client.find.service("shop/staging/api")
        links: list[models.Link] = yield found.links()
        return found.id, links

    (id_, links), _ = await play(ask, emulator, script)
    assert [link.service_id for link in links] == [id_]
