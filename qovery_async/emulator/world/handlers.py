"""Which operations are written by hand, and where?"""

from __future__ import annotations

from qovery_async.emulator.world.calls import Behaviours
from qovery_async.emulator.world.tokens import Doors


def all_of(doors: Doors) -> Behaviours:
    """By call. Later ones go before earlier ones."""
    from qovery_async.emulator.world import access, clones, clusters, stages, variables, views

    return {
        **access.behaviours(doors),
        **clones.behaviours(),
        **clusters.behaviours(),
        **views.behaviours(),
        **stages.behaviours(),
        **variables.behaviours(),
    }
