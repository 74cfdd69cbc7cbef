"""Does a call end when its timeout is over, wherever it is just then? And does the client work afterwards?"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, ClassVar

import anyio
import attrs
import pytest

from qovery_async import (
    AsyncQovery,
    ConnectError,
    RateBudgetExhausted,
    RequestTimeout,
    RetryPolicy,
    ServerError,
    Timeout,
)
from qovery_async.pacing.budget import Turn
from qovery_async.pacing.limiter import LocalRateLimiter
from qovery_async.pacing.rate import Rate
from qovery_sync import Qovery
from tests.support.flaky import CLOSED, DRIPPING, HALF, SILENCE, Flaky, Step, answer, serve_steps
from tests.support.server import TOKEN, Ask, full_port

pytestmark = pytest.mark.anyio

FOREVER = 60
"""Seconds: longer than any test may take."""

SLOW = answer(503, Retry_After="50")


def get(client: Any) -> Any:
    return client.request("GET", "/x")


async def last(*_: object) -> Any:
    await anyio.sleep(FOREVER)


@attrs.define
class Slow:
    """A limiter that hangs in the method of this name."""

    method: str

    async def take(self, *, most: float, patient: bool) -> Turn:
        await anyio.sleep(FOREVER if self.method == "take" else 0)
        return Turn(taken=True, wait=FOREVER if self.method == "wait" else 0)

    async def learn(self, rate: Rate) -> None:
        await anyio.sleep(FOREVER if self.method == "learn" else 0)


class TestEachLimit:
    async def test_of_connecting(self, ask: Ask) -> None:
        with full_port() as url, pytest.raises(ConnectError, match=r"no connection within 0\.1 s"):
            await ask(url, get, timeout=Timeout(connect=0.1))

    @pytest.mark.parametrize("step", [SILENCE, HALF], ids=["from the first byte", "within the body"])
    async def test_of_silence(self, ask: Ask, step: Step) -> None:
        async with serve_steps(step) as server:
            with pytest.raises(RequestTimeout, match=r"read=0\.1"):
                await ask(server.url, get, timeout=Timeout(read=0.1))

    async def test_of_silence_is_none_of_slowness(self, ask: Ask) -> None:
        async with serve_steps(DRIPPING) as server:
            with pytest.raises(RequestTimeout, match=r"0\.4 s in all"):
                await ask(server.url, get, timeout=Timeout(total=0.4, read=0.2))

    @pytest.mark.parametrize("step", [SILENCE, HALF, DRIPPING], ids=["silence", "half a body", "dripping"])
    async def test_of_an_attempt_is_followed_by_another(self, ask: Ask, step: Step) -> None:
        async with serve_steps(step) as server:
            with pytest.raises(RequestTimeout, match=r"attempt=0\.1") as failed:
                await ask(server.url, get, timeout=Timeout(attempt=0.1), retries=RetryPolicy(base=0.001))
            assert failed.value.attempts == len(server.methods) == 3


class TestTheLimitOfAWholeCall:
    """`timeout=0.3` bounds all that a call does, in both faces."""

    @pytest.mark.parametrize("step", [SILENCE, HALF, DRIPPING], ids=["silence", "half a body", "dripping"])
    async def test_bounds_its_attempts(self, ask: Ask, step: Step) -> None:
        async with serve_steps(step) as server:
            limit = Timeout(total=0.3, attempt=0.12)
            with pytest.raises(RequestTimeout, match=r"within the timeout \(0\.3 s in all\)") as failed:
                await ask(server.url, get, timeout=limit, retries=RetryPolicy(9, base=0.001))
            assert 1 < len(server.methods) == failed.value.attempts < 9
            tried = f"Tried {failed.value.attempts} times, not again: the timeout of the call is over."
            assert failed.value.__notes__ == [tried]

    async def test_bounds_connecting(self, ask: Ask) -> None:
        with full_port() as url, pytest.raises(RequestTimeout):
            await ask(url, get, timeout=0.2)

    @pytest.mark.parametrize("kind", ["token", "on_request", "on_response", "on_retry"])
    async def test_bounds_what_the_caller_gave(self, ask: Ask, kind: str) -> None:
        async with serve_steps(answer(503), answer(204)) as server:
            with pytest.raises(RequestTimeout):
                await ask(server.url, get, timeout=0.2, retries=RetryPolicy(base=0.001), **{kind: last})

    @pytest.mark.parametrize("method", ["take", "wait", "learn"])
    async def test_bounds_pacing(self, ask: Ask, method: str) -> None:
        rate = {"X_RateLimit_Limit": "9", "X_RateLimit_Remaining": "8", "X_RateLimit_Reset": "7"}
        async with serve_steps(answer(204, **rate)) as server:
            with pytest.raises(RequestTimeout):
                await ask(server.url, get, timeout=0.2, rate_limiter=Slow(method))
            assert server.methods == (["GET"] if method == "learn" else [])

    async def test_allows_no_wait_that_would_outlast_it(self, ask: Ask) -> None:
        async with serve_steps(SLOW) as server:
            with pytest.raises(ServerError) as failed:
                await ask(server.url, get, timeout=40, retries=RetryPolicy())
            assert failed.value.attempts == len(server.methods) == 1

    async def test_allows_no_turn_that_would_come_after_it(self, ask: Ask) -> None:
        used_up = {"X_RateLimit_Limit": "9", "X_RateLimit_Remaining": "0", "X_RateLimit_Reset": "50"}
        pace = LocalRateLimiter()
        async with serve_steps(answer(204, **used_up)) as server:
            await ask(server.url, get, pace="wait", rate_limiter=pace)
            with pytest.raises(RateBudgetExhausted):
                await ask(server.url, get, pace="wait", rate_limiter=pace, timeout=40)
            assert server.methods == ["GET"]

    async def test_leaves_what_came_in_time_alone(self, ask: Ask) -> None:
        async with serve_steps(answer(503), CLOSED, answer(204)) as server:
            assert (await ask(server.url, get, timeout=8, retries=RetryPolicy(base=0.001))).status == 204

    @pytest.mark.parametrize("kind", ["token", "on_request", "on_response"])
    async def test_is_not_what_raised_the_callers_own_timeout(self, ask: Ask, kind: str) -> None:
        def raise_(*_: object) -> Any:
            raise TimeoutError("mine")

        async with serve_steps(answer(204)) as server:
            with pytest.raises(TimeoutError, match="mine"):
                await ask(server.url, get, timeout=5, **{kind: raise_})


class TestTheLimitOfAnAttempt:
    """`Timeout.attempt` also bounds each wait for a function of the caller's, in both faces: no default is endless."""

    LIMIT = Timeout(total=None, attempt=0.1)
    RATE: ClassVar = {"X_RateLimit_Limit": "9", "X_RateLimit_Remaining": "8", "X_RateLimit_Reset": "7"}

    @pytest.mark.parametrize("face", [AsyncQovery, Qovery])
    def test_is_set_by_default(self, face: Any) -> None:
        options = getattr(face(TOKEN), "_async", face(TOKEN))._core.exchange.options
        assert options.timeout == Timeout(total=None, attempt=60)

    @pytest.mark.parametrize(
        ("kind", "says", "sent"),
        [
            ("token", r"/x: the token function did not return within 0\.1 s \(Timeout\.attempt\)$", []),
            ("on_request", r"/x: on_request did not return within 0\.1 s", []),
            ("on_response", r"/x returned 503, but on_response did not return within 0\.1 s", ["GET"]),
            ("on_retry", r"/x: on_retry did not return within 0\.1 s", ["GET"]),
        ],
    )
    async def test_bounds_what_the_caller_gave_which_is_asked_once(
        self, ask: Ask, kind: str, says: str, sent: list[str]
    ) -> None:
        asked: list[object] = []

        async def hang(*event: object) -> Any:
            asked.append(event)
            await anyio.sleep(FOREVER)

        async with serve_steps(answer(503)) as server:
            with pytest.raises(RequestTimeout, match=says):
                await ask(server.url, get, timeout=self.LIMIT, retries=RetryPolicy(base=0.001), **{kind: hang})
            assert server.methods == sent
        assert len(asked) == 1

    async def test_bounds_a_token_function_that_hangs_after_a_401(self, ask: Ask) -> None:
        tokens = ["first"]

        async def token() -> str:
            if not tokens:
                await anyio.sleep(FOREVER)
            return tokens.pop()

        async with serve_steps(answer(401)) as server:
            with pytest.raises(RequestTimeout, match="the token function did not return"):
                await ask(server.url, get, timeout=self.LIMIT, token=token)
            assert server.methods == ["GET"]

    @pytest.mark.parametrize(("method", "sent"), [("take", []), ("learn", ["GET"])])
    async def test_bounds_a_limiter(self, ask: Ask, method: str, sent: list[str]) -> None:
        async with serve_steps(answer(204, **self.RATE)) as server:
            with pytest.raises(RequestTimeout, match=rf"rate_limiter\.{method} did not return within 0\.1 s"):
                await ask(server.url, get, timeout=self.LIMIT, rate_limiter=Slow(method))
            assert server.methods == sent

    async def test_leaves_the_next_call_alone(self) -> None:
        hanging = [True]

        async def hang(event: object) -> None:
            if hanging:
                await anyio.sleep(FOREVER if hanging.pop() else 0)

        options: dict[str, Any] = {"timeout": self.LIMIT, "on_request": hang}
        async with serve_steps(answer(204)) as server, AsyncQovery(TOKEN, base_url=server.url, **options) as client:
            with pytest.raises(RequestTimeout):
                await get(client)
            assert (await get(client)).status == 204

    @pytest.mark.parametrize("kind", ["token", "on_request", "on_response", "on_retry"])
    async def test_is_not_what_raised_the_callers_own_timeout(self, ask: Ask, kind: str) -> None:
        async def raise_(*_: object) -> Any:
            raise TimeoutError("mine")

        async with serve_steps(answer(503)) as server:
            with pytest.raises(TimeoutError, match="mine"):
                await ask(server.url, get, retries=RetryPolicy(base=0.001), **{kind: raise_})


