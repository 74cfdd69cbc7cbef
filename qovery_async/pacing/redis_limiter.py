"""How do many processes share the requests of one token? Through Redis, with the extra `redis`."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable
from typing import Any, TypeVar

import anyio
import anyio.lowlevel
import anyio.to_thread
import attrs

try:
    import redis
except ImportError as missing:
    raise ImportError("RedisRateLimiter needs the Python client of Redis: pip install 'redis>=5'") from missing
from redis.backoff import NoBackoff
from redis.retry import Retry

from qovery_async.errors import ConfigurationError
from qovery_async.pacing.budget import WINDOW, Budget, Turn
from qovery_async.pacing.limiter import LocalRateLimiter
from qovery_async.pacing.rate import Rate
from qovery_async.secrecy.secret import Secret

T = TypeVar("T")

_log = logging.getLogger("qovery.pacing")

_PATIENCE = 2.0
"""The most seconds that a request waits for Redis."""
_PAUSE = 5.0
"""The seconds for which a Redis that has failed is left alone."""

_line: anyio.lowlevel.RunVar[anyio.Lock] = anyio.lowlevel.RunVar("qovery_redis")
"""On each event loop, one call at a time asks Redis, so that they do not fill the loop's threads."""


class RedisRateLimiter:
    """A budget in Redis: all processes share it whose limiters have the same Redis and `name`.

    `server` is a `redis://`, `rediss://` or `unix://` address, or a `redis.Redis` of your own. `name`
    stands for one token: two tokens need two names. While Redis cannot be reached, each process
    counts alone, with one warning on the logger `qovery.pacing`.

    The blocking client of Redis runs in threads: unlike the one for asyncio, it belongs to no event
    loop and survives a fork.

    Raises:
        ConfigurationError: `server` is not an address of a Redis.
    """

    def __init__(self, server: str | redis.Redis, *, name: str) -> None:
        given: object = Secret(server) if isinstance(server, str) else server
        del server  # so that no frame shows its password
        # `Any`, since the client of Redis types some of its methods for two faces, and others not at all.
        self._redis: Any = _connected(given) if isinstance(given, Secret) else given
        if not isinstance(self._redis, redis.Redis):
            raise ConfigurationError(f"server must be an address or a redis.Redis, got {type(given).__name__}")
        self._key = f"qovery:budget:{name}"
        self._alone = LocalRateLimiter()
        self._reached = True
        self._ask_again_at = 0.0

    async def take(self, *, most: float, patient: bool) -> Turn:
        """Take one request out of the shared budget, or out of this process's own while Redis cannot be reached."""
        turn = await self._shared(lambda budget, now: budget.take(now, most=most, patient=patient))
        return turn or await self._alone.take(most=most, patient=patient)

    async def learn(self, rate: Rate) -> None:
        """Share what the headers of a response say."""
        came = time.monotonic()
        await self._alone.learn(rate)
        await self._shared(lambda budget, now: budget.learn(now - (time.monotonic() - came), rate))

    async def _shared(self, change: Callable[[Budget, float], T]) -> T | None:
        async with _line_of_this_loop():
            if time.monotonic() < self._ask_again_at:
                return None
            try:
                with anyio.fail_after(_PATIENCE):
                    result = await anyio.to_thread.run_sync(
                        self._changed, change, abandon_on_cancel=True, limiter=anyio.CapacityLimiter(1)
                    )
            except (redis.RedisError, OSError, UnicodeError) as error:
                self._ask_again_at = time.monotonic() + _PAUSE
                self._tell(reached=False, why=str(error) or f"no response within {_PATIENCE:.0f} s")
                return None
        self._tell(reached=True)
        return result

    def _tell(self, *, reached: bool, why: str = "") -> None:
        if self._reached and not reached:
            _log.warning("Redis is out of reach (%s): each process counts its requests alone", why)
        elif reached and not self._reached:
            _log.info("Redis is back: the processes share one budget again")
        self._reached = reached

    def _changed(self, change: Callable[[Budget, float], T]) -> T:
        """Applies `change` to the budget and returns its result; starts over when another process interferes."""

        def transaction(pipe: Any) -> T:
            seconds, micros = pipe.time()  # one clock for all
            now = seconds + micros / 1e6
            kept = _read(pipe.get(self._key))
            budget = attrs.evolve(kept)
            result = change(budget, now)
            if budget == kept:  # as after most responses; so other processes need not start over
                pipe.unwatch()
                return result
            pipe.multi()
            pipe.set(self._key, json.dumps(attrs.asdict(budget)), ex=int(max(budget.ends - now, 0) + WINDOW))
            return result

        result: T = self._redis.transaction(transaction, self._key, value_from_callable=True)
        return result


def _connected(address: Secret) -> Any:
    try:
        # A closed connection is opened again; a Redis that does not respond is not asked twice.
        again = Retry(NoBackoff(), 1, supported_errors=(redis.ConnectionError,))
        seconds = {"socket_timeout": _PATIENCE, "socket_connect_timeout": _PATIENCE}
        client: Any = redis.Redis
        return client.from_url(address.reveal(), retry=again, **seconds)
    except ValueError:
        pass  # its message and traceback hold parts of the address, and so of a password
    raise ConfigurationError(
        "server must be an address that begins with redis://, rediss:// or unix:// and has a number as port"
    )


def _line_of_this_loop() -> anyio.Lock:
    try:
        return _line.get()
    except LookupError:
        lock = anyio.Lock()
        _line.set(lock)
        return lock


def _read(kept: bytes | str | None) -> Budget:
    try:
        return Budget(**json.loads(kept or "{}"))
    except (ValueError, TypeError):  # written by another version of this SDK
        return Budget()
