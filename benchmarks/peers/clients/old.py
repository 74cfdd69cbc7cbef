"""How does `qovery` 1.0.3 of 2022 do the work?"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

from peers.task import ORGANIZATION, THREADS, TOKEN, Call


@contextmanager
def calling(url: str) -> Iterator[Call]:
    package = importlib.import_module("qovery")
    options = package.Configuration(host=url, access_token=TOKEN)
    options.connection_pool_maxsize = THREADS
    with package.ApiClient(options) as client:
        api = importlib.import_module("qovery.api.projects_api").ProjectsApi(client)
        yield lambda: api.list_project(ORGANIZATION).results


def decoder(model: str) -> Callable[[bytes], object]:
    list_: Any = getattr(importlib.import_module("qovery.models"), f"{model}ResponseList")
    client = importlib.import_module("qovery").ApiClient()
    return lambda data: client.deserialize(SimpleNamespace(data=data), (list_,), True).results
