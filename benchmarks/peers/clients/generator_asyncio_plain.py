"""How does openapi-generator's asyncio client do the work, if it does not look for proxies with each request?"""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager

from peers.clients import generator_asyncio
from peers.task import AsyncCall


def calling(url: str) -> AbstractAsyncContextManager[AsyncCall]:
    return generator_asyncio.opened(url, trust_env=False)


decoder = generator_asyncio.decoder
