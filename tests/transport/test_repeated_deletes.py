"""What does a DELETE mean that is retried and then finds nothing?"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AsyncExitStack
from typing import Any

import pytest

from qovery_async import (
    Forbidden,
    NotFound,
    RetryPolicy,
    Timeout,
)
from tests.support.flaky import CLOSED, RESET, SILENCE, Step, answer, serve_steps
from tests.support.server import Ask, closed_port

pytestmark = pytest.mark.anyio

QUICK = RetryPolicy(base=0.001)

GONE = b'{"status": 404, "detail": "There is no such project"}'


def request(method: str) -> Callable[[Any], Any]:
    """A call that sends a body where the method has one."""
    body = {"json": {"name": "shop"}} if method in ("PUT", "POST", "PATCH") else {}
    return lambda client: client.request(method, "/x", **body)


def patience(step: Step) -> Timeout:
    """No more than the test needs, but enough for a busy machine."""
    return Timeout(attempt=0.2 if step.then == "stay silent" else 5)


def notes(error: BaseException) -> list[str]:
    return list(getattr(error, "__notes__", []))


class TestADeleteThatIsRepeated:
    """Not found on the second time means that the first one did it."""

    @staticmethod
    def delete(client: Any) -> Any:
        return client.projects.delete("p1")

    @pytest.mark.parametrize(
        "steps",
        [
            [CLOSED],
            [RESET],
            [SILENCE],
            [answer(502)],
            [answer(503)],
            [answer(504)],
            [answer(429), answer(503)],
            [answer(503), answer(429)],
        ],
        ids=lambda steps: " ".join(f"{step.then} {step.data[9:12].decode()}" for step in steps),
    )
    async def test_has_succeeded_where_it_finds_nothing(self, ask: Ask, steps: list[Step]) -> None:
        async with serve_steps(*steps, answer(404, GONE)) as server:
            assert await ask(server.url, self.delete, retries=QUICK, timeout=patience(steps[0])) is None
            assert server.methods == ["DELETE"] * (len(steps) + 1)

    async def test_still_tells_the_status(self, ask: Ask) -> None:
        async with serve_steps(answer(503), answer(404, GONE, X_Request_Id="r2")) as server:
            found = await ask(server.url, lambda c: c.with_response(c.projects.delete)("p1"), retries=QUICK)
            assert (found.result, found.status, found.request_id) == (None, 404, "r2")
        async with serve_steps(answer(503), answer(404, GONE)) as server:
            raw = await ask(server.url, request("DELETE"), retries=QUICK)
            assert (raw.status, raw.data) == (404, None)

    async def test_has_failed_where_the_first_time_surely_did_nothing(self, ask: Ask) -> None:
        async with serve_steps(answer(429), answer(404, GONE)) as server:
            with pytest.raises(NotFound) as failed:
                await ask(server.url, self.delete, retries=QUICK)
            assert failed.value.attempts == 2
        async with AsyncExitStack() as stack:
            url = closed_port()

            async def come_up(_: object) -> None:
                port = int(url.rpartition(":")[2])
                await stack.enter_async_context(serve_steps(answer(404, GONE), port=port))

            with pytest.raises(NotFound):
                await ask(url, self.delete, retries=QUICK, on_retry=come_up)

    async def test_has_failed_where_something_else_is_wrong(self, ask: Ask) -> None:
        async with serve_steps(answer(503), answer(403)) as server:
            with pytest.raises(Forbidden) as failed:
                await ask(server.url, self.delete, retries=QUICK)
            assert failed.value.attempts == 2

    @pytest.mark.parametrize("method", ["GET", "PUT"])
    async def test_is_unlike_other_methods(self, ask: Ask, method: str) -> None:
        async with serve_steps(answer(503), answer(404, GONE)) as server:
            with pytest.raises(NotFound, match="There is no such project") as failed:
                await ask(server.url, request(method), retries=QUICK)
            assert failed.value.attempts == 2
            effect = "; one of them may have taken effect" if method == "PUT" else ""
            assert notes(failed.value) == [f"Tried 2 times{effect}."]
