"""How does openapi-generator's asyncio client do the work, if it does not look for proxies with each request?"""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager

from peers.clients.generator_asyncio import decoder as decoder
from peers.clients.generator_asyncio import opened
from peers.task import AsyncCall


def calling(url: str) -> AbstractAsyncContextManager[AsyncCall]:
    return opened(url, trust_env=False)
