"""When may a request be sent, and what does its response say of the next ones?"""

from __future__ import annotations

import asyncio
import logging
import math
import time

from qovery_async.errors import RateBudgetExhausted
from qovery_async.pacing.budget import AT_LEAST, SOON
from qovery_async.pacing.limiter import LocalRateLimiter, RateLimiter
from qovery_async.pacing.pace import Pace
from qovery_async.pacing.rate import read_rate
from qovery_async.transport import pressure
from qovery_async.transport.options import Timeout
from qovery_async.transport.patience import patiently
from qovery_async.transport.request import Request
from qovery_async.transport.response import Response

_log = logging.getLogger("qovery.pacing")


async def wait_for_turn(pace: Pace, limiter: RateLimiter, request: Request, left: float, limit: Timeout) -> float:
    """Waits until the request may be sent; returns the seconds it waited.

    `left` is the number of seconds until the call's timeout.

    Raises:
        RequestTimeout: the limiter takes longer to decide than an attempt may.
        RateBudgetExhausted: the pace does not wait, or the wait is longer than the pace or the timeout allows.
    """
    patient = pace.mode == "wait"
    began = time.monotonic()
    until = began + (min(pace.ceiling, left) if patient else 0.0)
    while True:
        most = max(0.0, until - time.monotonic())
        taking = limiter.take(most=most, patient=patient)
        # The client's own limiter never waits.
        own = type(limiter) is LocalRateLimiter
        turn = await taking if own else await patiently(f"{request}: rate_limiter.take", taking, limit)
        wait = turn.wait if turn.taken else max(turn.wait, AT_LEAST)
        if wait > most and not turn.taken:
            raise _exhausted(request, wait, most, patient=patient)
        if wait > SOON:
            _log.info("%s waits %.1f s: the token's request budget is running out", request, wait)
            pressure.tell()
        if wait > 0:
            await asyncio.sleep(wait)
        if turn.taken:
            return time.monotonic() - began


async def learn_from(response: Response, limiter: RateLimiter, limit: Timeout) -> None:
    """Tells the limiter what a response says of the budget.

    Raises:
        RequestTimeout: the limiter takes longer than an attempt may.
    """
    rate = read_rate(response.headers, refused=response.status == 429)
    if rate is None:
        return
    if type(limiter) is LocalRateLimiter:
        await limiter.learn(rate)
    else:
        name = f"{response.request} returned {response.status}, but rate_limiter.learn"
        await patiently(name, limiter.learn(rate), limit)


def _exhausted(request: Request, wait: float, most: float, *, patient: bool) -> RateBudgetExhausted:
    if patient:
        why = (
            f"the token's budget allows it in {math.ceil(wait)} s, but it may only wait {most:.1f} s; "
            "increase timeout or Pace.ceiling"
        )
    else:
        why = f'the token\'s budget is used up and renews in {math.ceil(wait)} s; use pace="wait" to wait for it'
    refused = RateBudgetExhausted(
        429,
        why,
        operation=request.operation,
        method=request.method,
        url=request.url,
        headers={"Retry-After": f"{wait:.1f}"},
    )
    refused.retry_after = round(wait, 1)
    return refused
