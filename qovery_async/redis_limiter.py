"""How do many processes share the requests of one token? Through Redis: `pip install qovery-sdk[redis]`."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

import anyio.to_thread
import attrs
import redis

from qovery_async.errors import ConfigurationError
from qovery_async.pacing import WINDOW, Budget, LocalRateLimiter, Turn
from qovery_async.rate import Rate

if TYPE_CHECKING:
    from redis.client import Pipeline

T = TypeVar("T")

_log = logging.getLogger("qovery.pacing")

_SECONDS = 2.0
"""No request waits longer for Redis."""


class RedisRateLimiter:
    """A budget that all processes share whose limiters have the same Redis and the same `name`.

    `server` is a `redis://`, `rediss://` or `unix://` address, or a `redis.Redis` of your own.
    A `name` stands for one token: two tokens have two budgets. While Redis cannot be reached, each
    process goes by what it sees itself, and says so once in the log.

    The blocking client of Redis runs in threads: unlike the one for asyncio, it belongs to no event
    loop and survives a fork.

    Raises:
        ConfigurationError: `server` is no address of a Redis.
    """

    def __init__(self, server: str | redis.Redis, *, name: str) -> None:
        if isinstance(server, str):
            try:
                server = redis.Redis.from_url(server, socket_timeout=_SECONDS, socket_connect_timeout=_SECONDS)
            except ValueError as error:
                raise ConfigurationError(f"the address of Redis cannot be used: {error}") from None
        self._redis = server
        self._key = f"qovery:budget:{name}"
        self._alone = LocalRateLimiter()
        self._reached = True

    async def take(self, *, most: float, patient: bool) -> Turn:
        turn = await self._shared(lambda budget, now: budget.take(now, most=most, patient=patient))
        return turn or await self._alone.take(most=most, patient=patient)

    async def learn(self, rate: Rate) -> None:
        await self._alone.learn(rate)
        await self._shared(lambda budget, now: budget.learn(now, rate))

    async def _shared(self, change: Callable[[Budget, float], T]) -> T | None:
        try:
            result = await anyio.to_thread.run_sync(self._changed, change, abandon_on_cancel=True)
        except redis.RedisError as error:
            if self._reached:
                _log.warning("Redis cannot be reached (%s): each process paces its requests alone", error)
            self._reached = False
            return None
        self._reached = True
        return result

    def _changed(self, change: Callable[[Budget, float], T]) -> T:
        """What `change` makes of the budget and says; done again when another process came in between."""
        results: list[T] = []

        def transaction(pipe: Pipeline) -> None:
            seconds, micros = pipe.time()  # one clock for all
            budget = _read(pipe.get(self._key))
            results.append(change(budget, seconds + micros / 1e6))
            pipe.multi()
            pipe.set(self._key, json.dumps(attrs.asdict(budget)), ex=int(2 * WINDOW))

        self._redis.transaction(transaction, self._key)
        return results[-1]


def _read(kept: bytes | str | None) -> Budget:
    try:
        return Budget(**json.loads(kept or "{}"))
    except (ValueError, TypeError):  # of another version of this SDK
        return Budget()
