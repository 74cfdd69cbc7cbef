"""Receive Qovery's webhooks with aiohttp. It prints a line for each event.

    QOVERY_WEBHOOK_SECRET=... python examples/webhooks_aiohttp.py 8080

The secret is the webhook's `target_secret`, its `target_url` ends in /qovery.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
from collections.abc import AsyncIterator

from aiohttp import web

from qovery_async import webhooks

SECRET = os.environ["QOVERY_WEBHOOK_SECRET"]
EVENTS = web.AppKey("events", asyncio.Queue[webhooks.WebhookEvent])


async def receive(request: web.Request) -> web.Response:
    """Checks the request, and responds before anything is done about the event."""
    try:
        event = webhooks.parse(await request.read(), request.headers, SECRET)
    except webhooks.WebhookRefused as refusal:
        return web.Response(status=refusal.status)
    request.app[EVENTS].put_nowait(event)
    return web.Response(status=204)


async def handle_all(events: asyncio.Queue[webhooks.WebhookEvent]) -> None:
    seen = set[str]()  # with several processes, a table with a unique key
    while event := await events.get():
        if event.key not in seen:
            seen.add(event.key)
            print(event.event_type, event.payload.project.name, event.payload.environment.name, flush=True)


async def handling(app: web.Application) -> AsyncIterator[None]:
    task = asyncio.create_task(handle_all(app[EVENTS]))
    yield
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


def make_app() -> web.Application:
    app = web.Application(client_max_size=4 * 2**20)  # the default of 1 MiB is little for an event with logs
    app[EVENTS] = asyncio.Queue()
    app.cleanup_ctx.append(handling)
    app.router.add_post("/qovery", receive)
    return app


if __name__ == "__main__":
    web.run_app(make_app(), host="127.0.0.1", port=int(sys.argv[1]))
