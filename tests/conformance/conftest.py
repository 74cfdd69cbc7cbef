"""Both clients in front of Prism, and the count of what it served."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator
from operator import attrgetter
from typing import Any, get_type_hints

import attrs
import pytest

from qovery_async import AsyncQovery, RequestEvent, WithResponse
from qovery_sync import Qovery
from tests.support.prism import running
from tests.support.samples import API


@attrs.frozen
class Clients:
    """One client of each face, both on the same Prism."""

    runner: asyncio.Runner
    asynchronous: AsyncQovery
    blocking: Qovery
    sent: list[RequestEvent]

    def call(self, face: str, name: str, arguments: dict[str, Any], *, status: int) -> WithResponse[Any]:
        """Calls an operation by its dotted name and has Prism answer with the status."""
        headers = {"Prefer": f"code={status}"}
        if face == "sync":
            client = self.blocking.with_options(headers=headers)
            return client.with_response(attrgetter(name)(client))(**arguments)

        async def call() -> WithResponse[Any]:
            client = self.asynchronous.with_options(headers=headers)
            return await client.with_response(attrgetter(name)(client))(**arguments)

        return self.runner.run(call())

    def iterate(self, face: str, name: str, arguments: dict[str, Any]) -> list[Any]:
        """Every item that an `iterate...` method yields."""
        if face == "sync":
            return list(attrgetter(name)(self.blocking)(**arguments))

        async def collect() -> list[Any]:
            return [item async for item in attrgetter(name)(self.asynchronous)(**arguments)]

        return self.runner.run(collect())

    def promised(self, face: str, name: str) -> Any:
        """The annotation of what an operation returns."""
        client = self.blocking if face == "sync" else self.asynchronous
        return get_type_hints(attrgetter(name)(client), include_extras=True)["return"]


@pytest.fixture(scope="session")
def prism(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running(tmp_path_factory.mktemp("prism") / "log.txt") as address:
        yield address


@pytest.fixture(scope="session")
def clients(prism: str) -> Iterator[Clients]:
    sent: list[RequestEvent] = []
    asynchronous = AsyncQovery(token="t", base_url=prism, on_request=sent.append)
    with asyncio.Runner() as runner, Qovery(token="t", base_url=prism, on_request=sent.append) as blocking:
        yield Clients(runner, asynchronous, blocking, sent)
        runner.run(asynchronous.aclose())


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--explore-seconds", type=float, default=0.0, help="how long Schemathesis goes on at least")


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Counts what the tests recorded, wherever they ran: xdist sends the reports here."""
    served, refused = Counter[str](), set[str]()
    for report in terminalreporter.stats.get("passed", []):
        recorded = dict(report.user_properties)
        if "conformance" in recorded:
            face, operation, outcome = recorded["conformance"]
            served[face] += outcome == "served"
            refused |= {operation} if outcome == "refused" else set()
        if "emulator" in recorded:
            terminalreporter.write_line(f"emulator: answers that fit the description: {recorded['emulator']}")
        if "explored" in recorded:
            terminalreporter.write_line(f"Schemathesis: {recorded['explored']}")
    if served or refused:
        counts = ", ".join(f"{face} {served[face]}/{len(API.operations)}" for face in sorted(served))
        terminalreporter.write_line(f"conformance: {counts}, {len(refused)} refused by Prism itself (listed)")
