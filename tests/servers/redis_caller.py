"""One of many processes that share a token's budget through Redis: it calls as often as it may until told to end."""

from __future__ import annotations

import asyncio
import json
import logging
import sys
from collections import Counter

from qovery_async import NO_RETRIES, AsyncQovery, RateLimited, ResponseEvent
from qovery_async.pacing.redis_limiter import RedisRateLimiter

CALLERS = 10


async def main(url: str, token: str, redis_url: str) -> None:
    statuses: Counter[str] = Counter()
    warnings: list[str] = []
    handler = logging.Handler(logging.WARNING)
    handler.emit = lambda record: warnings.append(record.getMessage())  # type: ignore[method-assign]
    logging.getLogger("qovery").addHandler(handler)

    def on_response(event: ResponseEvent) -> None:
        statuses[str(event.status)] += 1

    async def call_on_and_on(client: AsyncQovery) -> None:
        while True:
            try:
                await client.organizations.list()
            except RateLimited as error:
                statuses[type(error).__name__] += 1

    limiter = RedisRateLimiter(redis_url, name="shop")
    async with AsyncQovery(
        token, base_url=url, rate_limiter=limiter, retries=NO_RETRIES, on_response=on_response
    ) as client:
        tasks = [asyncio.create_task(call_on_and_on(client)) for _ in range(CALLERS)]
        await asyncio.to_thread(sys.stdin.read)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    print(json.dumps([statuses, warnings]))


asyncio.run(main(*sys.argv[1:]))
