"""Show projects and environments with Django: one blocking client for all threads, models in `JsonResponse`.

    QOVERY_API_TOKEN=... gunicorn --chdir examples --threads 4 web_django:application

In a project of yours, the views go to views.py, and the client and the encoder to a module of their own. Async views
take an `AsyncQovery` that is made at the same place.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, JsonResponse
from django.urls import path
from django.views.decorators.http import require_GET

from qovery_sync import NotFound, Qovery, json_default

client = Qovery(pace="wait")  # connects with the first call, so each worker process has connections of its own


class QoveryEncoder(DjangoJSONEncoder):
    def default(self, o: Any) -> Any:
        return json_default(o, otherwise=super().default)


@require_GET
def projects(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"projects": client.projects.list()}, encoder=QoveryEncoder)


@require_GET
def environments(request: HttpRequest, project_id: str) -> JsonResponse:
    try:
        found = client.environments.list(project_id)
    except NotFound as error:
        return JsonResponse({"detail": error.message}, status=404)
    return JsonResponse({"environments": found}, encoder=QoveryEncoder)


urlpatterns = [path("projects", projects), path("projects/<project_id>/environments", environments)]

settings.configure(ROOT_URLCONF=__name__, ALLOWED_HOSTS=["*"])
application = get_wsgi_application()
