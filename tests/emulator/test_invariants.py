"""What holds after any requests in any order? What was created and not deleted is listed once, and no 500 came."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from anyio.from_thread import start_blocking_portal
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from qovery_async import ApiError, ServerError
from qovery_async.emulator import Emulator
from qovery_sync import Qovery

NAMES = st.sampled_from(["a", "b", "c", "d"])
GIT = {"url": "https://github.com/acme/api.git", "provider": "GITHUB"}
SERVICE: dict[str, dict[str, Any]] = {
    "applications": {"git_repository": GIT, "healthchecks": {}},
    "databases": {"type": "REDIS", "version": "7", "mode": "CONTAINER"},
}


class Use(RuleBasedStateMachine):
    """A user who creates, renames, clones and deletes, and remembers what should be there."""

    projects, environments, services = Bundle("projects"), Bundle("environments"), Bundle("services")

    def __init__(self) -> None:
        super().__init__()
        self._running = self._start()
        self.emulator = next(self._running)
        self.client = Qovery(self.emulator.token, base_url=self.emulator.url)
        self.cluster = self.client.clusters.list()[0].id
        self.there: dict[str, str | None] = {}
        self.at_first = len(self.listed())

    def _start(self) -> Iterator[Emulator]:
        with (
            start_blocking_portal("asyncio") as portal,
            portal.wrap_async_context_manager(Emulator(world="demo", rate_limit=None)) as emulator,
        ):
            yield emulator

    def teardown(self) -> None:
        self.client.close()
        with suppress(StopIteration):
            next(self._running)

    def attempt(self, call: Any, *arguments: Any, parent: str | None = None) -> Any:
        """The id of the object that was made; nothing where the call was refused with 4xx."""
        try:
            made = call(*arguments)
        except ApiError as error:
            if isinstance(error, ServerError):
                raise
            return multiple()
        self.there[made.id] = parent
        return made.id

    @rule(target=projects, name=NAMES)
    def create_project(self, name: str) -> Any:
        return self.attempt(self.client.projects.create, {"name": name})

    @rule(target=environments, project=projects, name=NAMES)
    def create_environment(self, project: str, name: str) -> Any:
        return self.attempt(self.client.environments.create, project, {"name": name}, parent=project)

    @rule(target=services, environment=environments, name=NAMES, kind=st.sampled_from(list(SERVICE)))
    def create_service(self, environment: str, name: str, kind: str) -> Any:
        family = getattr(self.client, kind)
        return self.attempt(family.create, environment, {"name": name, **SERVICE[kind]}, parent=environment)

    @rule(project=projects, name=NAMES)
    def rename_project(self, project: str, name: str) -> None:
        with suppress(ApiError):
            assert self.client.projects.update(project, {"name": name}).name == name

    @rule(project=consumes(projects))
    def delete_project(self, project: str) -> None:
        self.delete(self.client.projects.delete, project)

    @rule(environment=consumes(environments))
    def delete_environment(self, environment: str) -> None:
        self.delete(self.client.environments.delete, environment)

    def delete(self, call: Any, id_: str) -> None:
        was_there = id_ in self.there
        try:
            call(id_)
        except ApiError as error:
            if error.status != 404 or was_there:
                raise
        gone = {id_}
        while below := {one for one, parent in self.there.items() if parent in gone} - gone:
            gone |= below
        self.there = {one: parent for one, parent in self.there.items() if one not in gone}

    @invariant()
    def all_is_listed_once(self) -> None:
        listed = self.listed()
        assert len(listed) == len(set(listed))
        assert set(self.there) <= set(listed)
        assert len(listed) == self.at_first + len(self.there)

    def listed(self) -> list[str]:
        listed = [project.id for project in self.client.projects.list()]
        listed += [environment.id for environment in self.client.organizations.list_environments()]
        return listed + [service.id for service in self.client.services.list()]


def test_any_order() -> None:
    run_state_machine_as_test(Use, settings=settings(max_examples=10, stateful_step_count=25, deadline=None))
