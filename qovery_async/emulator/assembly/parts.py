"""What does a running emulator consist of, and how do its parts find each other?"""

from __future__ import annotations

import attrs
from aiohttp import web

from qovery_async.emulator.assembly.keeping import Kept, load
from qovery_async.emulator.assembly.options import EmulatorOptions
from qovery_async.emulator.console.control import Control
from qovery_async.emulator.console.journal import Journal
from qovery_async.emulator.console.picture import Picture
from qovery_async.emulator.console.site import ConsoleSite
from qovery_async.emulator.faults.rules import Faults
from qovery_async.emulator.http.rate_limit import RateLimit
from qovery_async.emulator.http.server import ApiServer
from qovery_async.emulator.http.visitors import Visitors
from qovery_async.emulator.life.clock import RunningClock, SteppedClock
from qovery_async.emulator.observability import handlers as observability
from qovery_async.emulator.streams.server import StreamServer
from qovery_async.emulator.streams.state_source import StateSource
from qovery_async.emulator.webhooks.office import WebhookOffice
from qovery_async.emulator.world import access, handlers, presets, topology
from qovery_async.emulator.world.auditing import start_audit
from qovery_async.emulator.world.state import State
from qovery_async.emulator.world.tokens import Tokens, new_token


@attrs.frozen(kw_only=True)
class Parts:
    """A world with what serves it. `Emulator` documents each part."""

    kept: Kept
    faults: Faults
    streams: StreamServer
    application: web.Application


def assemble(options: EmulatorOptions) -> Parts:
    """A world, new or from a file, and what serves it, in the running event loop.

    Raises:
        BadStateFile: The file is of another version or broken.
    """
    saved = None if options.state_file is None else load(options.state_file)
    seed = options.seed if saved is None else saved.seed
    clock = SteppedClock() if options.speed is None else RunningClock(options.speed)
    state, tokens = State(seed), Tokens()
    rate_limit = RateLimit(options.requests_per_hour, clock)
    token = options.token or (new_token("qov_", seed) if saved is None else saved.token)
    if saved is None:
        access.enlist(tokens, state, presets.build(options.world, state), token)
    life, clusters = topology.start_life(state, clock, seed, options.durations)
    faults = Faults(seed, now=clock.elapsed)
    source = StateSource.started(state, tokens, rate_limit, life, clusters)
    streams = StreamServer(source)
    auditor = start_audit(state, life, clusters, seed=seed)
    webhooks = WebhookOffice(state, life, options.webhook_hosts, seed)
    kept = Kept(
        token=token,
        clock=clock,
        state=state,
        tokens=tokens,
        rate_limit=rate_limit,
        life=life,
        clusters=clusters,
        audit_log=auditor.log,
        webhooks=webhooks,
    )
    if saved is not None and options.state_file is not None:
        kept.restore(options.state_file, saved)
    journal = Journal(clock, tokens)
    control = Control(clock, faults, state, life, kept.save, options.state_file)
    console = ConsoleSite(Picture(state, clock, life, faults, journal), control)
    server = ApiServer(
        state,
        tokens,
        rate_limit,
        {
            **handlers.all_of(tokens, life, clusters, auditor.log),
            **webhooks.handlers(),
            **observability.handlers(life),
        },
        Visitors(options.hosts),
        watch=auditor.watch,
        changed=source.announce,
        seen=journal.add,
        error_style=options.error_style,
        samples=options.samples,
        strict=options.strict,
    )
    application = server.application([faults.middleware, *options.middlewares], streams.routes(), console.routes())
    application.on_shutdown.extend([streams.leave, console.leave])
    return Parts(kept=kept, faults=faults, streams=streams, application=application)
