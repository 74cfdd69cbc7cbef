"""Which operations have a handler written by hand, and where?"""

from __future__ import annotations

from qovery_async.emulator.life.clusters import ClusterLives
from qovery_async.emulator.life.environments import Life
from qovery_async.emulator.world import access, clones, clusters, deployments, links, stages, variables, views
from qovery_async.emulator.world.audit_log import AuditLog
from qovery_async.emulator.world.calls import ApiHandlers
from qovery_async.emulator.world.tokens import Tokens


def all_of(tokens: Tokens, life: Life, cluster_lives: ClusterLives, audit_log: AuditLog) -> ApiHandlers:
    """The handlers by operation. Where two modules have the same operation, the later one counts."""
    return {
        **access.handlers(tokens),
        **clones.handlers(),
        **clusters.handlers(),
        **views.handlers(life),
        **stages.handlers(),
        **variables.handlers(life),
        **links.handlers(),
        **deployments.handlers(life, cluster_lives),
        **audit_log.handlers(),
    }
