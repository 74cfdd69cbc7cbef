"""Which handler does an operation have: one written by hand, else what its family says, else one that makes up?"""

from __future__ import annotations

from qovery_async.emulator.facts.families import families
from qovery_async.emulator.facts.operations import ApiOperation
from qovery_async.emulator.life.clusters import ClusterLives
from qovery_async.emulator.life.environments import Life
from qovery_async.emulator.world import (
    access,
    analyses,
    associations,
    billing,
    catalog,
    clones,
    cluster_access,
    cluster_deployments,
    clusters,
    crud,
    databases,
    deployment_rules,
    deployments,
    domains,
    in_use,
    inventions,
    links,
    repositories,
    settings,
    stages,
    variables,
    views,
)
from qovery_async.emulator.world.audit_log import AuditLog
from qovery_async.emulator.world.calls import ApiHandler, ApiHandlers
from qovery_async.emulator.world.tokens import Tokens


def all_of(tokens: Tokens, life: Life, cluster_lives: ClusterLives, audit_log: AuditLog) -> ApiHandlers:
    """The handlers by operation. Where two modules have the same operation, the later one counts."""
    return {
        **access.handlers(tokens),
        **analyses.handlers(),
        **associations.handlers(life),
        **billing.handlers(),
        **catalog.handlers(),
        **clones.handlers(),
        **cluster_access.handlers(cluster_lives),
        **clusters.handlers(),
        **databases.handlers(),
        **deployment_rules.handlers(),
        **domains.handlers(life),
        **in_use.handlers(),
        **repositories.handlers(life),
        **settings.handlers(),
        **views.handlers(life),
        **stages.handlers(),
        **variables.handlers(life),
        **links.handlers(life),
        **deployments.handlers(life),
        **cluster_deployments.handlers(cluster_lives),
        **audit_log.handlers(),
    }


def handler_of(operation: ApiOperation, by_hand: ApiHandlers) -> ApiHandler:
    """The handler of an operation, which may be one of those written by hand."""
    found = families()
    if operation.call in by_hand:
        return by_hand[operation.call]
    if operation.call in found.settings:
        return settings.handler(operation)
    if operation.call in found.of_call:
        return crud.handler(operation)
    return crud.changed_target if _returns_target(operation) else inventions.sampled


def _returns_target(operation: ApiOperation) -> bool:
    """Whether the response is the entity in the path, as `changePlan` returns the organization."""
    kind = families().kind_of(operation, operation.parameters[-1]) if operation.parameters else None
    family = families().by_kind.get(kind or "")
    return family is not None and family.response_type == operation.response.type and operation.response.items is None
