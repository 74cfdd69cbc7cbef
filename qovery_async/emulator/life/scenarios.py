"""What is to happen to deployments that does not happen by itself?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable

from qovery_async.emulator.life.actions import STATES_OF, Action
from qovery_async.models import StateEnum


class Scenarios:
    """What a test plans: failures, a readiness that never comes, merged requests, and what others do meanwhile."""

    def __init__(self) -> None:
        self.failing: set[tuple[str, StateEnum]] = set()
        self.unready: set[str] = set()
        self.merging: set[str] = set()
        self._waiting: defaultdict[tuple[str, StateEnum], list[Callable[[], object]]] = defaultdict(list)

    def fail_next_build(self, service_id: str) -> None:
        """Makes the next build of a service fail, once."""
        self.failing.add((service_id, StateEnum.BUILD_ERROR))

    def fail_next_deployment(self, service_id: str) -> None:
        """Makes the next deployment of a service fail after its build, once. Later stages are then skipped."""
        self.fail_next(service_id, Action.DEPLOY)

    def fail_next(self, service_id: str, action: Action) -> None:
        """Makes the next such action on a service fail, once."""
        self.failing.add((service_id, STATES_OF[action].failed))

    def never_ready(self, service_id: str) -> None:
        """Makes a service stay DEPLOYING (or RESTARTING) the next time it gets there, until that is canceled.

        A job needs `force_cancel` for that, as any job that executes.
        """
        self.unready.add(service_id)

    def merge_next(self, environment_id: str) -> None:
        """Merges the next request for an environment into one with another id, as Qovery does for the same user.

        After the lag nothing knows the `deployment_request_id` that was in the response.
        """
        self.merging.add(environment_id)

    def when(self, service_id: str, state: StateEnum | str, function: Callable[[], object]) -> None:
        """Calls `function` once, at the time that a service next reaches a state, on the emulator's event loop.

        `emulator.life.when(service.id, "BUILDING", lambda: emulator.life.cancel(environment.id))` is another user
        who cancels.
        """
        self._waiting[service_id, StateEnum(state)].append(function)

    def take_failure(self, service_id: str, state: StateEnum) -> bool:
        """Whether this service is to fail with this state now."""
        planned = (service_id, state) in self.failing
        self.failing.discard((service_id, state))
        return planned

    def take_never_ready(self, service_id: str) -> bool:
        """Whether the readiness of this service is never to come this time."""
        planned = service_id in self.unready
        self.unready.discard(service_id)
        return planned

    def take_merge(self, environment_id: str) -> bool:
        """Whether the request for this environment that now becomes visible is to be merged."""
        planned = environment_id in self.merging
        self.merging.discard(environment_id)
        return planned

    def take_functions(self, service_id: str, state: StateEnum) -> list[Callable[[], object]]:
        """What is to be called now that a service has reached a state."""
        return self._waiting.pop((service_id, state), [])
