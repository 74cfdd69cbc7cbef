"""How does raw urllib3 do the work, with `json.loads`?"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager

import urllib3

from peers.task import ORGANIZATION, THREADS, TOKEN, Call


@contextmanager
def calling(url: str) -> Iterator[Call]:
    with urllib3.PoolManager(maxsize=THREADS, headers={"Authorization": f"Token {TOKEN}"}) as pool:
        yield lambda: json.loads(pool.request("GET", f"{url}/organization/{ORGANIZATION}/project").data)["results"]
