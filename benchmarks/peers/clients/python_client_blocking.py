"""How does openapi-python-client's blocking client do the work?"""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from contextlib import contextmanager

from peers.clients.python_client import PACKAGE
from peers.task import ORGANIZATION, TOKEN, Call


@contextmanager
def calling(url: str) -> Iterator[Call]:
    package = importlib.import_module(PACKAGE)
    operation = importlib.import_module(f"{PACKAGE}.api.projects.list_project")
    with package.AuthenticatedClient(base_url=url, token=TOKEN, prefix="Token") as client:
        yield lambda: operation.sync(ORGANIZATION, client=client).results
