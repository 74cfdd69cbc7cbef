"""How does `qovery_async` do the work?"""

from __future__ import annotations

import json
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from peers.task import ORGANIZATION, TOKEN, AsyncCall
from qovery_async import AsyncQovery


@asynccontextmanager
async def calling(url: str) -> AsyncIterator[AsyncCall]:
    async with AsyncQovery(TOKEN, base_url=url, organization_id=ORGANIZATION) as client:
        yield client.projects.list


def decoder(model: str) -> Callable[[bytes], object]:
    from qovery_async import models
    from qovery_async.codec.reader import Codec

    logging.getLogger("qovery").disabled = True  # a warning for each value that does not fit
    codec, type_ = Codec(), getattr(models, model)
    return lambda data: codec.decode_items(json.loads(data), "results", type_, operation="peers")
