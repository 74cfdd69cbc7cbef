"""How does openapi-generator's urllib3 client do the work?"""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from contextlib import contextmanager

from peers.task import ORGANIZATION, THREADS, TOKEN, Call


@contextmanager
def calling(url: str) -> Iterator[Call]:
    package = importlib.import_module("generated_urllib3")
    options = package.Configuration(host=url, access_token=TOKEN, connection_pool_maxsize=THREADS)
    with package.ApiClient(options) as client:
        api = package.ProjectsApi(client)
        yield lambda: api.list_project(ORGANIZATION).results
