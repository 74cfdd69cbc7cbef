"""Show projects and environments with Flask: one blocking client for all threads, models in `jsonify`.

QOVERY_API_TOKEN=... gunicorn --chdir examples --threads 4 web_flask:app
"""

from __future__ import annotations

from functools import partial

from flask import Flask, Response, jsonify
from flask.json.provider import DefaultJSONProvider

from qovery_sync import NotFound, Qovery, json_default

client = Qovery(pace="wait")  # connects with the first call, so each worker process has connections of its own


class Provider(DefaultJSONProvider):
    default = staticmethod(partial(json_default, otherwise=DefaultJSONProvider.default))


class App(Flask):
    json_provider_class = Provider


app = App(__name__)


@app.get("/projects")
def projects() -> Response:
    return jsonify(client.projects.list())


@app.get("/projects/<project_id>/environments")
def environments(project_id: str) -> Response:
    return jsonify({"environments": client.environments.list(project_id)})


@app.errorhandler(NotFound)
def not_found(error: NotFound) -> tuple[Response, int]:
    return jsonify(detail=error.message), 404
