"""Who connects to an open port, and why did a connection fail?"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket

import attrs

from qovery_async.errors import QoveryError, StreamClosed, TransportError
from qovery_async.port_forward.address import ForwardedPort
from qovery_async.port_forward.tunnel import carry, to_be_reset
from qovery_async.streams.duplex import Duplex
from qovery_async.transport.exchange import Exchange
from qovery_async.transport.request import Call
from qovery_async.transport.sessions import CLOSED
from qovery_async.vocabulary.values import define

KEPT = 100
"""How many errors are kept."""

PAUSE = 1.0
"""Seconds without new connections after one could not be accepted, as where all file descriptors are in use."""

_HINTS = {
    "while connecting to pod": "Does the service run, and does it have such a pod?",
    "while setting up port forward": "Does the service listen on this port?",
}
"""What to ask oneself where the reason of a close says this."""

_logger = logging.getLogger("qovery")


@define(eq=False)
class Connections:
    """The connections to an open port.

    They are accepted here, since a server of asyncio loses those that it is accepting while it is closed.
    """

    exchange: Exchange
    call: Call
    address: ForwardedPort
    listener: socket.socket
    _closings: int = attrs.field(init=False)
    _open: dict[asyncio.Task[None], socket.socket] = attrs.field(
        init=False, factory=dict[asyncio.Task[None], socket.socket]
    )
    _accepting: asyncio.Task[None] | None = attrs.field(init=False, default=None)
    """Accepts where the loop cannot watch a socket, as on Windows."""

    def __attrs_post_init__(self) -> None:
        self._closings = self._present_closings

    def accept(self) -> None:
        """Begins to accept connections."""
        if self.listener.fileno() < 0:
            return  # closed during a pause
        try:
            asyncio.get_running_loop().add_reader(self.listener, self._accept_one)
        except NotImplementedError:
            self._accepting = asyncio.create_task(self._accept_all())

    async def close(self) -> None:
        """Resets all connections, and closes the port."""
        if self._accepting is None:
            asyncio.get_running_loop().remove_reader(self.listener)
        else:
            self._accepting.cancel()
        self.listener.close()
        for task, peer in self._open.items():
            to_be_reset(peer)
            task.cancel()
        if self._open:
            await asyncio.wait([*self._open])

    def _accept_one(self) -> None:
        try:
            peer, _ = self.listener.accept()
        except (BlockingIOError, ConnectionAbortedError):
            return
        except OSError as error:
            _logger.warning("%s accepts no connection for %g s: %s", self.address, PAUSE, error)
            loop = asyncio.get_running_loop()
            loop.remove_reader(self.listener)
            loop.call_later(PAUSE, self.accept)
            return
        peer.setblocking(False)
        self._begin(peer)

    async def _accept_all(self) -> None:
        while True:
            try:
                peer, _ = await asyncio.get_running_loop().sock_accept(self.listener)
            except OSError as error:
                _logger.warning("%s accepts no connection for %g s: %s", self.address, PAUSE, error)
                await asyncio.sleep(PAUSE)
            else:
                self._begin(peer)

    def _begin(self, peer: socket.socket) -> None:
        task = asyncio.create_task(self._carry(peer))
        self._open[task] = peer
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._open.pop(task).close()  # nobody else does where the task had not begun

    async def _carry(self, peer: socket.socket) -> None:
        with contextlib.suppress(OSError):  # it is gone already
            reader, writer = await asyncio.open_connection(sock=peer)
            await carry(self._handshake, reader, writer, self._failed)

    async def _handshake(self) -> Duplex:
        # A handshake would open another session, which nothing closes.
        if self._present_closings > self._closings:
            raise TransportError(f"{self.call.operation}: {CLOSED}")
        return await Duplex.open(self.exchange, self.call, repeatable=True)

    def _failed(self, error: QoveryError) -> None:
        if isinstance(error, StreamClosed):
            for reason, hint in _HINTS.items():
                if reason in error.reason:
                    error.add_note(hint)
        errors = self.address.errors
        errors.append(error.with_traceback(None))
        del errors[:-KEPT]
        _logger.warning("a connection through %s failed: %s", self.address, told(error))

    @property
    def _present_closings(self) -> int:
        return self.exchange.network.sessions.closings


def told(error: QoveryError) -> str:
    """An error with its notes."""
    return " ".join([str(error), *getattr(error, "__notes__", ())])
