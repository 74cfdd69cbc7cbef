"""How is a WebSocket opened for a call? Its turn, its token, its hooks; what follows a failure is decided elsewhere."""

from __future__ import annotations

import asyncio
import math
import time
from typing import Any

import attrs

from qovery_async.errors import TransportError
from qovery_async.pacing.rate import read_rate
from qovery_async.secrecy.secret import Secret, not_pickled
from qovery_async.transport.exchange import Exchange
from qovery_async.transport.loop import running_loop
from qovery_async.transport.patience import patiently
from qovery_async.transport.request import Call, Request, build
from qovery_async.transport.response import Response
from qovery_async.transport.retry import Outcome
from qovery_async.transport.sessions import CLOSED
from qovery_async.transport.shield import shielded
from qovery_async.transport.turn import wait_for_turn
from qovery_async.transport.websocket import Connection
from qovery_async.vocabulary.values import define

_ACCEPT = "application/json"


@define
class Handshakes:
    """Opens the connections of one stream, one after another."""

    exchange: Exchange
    pings: bool = True
    """Whether silent connections are pinged here."""
    number: int = 0
    """How many there were."""
    _closings: int = attrs.field(init=False)
    _authorization: Secret | None = attrs.field(init=False, default=None)

    def __attrs_post_init__(self) -> None:
        self._closings = self.exchange.network.sessions.closings

    __reduce__ = not_pickled

    @property
    def client_is_closed(self) -> bool:
        """Whether the client was closed since the stream began."""
        return self.exchange.network.sessions.closings > self._closings

    def request(self, call: Call) -> Request:
        """What is sent for a call.

        Raises:
            ConfigurationError: it cannot be sent as it is.
        """
        exchange = self.exchange
        secrets = bool(exchange.options.headers)
        return build(call, base_url=exchange.ws_url, accept=_ACCEPT, headers=exchange.headers, has_secrets=secrets)

    async def open(self, request: Request) -> Connection | Outcome:
        """An open connection, or what came instead.

        Raises:
            ConfigurationError: the token, or the request, cannot be sent.
            RateBudgetExhausted: the pace has no turn for it.
        """
        running_loop()
        exchange = self.exchange
        limit = exchange.options.timeout
        if exchange.options.pace is not None:
            await wait_for_turn(exchange.options.pace, exchange.limiter, request, math.inf, limit)
        if self.client_is_closed:
            return TransportError(f"{request}: {CLOSED}")
        self._authorization = authorization = await exchange.credentials.header(request, limit)
        self.number += 1
        await exchange.hooks.requesting(request, self.number, limit)
        began = time.monotonic()
        try:
            found = await exchange.websocket.open(request, authorization, limit, pings=self.pings)
        except (TransportError, asyncio.CancelledError) as error:
            exchange.hooks.lost(request, self.number, time.monotonic() - began, error)
            if isinstance(error, TransportError):
                return error
            raise
        response = found if isinstance(found, Response) else found.response
        try:
            await self._responded(response, time.monotonic() - began)
        except BaseException:  # a hook failed, or the task is cancelled: nobody else knows the connection
            if isinstance(found, Connection):
                with shielded():
                    await found.close()
            raise
        return found

    async def renew(self, request: Request) -> bool:
        """Asks for another token than that of the last connection; returns whether there is one."""
        credentials, refused = self.exchange.credentials, self._authorization
        if not credentials.can_renew or refused is None:
            return False
        limit = self.exchange.options.timeout
        return await credentials.header(request, limit, instead_of=refused) != refused

    async def wait(self, request: Request, failure: Any, delay: float) -> None:
        """Tells the hooks that another attempt follows, and waits for it."""
        await self.exchange.hooks.retrying(request, self.number, delay, failure, self.exchange.options.timeout)
        await asyncio.sleep(delay)

    async def _responded(self, response: Response, elapsed: float) -> None:
        exchange, request = self.exchange, response.request
        limit = exchange.options.timeout
        if exchange.options.pace is not None:
            rate = read_rate(response.headers, refused=response.status == 429)
            if rate is not None:
                name = f"{request} returned {response.status}, but rate_limiter.learn"
                await patiently(name, exchange.limiter.learn(rate), limit)
        await exchange.hooks.responded(response, self.number, elapsed, limit)
