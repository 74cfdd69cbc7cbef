"""Receive Qovery's webhooks with Flask. It prints a line for each event.

    QOVERY_WEBHOOK_SECRET=... gunicorn --chdir examples --bind 127.0.0.1:8080 webhooks_flask:app

The secret is the webhook's `target_secret`, its `target_url` ends in /qovery.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor

from flask import Flask, Response, request

from qovery_sync import webhooks

SECRET = os.environ["QOVERY_WEBHOOK_SECRET"]
SEEN = set[str]()  # with several processes, a table with a unique key
WORKER = ThreadPoolExecutor(1)  # one thread keeps the order

app = Flask(__name__)


@app.post("/qovery")
def receive() -> Response:
    """Checks the request, and responds before anything is done about the event."""
    try:
        event = webhooks.parse(request.get_data(), request.headers, SECRET)
    except webhooks.WebhookRefused as refusal:
        return Response(status=refusal.status)
    WORKER.submit(handle, event)
    return Response(status=204)


def handle(event: webhooks.WebhookEvent) -> None:
    if event.key not in SEEN:
        SEEN.add(event.key)
        print(event.event_type, event.payload.project.name, event.payload.environment.name, flush=True)
