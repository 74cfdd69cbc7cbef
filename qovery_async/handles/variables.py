"""Which variables does a handle have?"""

from __future__ import annotations

import builtins
from collections.abc import Collection
from typing import TYPE_CHECKING, Literal

from qovery_async import models
from qovery_async.directory.identity import Handle
from qovery_async.progress.reports import ProgressHook
from qovery_async.runtime.core import Core
from qovery_async.runtime.resource import Resource
from qovery_async.variables.namespace import Variables
from qovery_async.variables.parents import parent_of
from qovery_async.vocabulary import UNSET, Unset

if TYPE_CHECKING:
    from qovery_async.variables.desired import DesiredVariables
    from qovery_async.variables.plan import VariablesApplied, VariablesDrift, VariablesPlan


class ScopedVariables(Resource):
    """The variables that a project, an environment or a service sees: `await service.variables.list()`."""

    def __init__(self, core: Core, holder: Handle) -> None:
        super().__init__(core)
        self._holder = holder

    async def list(self, *, is_secret: bool | Unset = UNSET) -> builtins.list[models.VariableResponse]:
        """List the variables that can be seen here.

        Includes inherited and built-in variables: look at `scope` and `variable_type`. Values of secrets
        never come back.

        Args:
            is_secret: True for secrets only, false for other variables only.

        `GET /variable`

        Raises:
            ConfigurationError: the kind of service has no variables.
        """
        parent = await parent_of(self._core, self._holder)
        scope = models.APIVariableScopeEnum(parent.scope)
        return await Variables(self._core).list(parent_id=parent.id, scope=scope, is_secret=is_secret)

    async def plan(
        self,
        desired: DesiredVariables,
        *,
        prune: bool = False,
        inherited: Literal["override", "error"] = "override",
        secrets: Literal["write", "keep"] = "write",
        secret_keys: Collection[str] = (),
    ) -> VariablesPlan:
        """Find what has to change here, as `client.variables.plan` does: with its arguments and errors."""
        return await Variables(self._core).plan(
            self._holder, desired, prune=prune, inherited=inherited, secrets=secrets, secret_keys=secret_keys
        )

    async def apply(
        self,
        plan: VariablesPlan,
        *,
        redeploy: Literal["if_changed"] | None = None,
        timeout: float | None = None,
        progress: ProgressHook | Literal["rich"] | None = None,
    ) -> VariablesApplied:
        """Change variables as a plan for this place says, as `client.variables.apply` does: with its arguments and errors.

        Raises:
            ConfigurationError: the plan is for another place.
        """
        from qovery_async.variables.plan import checked_plan

        own = checked_plan(plan, self._holder.id)
        return await Variables(self._core).apply(own, redeploy=redeploy, timeout=timeout, progress=progress)

    async def drift(self, desired: DesiredVariables, *, secret_keys: Collection[str] = ()) -> VariablesDrift:
        """Find how variables differ from what is desired, as `client.variables.drift` does."""
        return await Variables(self._core).drift(self._holder, desired, secret_keys=secret_keys)

    async def export(self) -> str:
        """Export the own variables as the content of a `.env` file, as `client.variables.export` does."""
        return await Variables(self._core).export(self._holder)
