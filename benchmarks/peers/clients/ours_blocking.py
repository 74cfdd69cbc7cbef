"""How does `qovery_sync` do the work?"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from peers.task import ORGANIZATION, TOKEN, Call
from qovery_sync import Qovery


@contextmanager
def calling(url: str) -> Iterator[Call]:
    with Qovery(TOKEN, base_url=url, organization_id=ORGANIZATION) as client:
        yield client.projects.list
