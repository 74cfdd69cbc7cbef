"""What sends another token over the same connections?"""

from __future__ import annotations

import attrs

from qovery_async.pacing.limiter import LocalRateLimiter
from qovery_async.runtime.core import Core
from qovery_async.secrecy.secret import Secret


def with_token(core: Core, token: Secret) -> Core:
    """The core of a client of its own: it shares nothing but connections and options, since a budget is a token's."""
    exchange = attrs.evolve(
        core.exchange, credentials=core.exchange.credentials.instead(token), limiter=LocalRateLimiter()
    )
    return Core(exchange)
