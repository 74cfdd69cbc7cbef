"""Which clients are compared?"""

from __future__ import annotations

import attrs


@attrs.frozen
class Peer:
    """One client. `module` is the one below `clients` that uses it."""

    title: str
    module: str
    needs: str = ""
    """The folder that `build.py` fills for it; none if it is an installed package."""
    calls: str = ""
    """How it makes calls: `async`, `blocking`, or not at all."""
    decodes: bool = False
    package: str = ""
    """The distribution whose version is told."""


PEERS = (
    Peer("raw aiohttp, `json.loads`", "raw_aiohttp", calls="async", decodes=True, package="aiohttp"),
    Peer("`qovery_async`", "ours", calls="async", decodes=True, package="qovery-sdk"),
    Peer(
        "openapi-generator, asyncio, `trust_env` off",
        "generator_asyncio_plain",
        "generated_asyncio",
        "async",
        decodes=True,
        package="openapi-generator-cli",
    ),
    Peer("openapi-generator, asyncio", "generator_asyncio", "generated_asyncio", "async"),
    Peer(
        "openapi-python-client, async",
        "python_client",
        "generated_httpx",
        "async",
        decodes=True,
        package="openapi-python-client",
    ),
    Peer("raw urllib3, `json.loads`", "raw_urllib3", calls="blocking", package="urllib3"),
    Peer("`qovery_sync`", "ours_blocking", calls="blocking"),
    Peer("openapi-generator, urllib3", "generator_urllib3", "generated_urllib3", "blocking"),
    Peer("openapi-python-client, blocking", "python_client_blocking", "generated_httpx", "blocking"),
    Peer("`qovery` 1.0.3", "old", "old", "blocking", decodes=True),
    Peer("msgspec structs", "structs", decodes=True, package="msgspec"),
)
OURS = ("ours", "ours_blocking")
BASE = {"async": "raw_aiohttp", "blocking": "raw_urllib3"}
"""What the calls of the others are compared with."""