Scope = Callable[[float], AbstractAsyncContextManager[Any]]


@asynccontextmanager
async def fail_after(seconds: float) -> AsyncGenerator[None]:
    with anyio.fail_after(seconds):
        yield


@asynccontextmanager
async def timeout(seconds: float) -> AsyncGenerator[None]:
    async with asyncio.timeout(seconds):
        yield


PLACES: dict[str, tuple[list[Step], dict[str, Any]]] = {
    "back-off": ([SLOW], {}),
    "no answer": ([SILENCE], {}),
    "half an answer": ([HALF], {}),
    "the TLS handshake": ([SILENCE], {"base_url": "https"}),
    "a turn": ([SILENCE], {"rate_limiter": Slow("wait")}),
    "the limiter": ([SILENCE], {"rate_limiter": Slow("take")}),
    "the token": ([SILENCE], {"token": last}),
    "a hook": ([SILENCE], {"on_request": last}),
}


@pytest.mark.parametrize("within", [None, FOREVER], ids=["", "and a limit of its own"])
@pytest.mark.parametrize("scope", [fail_after, timeout], ids=["anyio", "asyncio"])
@pytest.mark.parametrize("place", PLACES)
async def test_a_deadline_around_a_call_ends_it(place: str, scope: Scope, within: float | None) -> None:
    steps, options = PLACES[place]
    async with serve_steps(*steps) as server:
        url = server.url.replace("http:", "https:") if options.get("base_url") else server.url
        options = {"token": TOKEN, "timeout": within} | options | {"base_url": url}
        async with AsyncQovery(**options) as client:
            with pytest.raises(TimeoutError) as failed:
                async with scope(0.1):
                    await get(client)
            assert type(failed.value) is TimeoutError
        await gone(server)


async def gone(server: Flaky) -> None:
    with anyio.fail_after(5):
        while server.open:
            await anyio.sleep(0.01)
