"""The example for Celery with a folder as its broker, and a client that is used before the pool forks."""

from __future__ import annotations

import os
from pathlib import Path

import celery_tasks

FOLDER = Path(os.environ["CELERY_FOLDER"])

app = celery_tasks.app
app.conf.broker_connection_retry_on_startup = True
app.conf.broker_transport_options = {
    "data_folder_in": str(FOLDER / "queue"),
    "data_folder_out": str(FOLDER / "queue"),
    "control_folder": str(FOLDER / "control"),
}

if celery_tasks.client.projects.list():
    print("used before the fork", flush=True)
