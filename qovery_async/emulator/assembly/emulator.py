"""How does a program start a Qovery on this machine, and what may it change about it?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Self

import attrs

from qovery_async.emulator.assembly.options import EmulatorOptions

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from aiohttp.typedefs import Middleware

    from qovery_async.emulator.assembly.parts import Parts
    from qovery_async.emulator.facts.refusals import ErrorStyle
    from qovery_async.emulator.faults.rules import Faults
    from qovery_async.emulator.http.listener import Listener
    from qovery_async.emulator.http.rate_limit import RateLimit
    from qovery_async.emulator.life.actions import Durations
    from qovery_async.emulator.life.clock import Clock
    from qovery_async.emulator.life.clusters import ClusterLives
    from qovery_async.emulator.life.environments import Life
    from qovery_async.emulator.streams.server import StreamServer
    from qovery_async.emulator.webhooks.office import WebhookOffice
    from qovery_async.emulator.world.audit_log import AuditLog
    from qovery_async.emulator.world.inventions import Samples
    from qovery_async.emulator.world.presets import World
    from qovery_async.emulator.world.state import State
    from qovery_async.emulator.world.tokens import Tokens


class Emulator:
    """A Qovery API on a free local port, which runs while the `async with` block does.

    Clients may run in the same event loop, in other threads and in other processes.

    Args:
        world: What the emulator starts with: `"empty"` (one organization), `"demo"` (4 projects with
            12 environments) or `"large"` (20,000 services).
        seed: The same seed gives the same world, ids and durations.
        token: The API token to accept. By default the seed determines it.
        rate_limit: Requests that a token may send in an hour of `clock`. None means no limit.
        error_style: `"detail"` for error bodies as Qovery sends them today, `"message"` for those it
            sent until 2024.
        speed: How many times faster than real time `clock` runs. Deployments take about 10 seconds of
            it. What is written down has the real time. With None the clock stands still until
            `emulator.clock.advance(seconds)`.
        durations: How long each part of a deployment takes, in seconds of `clock`.
        middlewares: Middlewares of aiohttp's server. They run behind authentication and `faults`, so
            they do not see a request that a fault stops before it takes effect.
        host: The address to listen on.
        port: The port to listen on. 0 picks a free one.
        samples: `"mark"` to mark made-up responses with the header `X-Qovery-Emulator: sample`, `"refuse"` to
            send 501 in their place, so that no test passes on an invention.
        strict: Refuses a body with keys that its request does not have, such as the read-only ones of a
            response, with 400 that names them. By default they are dropped with a warning.
        hosts: Further host name or names that lead to the emulator, such as the name of its service in Docker
            Compose; requests for any other than `host` and this machine's addresses get 403. Web pages
            may talk to it if they come from one of `hosts`; `"localhost:3000"` allows those of one port.
        state: A file with the state of an emulator. If it exists, it takes the place of `world` and `seed`. `save`
            writes it; `token` is accepted beside its tokens.
        webhook_hosts: Hosts other than this machine that webhooks may go to; `"hooks:8080"` allows one port.
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
        durations: Durations | None = None,
        middlewares: Sequence[Middleware] = (),
        host: str = "127.0.0.1",
        port: int = 0,
        hosts: str | Collection[str] = (),
        webhook_hosts: str | Collection[str] = (),
        samples: Samples = "mark",
        strict: bool = False,
        state: str | Path | None = None,
    ) -> None:
        self._options = EmulatorOptions(
            world=world,
            seed=seed,
            token=token,
            requests_per_hour=rate_limit,
            error_style=error_style,
            speed=speed,
            durations=durations,
            middlewares=middlewares,
            hosts=(host, hosts) if isinstance(hosts, str) else (host, *hosts),
            webhook_hosts=(webhook_hosts,) if isinstance(webhook_hosts, str) else tuple(webhook_hosts),
            samples=samples,
            strict=strict,
            state_file=None if state is None else Path(state),
        )
        self._address = host, port
        self._listener: Listener | None = None
        self._parts: Parts | None = None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *error: object) -> None:
        await self.stop()

    async def start(self) -> None:
        """Builds a new world and starts to listen. `async with` does this.

        Raises:
            RuntimeError: The emulator is running already.
            BadStateFile: The file of `state=` is of another version or broken.
            OSError: The port cannot be opened.
        """
        # Imported late: the server takes 0.4 s to import, and not each program that names `Emulator` starts one.
        from qovery_async.emulator.assembly.parts import assemble
        from qovery_async.emulator.http.listener import Listener

        if self._listener is not None:
            raise RuntimeError("the emulator is running already")
        parts = self._parts = assemble(self._options)
        self._options = attrs.evolve(self._options, token=parts.kept.token)
        self._listener = await Listener.open(parts.application, *self._address, error_style=self._options.error_style)

    async def stop(self, *, save: bool = False) -> None:
        """Closes the port and all connections, and with `save` saves the state. Stopping twice does nothing.

        Raises:
            OSError: The state cannot be saved. The emulator has stopped.
        """
        listener, self._listener = self._listener, None
        if listener is not None:
            await listener.close()
        if self._parts is not None:
            await self._parts.kept.webhooks.close()
            try:
                if save and listener is not None:
                    self.save()
            finally:
                self._parts.kept.clock.close()

    def save(self, path: str | Path | None = None) -> None:
        """Writes the state to a file, by default that of `state=`. An emulator with `state=` that file goes on from there.

        Everything that clients see is in it, also deployments under way, tokens and the values of secrets. Faults,
        middlewares and functions of `life.when` are not. The file is replaced as a whole.

        Raises:
            ValueError: There is neither `path` nor `state=`.
            OSError: The file cannot be written. It is then as it was.
        """
        target = self._options.state_file if path is None else Path(path)
        if target is None:
            raise ValueError("path: must be a file, since the emulator was made without state=")
        self._running.kept.save(target)

    @property
    def url(self) -> str:
        """The base URL of the API, for `base_url=` or `QOVERY_API_URL`.

        Raises:
            RuntimeError: The emulator is not running.
        """
        if self._listener is None:
            raise RuntimeError("the emulator is not running; use `async with Emulator() as emulator:`")
        return self._listener.url

    @property
    def ws_url(self) -> str:
        """The base URL of the WebSockets, for `QOVERY_WS_URL`."""
        return self.url.replace("http", "ws", 1)

    @property
    def token(self) -> str:
        """An API token of the organization with the role Admin."""
        return self._running.kept.token

    @property
    def state(self) -> State:
        """Every object in the world. Tests may read and change it."""
        return self._running.kept.state

    @property
    def tokens(self) -> Tokens:
        """The API tokens that are accepted. Tests may add and revoke some."""
        return self._running.kept.tokens

    @property
    def rate_limit(self) -> RateLimit:
        """The rate limit of each token. `emulator.rate_limit.limit` may be changed."""
        return self._running.kept.rate_limit

    @property
    def clock(self) -> Clock:
        """The time in the emulator: a `SteppedClock` with `speed=None`, else a `RunningClock`."""
        return self._running.kept.clock

    @property
    def life(self) -> Life:
        """The simulated deployment engine: what runs, what is queued, what is to fail."""
        return self._running.kept.life

    @property
    def clusters(self) -> ClusterLives:
        """The simulated deployments of clusters: `emulator.clusters.fail_next(cluster_id)`."""
        return self._running.kept.clusters

    @property
    def audit_log(self) -> AuditLog:
        """The events of each organization. `emulator.audit_log.limit` may be changed."""
        return self._running.kept.audit_log

    @property
    def faults(self) -> Faults:
        """The faults to inject: `emulator.faults.add(Fault.status(503), call="projects.*")`."""
        return self._running.faults

    @property
    def streams(self) -> StreamServer:
        """The WebSockets, and how to end them: `emulator.streams.close_next(Close.internal(), "/service/logs")`."""
        return self._running.streams

    @property
    def webhooks(self) -> WebhookOffice:
        """The deliveries of webhooks: `await emulator.webhooks.settled()` waits for those under way."""
        return self._running.kept.webhooks

    def user_token(self, user: str) -> str:
        """An API token of another user, with the access of `token`. Requests of different users are not merged."""
        from qovery_async.emulator.world.tokens import new_token  # imported late, as in `start`

        organizations = self.tokens.identify(f"Token {self.token}").organizations
        token = new_token("qov_", f"{self.token}/{user}")
        return self.tokens.accept(token, user=user, organizations=organizations).token

    def fail_next_build(self, service_id: str) -> None:
        """Makes the next build of a service fail, and its deployment with it.

        Raises:
            ValueError: No service that is built from git has this id.
        """
        from qovery_async.emulator.world.topology import find_service  # imported late, as in `start`

        service = find_service(self.state, service_id)
        if service is None or not service.is_built:
            raise ValueError(f"service_id must be the id of a service that is built from git, got {service_id!r}")
        self.life.fail_next_build(service_id)

    def push(self, url: str, commit: str, *, branch: str = "main", paths: Collection[str] = ()) -> Sequence[str]:
        """Tells of a new commit in a git repository: services with `auto_deploy` that are built from it deploy.

        `paths` are the files that the commit has changed, for deployment restrictions. Returns the services' ids.
        """
        from qovery_async.emulator.world import following  # imported late, as in `start`

        return following.push(self.state, self.life, url, commit, branch=branch, paths=paths)

    def publish(self, image: str, tag: str) -> Sequence[str]:
        """Tells of a new tag of an image: containers and jobs with `auto_deploy` that use it deploy. Returns their ids."""
        from qovery_async.emulator.world import following  # imported late, as in `start`

        return following.publish(self.state, self.life, image, tag)

    @property
    def _running(self) -> Parts:
        if self._parts is None:
            raise RuntimeError("the emulator has not been started; use `async with Emulator() as emulator:`")
        return self._parts
