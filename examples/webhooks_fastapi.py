"""Receive Qovery's webhooks with FastAPI. It prints a line for each event.

    QOVERY_WEBHOOK_SECRET=... uvicorn --app-dir examples webhooks_fastapi:app --port 8080

The secret is the webhook's `target_secret`, its `target_url` ends in /qovery. In Starlette, `receive` is the same with
`Response(status_code=204, background=BackgroundTask(handle, event))`.
"""

from __future__ import annotations

import os

from fastapi import BackgroundTasks, FastAPI, Request, Response

from qovery_async import webhooks

SECRET = os.environ["QOVERY_WEBHOOK_SECRET"]
SEEN = set[str]()  # with several processes, a table with a unique key

app = FastAPI()


@app.post("/qovery")
async def receive(request: Request, background: BackgroundTasks) -> Response:
    """Checks the request, and responds before anything is done about the event."""
    try:
        event = webhooks.parse(await request.body(), request.headers, SECRET)
    except webhooks.WebhookRefused as refusal:
        return Response(status_code=refusal.status)
    background.add_task(handle, event)
    return Response(status_code=204)


async def handle(event: webhooks.WebhookEvent) -> None:
    if event.key not in SEEN:
        SEEN.add(event.key)
        print(event.event_type, event.payload.project.name, event.payload.environment.name, flush=True)
