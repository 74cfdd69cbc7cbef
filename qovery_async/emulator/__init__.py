"""A local Qovery API to run and test against.

    async with Emulator(world="demo") as emulator:
        client = AsyncQovery(emulator.token, base_url=emulator.url)

From a shell: `python -m qovery_async.emulator`; in pytest: the fixture `qovery_emulator`.
"""

from __future__ import annotations

from types import TracebackType
from typing import TYPE_CHECKING, Literal, Self, TypeVar

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Self

    from aiohttp.typedefs import Middleware

    from qovery_async.emulator.facts.refusals import ErrorStyle
    from qovery_async.emulator.faults.rules import Faults
    from qovery_async.emulator.http.listener import Listener
    from qovery_async.emulator.life.clock import Clock
    from qovery_async.emulator.life.environments import Life
    from qovery_async.emulator.world.state import State
    from qovery_async.emulator.world.tokens import Doors

__all__ = ["Emulator", "World"]

T = TypeVar("T")
World = Literal["empty", "demo", "large"]


class Emulator:
    """An API of its own on a free port of this machine, for as long as the block lasts.

    `world` says what is in it: one organization without anything, a demonstration, or 20,000 services.
    The same `seed` makes the same world. `rate_limit` is in requests an hour of the emulator's clock,
    None for no limit; `error_style="message"` answers errors as Qovery did until 2024.

    Deployments take some ten seconds, as many times faster as `speed` says, and so does the hour of
    the rate limit; with `speed=None` time stands still until `emulator.clock.advance(seconds)`.
    `emulator.faults` makes trouble. `middlewares` are aiohttp's; they stand behind it, so that they
    see the requests that take effect.
    """

    def __init__(
        self,
        *,
        world: World = "empty",
        seed: int = 0,
        token: str | None = None,
        rate_limit: int | None = 1000,
        error_style: ErrorStyle = "detail",
        speed: float | None = 1.0,
        middlewares: Sequence[Middleware] = (),
        host: str = "127.0.0.1",
        port: int = 0,
    ) -> None:
        self._world: World = world
        self._seed = seed
        self._token = token
        self._rate_limit = rate_limit
        self._error_style: ErrorStyle = error_style
        self._speed = speed
        self._middlewares = middlewares
        self._address = host, port
        self._listener: Listener | None = None
        self._state: State | None = None
        self._doors: Doors | None = None
        self._clock: Clock | None = None
        self._life: Life | None = None
        self._faults: Faults | None = None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    async def start(self) -> None:
        # The web server and the models are loaded by those who start one.
        from qovery_async.emulator.faults.rules import Faults
        from qovery_async.emulator.http.listener import Listener
        from qovery_async.emulator.http.server import Server
        from qovery_async.emulator.life.clock import RunningClock, SteppedClock
        from qovery_async.emulator.streams.server import Streams
        from qovery_async.emulator.streams.state_source import Broadcast
        from qovery_async.emulator.world import deployments, handlers, presets, topology
        from qovery_async.emulator.world.state import State
        from qovery_async.emulator.world.tokens import Doors, new_token

        if self._listener is not None:
            raise RuntimeError("the emulator is running already")
        self._clock = SteppedClock() if self._speed is None else RunningClock(self._speed)
        self._state, self._doors = State(self._seed), Doors(self._rate_limit, self._clock)
        self._token = self._token or new_token("qov_", self._seed)
        organization = presets.build(self._world, self._state)
        self._doors.let_in(self._token, organizations=frozenset([organization.id]))
        self._state.clock = self._clock.now
        self._life, clusters = topology.begin(self._state, self._clock, self._seed)
        self._faults = Faults(self._seed, now=lambda: self.clock.now().timestamp())
        streams = Streams(Broadcast(self._state, self._doors, self._life))
        by_hand = handlers.all_of(self._doors) | deployments.behaviours(self._life, clusters)
        server = Server(self._state, self._doors, by_hand, error_style=self._error_style)
        app = server.application([self._faults.middleware, *self._middlewares], streams.routes())
        app.on_shutdown.append(streams.leave)
        self._listener = await Listener.open(app, *self._address, error_style=self._error_style)

    async def stop(self) -> None:
        listener, self._listener = self._listener, None
        if listener is not None:
            await listener.close()
        if self._clock is not None:
            self._clock.close()

    @property
    def url(self) -> str:
        """What `QOVERY_API_URL` would be."""
        if self._listener is None:
            raise RuntimeError("the emulator is not running")
        return self._listener.url

    @property
    def ws_url(self) -> str:
        """What `QOVERY_WS_URL` would be."""
        return self.url.replace("http", "ws", 1)

    @property
    def token(self) -> str:
        """A token of the organization, which may do everything."""
        return self._begun(self._token)

    @property
    def state(self) -> State:
        """All that is there, to look at and to change."""
        return self._begun(self._state)

    @property
    def doors(self) -> Doors:
        """The tokens that are let in, and the rate limit."""
        return self._begun(self._doors)

    @property
    def clock(self) -> Clock:
        """What time it is; with `speed=None` it has an `advance(seconds)`."""
        return self._begun(self._clock)

    @property
    def life(self) -> Life:
        """The deployments: what runs, what waits, what is to fail."""
        return self._begun(self._life)

    @property
    def faults(self) -> Faults:
        """Trouble on demand."""
        return self._begun(self._faults)

    def fail_next_build(self, service_id: str) -> None:
        """The next build of this service fails, and with it the deployment it is part of.

        Raises:
            ValueError: there is no such service, or none that is built from git.
        """
        from qovery_async.emulator.world.topology import find_service

        service = find_service(self.state, service_id)
        if service is None or not service.is_built:
            raise ValueError(f"there is no service {service_id} that is built from git")
        self.life.fail_next_build(service_id)

    def _begun(self, part: T | None) -> T:
        if part is None:
            raise RuntimeError("the emulator has not been started")
        return part
