"""Which variables does a handle have?"""

from __future__ import annotations

import builtins
from collections.abc import Awaitable, Callable

from qovery_async import models
from qovery_async.resources.variables import Variables
from qovery_async.runtime.core import Core
from qovery_async.runtime.resource import Resource
from qovery_async.vocabulary import UNSET, Unset


class ScopedVariables(Resource):
    """The variables that a project, an environment or a service sees: `await service.variables.list()`."""

    def __init__(self, core: Core, parent_id: str, scope: Callable[[], Awaitable[str]]) -> None:
        super().__init__(core)
        self._parent_id = parent_id
        self._scope = scope

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
        scope = models.APIVariableScopeEnum(await self._scope())
        return await Variables(self._core).list(parent_id=self._parent_id, scope=scope, is_secret=is_secret)
