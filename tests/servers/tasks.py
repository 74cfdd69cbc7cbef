"""Celery tasks as people write them: the client belongs to the module, and was used before the pool forked."""

from __future__ import annotations

import os
import time

from celery import Celery

from qovery_sync import Qovery

app = Celery("tasks", broker=os.environ["TEST_REDIS"], backend=os.environ["TEST_REDIS"])
app.conf.broker_connection_retry_on_startup = True
client = Qovery()
PARENT = client.projects.get(str(os.getpid())).name


@app.task
def find(seconds: float = 0) -> tuple[str, str]:
    """Takes a while, if asked to, between two calls."""
    own = str(os.getpid())
    assert client.projects.get(own).name == own
    time.sleep(seconds)
    return PARENT, client.projects.get(own).name
