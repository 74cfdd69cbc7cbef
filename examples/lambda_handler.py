"""Answer with the state of an environment from AWS Lambda, or from any place that runs a function again and again.

The client is made once, with the module; each call of `handler` has a new event loop. A client opens connections for
each loop and closes those of loops that have ended, so that it can stay. `QOVERY_API_TOKEN_FILE` may name a file of
secrets that an extension mounts.
"""

from __future__ import annotations

import asyncio
from typing import Any

from qovery_async import AsyncQovery, QoveryError

client = AsyncQovery(timeout=20)  # less than the function's own limit


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    return asyncio.run(state(event["environment_id"]))


async def state(environment_id: str) -> dict[str, Any]:
    try:
        status = await client.environments.get_status(environment_id)
    except QoveryError as error:
        return {"statusCode": 502, "body": str(error)}  # names the operation and what to do, never the token
    return {"statusCode": 200, "body": status.state}
