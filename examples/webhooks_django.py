"""Receive Qovery's webhooks with Django. It prints a line for each event.

    QOVERY_WEBHOOK_SECRET=... gunicorn --chdir examples --bind 127.0.0.1:8080 webhooks_django:application

The secret is the webhook's `target_secret`, its `target_url` ends in /qovery. In a project of yours, `receive` goes to
views.py and `handle` becomes a task: `handle.delay(to_dict(event))`, and there `WebhookEvent.read(body)`.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from qovery_sync import webhooks

SECRET = os.environ["QOVERY_WEBHOOK_SECRET"]
SEEN = set[str]()  # with several processes, a table with a unique key
WORKER = ThreadPoolExecutor(1)  # one thread keeps the order


@csrf_exempt
@require_POST
def receive(request: HttpRequest) -> HttpResponse:
    """Checks the request, and responds before anything is done about the event."""
    try:
        event = webhooks.parse(request.body, request.headers, SECRET)
    except webhooks.WebhookRefused as refusal:
        return HttpResponse(status=refusal.status)
    WORKER.submit(handle, event)
    return HttpResponse(status=204)


def handle(event: webhooks.WebhookEvent) -> None:
    if event.key not in SEEN:
        SEEN.add(event.key)
        print(event.event_type, event.payload.project.name, event.payload.environment.name, flush=True)


urlpatterns = [path("qovery", receive)]

# `DATA_UPLOAD_MAX_MEMORY_SIZE` is 2.5 MiB by default: little for an event with logs.
settings.configure(ROOT_URLCONF=__name__, ALLOWED_HOSTS=["*"], DATA_UPLOAD_MAX_MEMORY_SIZE=4 * 2**20)
application = get_wsgi_application()
