"""What does gunicorn's master process do with the client once its workers have ended?"""

from __future__ import annotations

import os
import sys
from typing import Any


def on_exit(server: Any) -> None:
    client = sys.modules["tests.servers.wsgi_app"].client
    server.log.info("the master found %s", client.projects.get(str(os.getpid())).name)
