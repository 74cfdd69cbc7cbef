"""What of an emulator is saved, and how does a new one get it?

Faults, middlewares, open connections and what a test has planned with functions are not saved.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import attrs

from qovery_async.emulator.http.rate_limit import RateLimit
from qovery_async.emulator.life.clock import Clock
from qovery_async.emulator.life.clusters import ClusterLives
from qovery_async.emulator.life.environments import Life
from qovery_async.emulator.webhooks.office import WebhookOffice
from qovery_async.emulator.world.audit_log import AuditLog
from qovery_async.emulator.world.state import State
from qovery_async.emulator.world.tokens import Tokens

if TYPE_CHECKING:
    from qovery_async.emulator.saving.file import Saved


@attrs.frozen(kw_only=True)
class Kept:
    """The parts of an emulator that are saved."""

    token: str
    clock: Clock
    state: State
    tokens: Tokens
    rate_limit: RateLimit
    life: Life
    clusters: ClusterLives
    audit_log: AuditLog
    webhooks: WebhookOffice

    def save(self, path: Path) -> None:
        """Writes the file. Raises `OSError` if that is impossible; the file is then as it was."""
        # Imported late: most emulators are never saved.
        from qovery_async.emulator.saving import deployments, file, world

        parts = {
            "tokens": world.saved_tokens(self.tokens, self.rate_limit),
            "world": world.saved_state(self.state),
            "deployments": deployments.saved_life(self.life),
            "clusters": deployments.saved_clusters(self.clusters),
            "timers": list(deployments.saved_timers(self.life, self.clusters)),
            "events": world.saved_events(self.audit_log),
            "webhooks": world.saved_webhooks(self.webhooks),
        }
        now, elapsed, seed = self.clock.now(), self.clock.elapsed(), self.state.seed
        file.save(path, file.Saved(seed=seed, token=self.token, now=now, elapsed=elapsed, parts=parts))

    def restore(self, path: Path, saved: Saved) -> None:
        """Gives new parts what the file holds.

        Raises:
            BadStateFile: The file does not fit together.
        """
        from qovery_async.emulator.saving import deployments, file, world  # imported late, as in `save`

        try:
            world.restore_state(self.state, saved.parts["world"])
            world.restore_tokens(self.tokens, self.rate_limit, saved.parts["tokens"])
            deployments.restore_life(self.life, saved.parts["deployments"])
            deployments.restore_clusters(self.clusters, saved.parts["clusters"])
            world.restore_events(self.audit_log, saved.parts["events"])
            world.restore_webhooks(self.webhooks, saved.parts["webhooks"])
            self.clock.resume(saved.now, saved.elapsed)
            for timer in saved.parts["timers"]:
                deployments.restore_timer(self.life, self.clusters, timer)
            main = next(caller for caller in self.tokens if caller.token == saved.token)
        except Exception as error:
            self.clock.close()
            raise file.broken(path, error) from error
        if self.token != saved.token:
            self.tokens.accept(self.token, organizations=main.organizations)


def load(path: Path) -> Saved | None:
    """What is in the file, or None if there is none yet.

    Raises:
        BadStateFile: The file is of another version or broken, or none can be written there.
    """
    from qovery_async.emulator.saving import file  # imported late, as in `save`

    if not os.access(path.parent, os.W_OK):
        raise file.BadStateFile(path, "its folder does not exist or cannot be written to")
    return file.load(path)
