"""How are variables planned, applied, compared and exported?"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Literal, cast

from qovery_async import models
from qovery_async.deployments.kinds import Identified, check_action
from qovery_async.directory.identity import Handle
from qovery_async.errors import ConfigurationError, Forbidden, NotFound
from qovery_async.progress.choice import reporter
from qovery_async.progress.reports import ProgressHook
from qovery_async.resources.variables import Variables
from qovery_async.runtime.core import Core
from qovery_async.secrecy.printable import one_line
from qovery_async.variables.applying import Applying
from qovery_async.variables.changes import VariableChange
from qovery_async.variables.desired import DesiredVariables, VariablesSource, merged, of_here, of_place, sources
from qovery_async.variables.env_file import written
from qovery_async.variables.failures import VariablesError
from qovery_async.variables.parents import VariablesParent, parent_of
from qovery_async.variables.plan import VariablesApplied, VariablesDrift, VariablesPlan, checked_plan, memory_of
from qovery_async.variables.planning import Inherited, Planning, Secrets
from qovery_async.variables.present import Here, here
from qovery_async.variables.remaining import remaining
from qovery_async.variables.values import WantedVariable


class Work:
    """What the methods of `client.variables` do, through its operations."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._variables = Variables(core)

    async def plan(
        self,
        parent: str | Handle | Identified,
        desired: DesiredVariables,
        scope: str | None,
        secret_keys: Collection[str],
        *,
        prune: bool,
        inherited: Inherited,
        secrets: Secrets,
    ) -> VariablesPlan:
        """The changes that are needed; `client.variables.plan` says of what."""
        _check_choices(inherited, secrets)
        every = sources(desired)
        # What can be wrong without a request, first.
        read = {number: of_here(one) for number, one in enumerate(every) if isinstance(one, (Mapping, Path))}
        found = await parent_of(self._core, parent, scope)
        layers = [read[number] if number in read else await self._of_place(one) for number, one in enumerate(every)]
        wanted = merged(layers, secret_keys)
        seen = await self._here(found, scope)
        planning = Planning(found, seen, wanted, prune=prune, inherited=inherited, secrets=secrets)
        changes = planning.run()
        if planning.problems:
            raise VariablesError(f"the variables of {found} cannot be as desired", problems=planning.problems)
        plan = VariablesPlan(parent=found, changes=tuple(changes), uncompared=tuple(planning.uncompared))
        memory_of(plan).seen = seen
        return plan

    async def apply(
        self,
        plan: VariablesPlan,
        redeploy: Literal["if_changed"] | None,
        timeout: float | None,
        progress: ProgressHook | Literal["rich"] | None,
    ) -> VariablesApplied:
        """Makes the changes that are left of a plan, then deploys."""
        checked_plan(plan)
        _check_redeploy(plan.parent, redeploy, timeout)
        reporting = reporter(progress, "variables.apply")
        memory = memory_of(plan)
        left = [change for change in plan.changes if (change.action, change.key) not in memory.done]
        made: tuple[VariableChange, ...] = ()
        if left:
            seen = memory.fresh
            if seen is None:
                seen = await self._here(plan.parent)
                left = remaining(plan.parent, plan.changes, seen, memory.done)
            _check_values(left)
            async with reporting as report:
                made = await Applying(self._variables, plan.parent, seen, memory, report).run(left)
        deployed: tuple[str, ...] = ()
        if redeploy is not None and timeout is not None and plan.changes and not memory.deployed:
            from qovery_async.variables.redeploying import redeploy as deploy  # needs many models

            deployed = await deploy(self._core, plan.parent, timeout, changed=bool(memory.done))
            memory.deployed = True
        now = {(change.action, change.key) for change in made}
        already = tuple(change for change in plan.changes if (change.action, change.key) not in now)
        return VariablesApplied(made=made, already=already, deployed=deployed)

    async def drift(
        self,
        parent: str | Handle | Identified,
        desired: DesiredVariables,
        scope: str | None,
        secret_keys: Collection[str],
    ) -> VariablesDrift:
        """The changes that would be needed."""
        plan = await self.plan(parent, desired, scope, secret_keys, prune=True, inherited="override", secrets="keep")
        return VariablesDrift(parent=plan.parent, changes=plan.changes, uncompared=plan.uncompared)

    async def export(self, parent: str | Handle | Identified, scope: str | None) -> str:
        """The text of a `.env` file."""
        return written((await self._here(await parent_of(self._core, parent, scope), scope)).own.values())

    async def _of_place(self, source: VariablesSource) -> dict[str, WantedVariable]:
        return of_place(await self._here(await parent_of(self._core, cast("Identified", source))))

    async def _here(self, parent: VariablesParent, given: str | None = None) -> Here:
        """`given` is the scope that a user said `parent` has."""
        scope = models.APIVariableScopeEnum(parent.scope)
        try:
            return here(await self._variables.list(parent_id=parent.id, scope=scope), parent.scope)
        except (NotFound, Forbidden) as error:
            if given is not None:
                error.add_note(f"scope={given!r} was given: leave it out to look up the kind of the id.")
            raise


def _check_redeploy(parent: VariablesParent, redeploy: object, timeout: float | None) -> None:
    if redeploy not in (None, "if_changed"):
        raise ConfigurationError(f"redeploy must be 'if_changed' or None, got {redeploy!r}")
    if redeploy is not None and timeout is None:
        raise ConfigurationError("redeploy='if_changed' waits for deployments: give timeout= in seconds")
    if redeploy is not None and parent.noun == "service":
        check_action(parent.scope, "redeploy", str(parent))
    if timeout is not None:
        from qovery_async.deployments.selection import check_timeout

        check_timeout(timeout)


def _check_values(changes: Iterable[VariableChange]) -> None:
    """Refuses a plan that was read from JSON without the values of its secrets."""
    keys = [change.key for change in changes if change.value is None and change.writes]
    if keys:
        raise ConfigurationError(
            f"the plan was read without the values of {one_line(', '.join(keys))}: "
            "give them as desired= of VariablesPlan.from_json"
        )


def _check_choices(inherited: object, secrets: object) -> None:
    if inherited not in ("override", "error"):
        raise ConfigurationError(f"inherited must be 'override' or 'error', got {inherited!r}")
    if secrets not in ("write", "keep"):
        raise ConfigurationError(f"secrets must be 'write' or 'keep', got {secrets!r}")
