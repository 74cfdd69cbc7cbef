"""What does each part of a call cost alone? In instructions of the processor, to explain the steps of ladder.py.

    python benchmarks/parts.py

Each part runs 1,000 times in a process of its own under valgrind; what an empty function takes is left off.
"""

from __future__ import annotations

import asyncio
import gc
import inspect
import json
import sys
from collections.abc import Callable
from datetime import datetime

from instructions import counted, instrument
from ladder import ORGANIZATION, ROUTE, TOKEN, ignore
from multidict import CIMultiDict, CIMultiDictProxy
from server import LIST

from qovery_async import AsyncQovery, models
from qovery_async.codec.converter import decoder
from qovery_async.runtime.reading import read_items
from qovery_async.transport.request import Call, build
from qovery_async.transport.response import Response
from qovery_async.transport.turn import learn_from, wait_for_turn
from qovery_async.transport.watch import Watch

TIMES = 1000
NOTHING = "nothing"
DATE = "2026-01-05T09:00:00.123456Z"


def main() -> None:
    if len(sys.argv) > 1:
        asyncio.run(run(sys.argv[1]))
        return
    nothing = counted(__file__, NOTHING)
    for name in asyncio.run(parts()):
        if name != NOTHING:
            print(f"{name:<60} {(counted(__file__, name) - nothing) / TIMES:9,.0f}", flush=True)


async def run(name: str) -> None:
    part = (await parts())[name]

    async def times(number: int) -> None:
        for _ in range(number):
            done = part()
            if inspect.isawaitable(done):
                await done

    await times(TIMES // 10)
    gc.collect()
    instrument("on")
    await times(TIMES)
    instrument("off")


async def parts() -> dict[str, Callable[[], object]]:
    """The parts in the order in which a call comes to them, with a pace and two hooks."""
    url, json_type = "http://127.0.0.1:1", "application/json"
    client = AsyncQovery(
        TOKEN, base_url=url, organization_id=ORGANIZATION, on_request=ignore, on_response=ignore, pace="wait"
    )
    exchange = client._core.exchange  # noqa: SLF001  # the parts are inside
    call, limit, pace, hooks = Call(*ROUTE), exchange.options.timeout, exchange.options.pace, exchange.hooks
    authorization = exchange.credentials.ready
    assert authorization is not None
    assert pace is not None
    request = build(call, base_url=url, accept=json_type, headers=exchange.headers)
    head, _, body = LIST.partition(b"\r\n\r\n")
    lines = [line.split(": ", 1) for line in head.decode().splitlines()[1:]]
    headers = CIMultiDictProxy(CIMultiDict(dict(lines)))
    response = Response(request, 200, headers, body, authorization)
    watch, decode, projects = Watch(), decoder(models.Project), json.loads(body)["results"]

    await learn_from(response, exchange.limiter, limit)  # otherwise the pace spreads the turns

    async def nothing() -> None:
        pass

    async def turn() -> None:
        await wait_for_turn(pace, exchange.limiter, request, 60.0, limit)

    return {
        NOTHING: lambda: None,
        "the object of the call": lambda: Call(*ROUTE),
        "the request, its address and its headers": lambda: build(
            call, base_url=url, accept=json_type, headers=exchange.headers
        ),
        "the pace: a turn": turn,
        "on_request": lambda: hooks.requesting(request, 1, limit),
        "the watch over an attempt": lambda: watch.within(60.0, nothing()),
        "the search for the token in the headers of the response": lambda: authorization.hidden_in_headers(headers),
        "the object of the response": lambda: Response(request, 200, headers, body, authorization, ceiling=1),
        "the pace: what the response says": lambda: learn_from(response, exchange.limiter, limit),
        "on_response": lambda: hooks.responded(response, 1, 0.1, limit),
        "json.loads of five projects": lambda: json.loads(body),
        "ten dates": lambda: [datetime.fromisoformat(DATE) for _ in range(10)],
        "the models of five projects and their dates": lambda: [decode(each, models.Project) for each in projects],
        "all of reading the response": lambda: read_items(exchange.codec, response, models.Project, "results"),
    }


if __name__ == "__main__":
    main()
