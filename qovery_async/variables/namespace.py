"""What can be done with the variables of a place as a whole?

The work is imported when it is first needed: most programs call single operations.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Literal

from qovery_async import models
from qovery_async.resources.variables import Variables as VariableOperations

if TYPE_CHECKING:
    from qovery_async.deployments.kinds import Identified
    from qovery_async.directory.identity import Handle
    from qovery_async.progress.reports import ProgressHook
    from qovery_async.variables.desired import DesiredVariables
    from qovery_async.variables.plan import VariablesApplied, VariablesDrift, VariablesPlan


class Variables(VariableOperations):
    """Variables: environment variables and secrets of all scopes, in one place.

    To set all variables of a place: `plan = await client.variables.plan(service, {"LOG_LEVEL": "debug"})`,
    `print(plan)`, `await client.variables.apply(plan)`.
    """

    async def plan(
        self,
        parent: str | Handle | Identified,
        desired: DesiredVariables,
        *,
        scope: models.APIVariableScopeEnum | str | None = None,
        prune: bool = False,
        inherited: Literal["override", "error"] = "override",
        secrets: Literal["write", "keep"] = "write",
        secret_keys: Collection[str] = (),
    ) -> VariablesPlan:
        """Find what has to change so that variables are as desired. Changes nothing.

        Args:
            parent: The handle or the id of a project, an environment or a service.
            desired: A mapping of keys to strings, `SecretValue`, `AliasOf` or `MountedFile`; a `.env` file as
                a `Path`; the handle or id of another place, for its own variables; or a list of these, of
                which later ones win.
            scope: The kind of `parent`, such as "PROJECT" or "APPLICATION". Default: looked up, which for an
                id takes the list of the services of the client's organization.
            prune: Whether variables of `parent` that are not desired are deleted; inherited ones never are.
            inherited: For a key that `parent` inherits with another value: "override" creates an override,
                "error" raises `VariablesError`.
            secrets: Values of secrets cannot be compared: "write" writes all of them, "keep" only those that
                are not there yet.
            secret_keys: Keys whose desired strings are values of secrets, as in a file.

        `GET /variable`

        Raises:
            VariablesError: a variable cannot be as desired; `problems` has a sentence for each key.
            ConfigurationError: an argument is invalid, or a file cannot be read.
            NothingFound: nothing has the id.
        """
        from qovery_async.variables.work import Work

        return await Work(self._core).plan(
            parent, desired, scope, secret_keys, prune=prune, inherited=inherited, secrets=secrets
        )

    async def apply(
        self,
        plan: VariablesPlan,
        *,
        redeploy: Literal["if_changed"] | None = None,
        timeout: float | None = None,
        progress: ProgressHook | Literal["rich"] | None = None,
    ) -> VariablesApplied:
        """Change variables as planned, 16 at once. A plan that was applied already changes nothing.

        After a failure, apply the same plan again: it makes the changes that are left. A plan that is older
        than a minute, was begun or was read from JSON is compared with what is there first.

        Args:
            plan: From `plan`, or from `VariablesPlan.from_json`.
            redeploy: "if_changed" deploys what runs with the variables and waits for the end: the service,
                the environment, or all environments of the project that run.
            timeout: Seconds for each of these deployments; needed for them.
            progress: A function that is called after each change; or "rich", which draws a bar in a
                terminal and writes lines elsewhere.

        `POST /variable`, `PUT /variable/{variableId}` and others: one request for each change.

        Raises:
            PlanNotApplied: some changes could not be made.
            PlanOutdated: someone has changed a variable since the plan was made. Nothing was changed.
            ConfigurationError: an argument is invalid, or the plan lacks the values of secrets.
            DeploymentError: the deployment did not succeed; for several, an `ExceptionGroup` of these.
        """
        from qovery_async.variables.work import Work

        return await Work(self._core).apply(plan, redeploy, timeout, progress)

    async def drift(
        self,
        parent: str | Handle | Identified,
        desired: DesiredVariables,
        *,
        scope: models.APIVariableScopeEnum | str | None = None,
        secret_keys: Collection[str] = (),
    ) -> VariablesDrift:
        """Find variables that are missing, different or not desired. Changes nothing.

        Values of secrets cannot be compared: `uncompared` has their keys. Arguments and errors are those of
        `plan`.

        `GET /variable`
        """
        from qovery_async.variables.work import Work

        return await Work(self._core).drift(parent, desired, scope, secret_keys)

    async def export(
        self, parent: str | Handle | Identified, *, scope: models.APIVariableScopeEnum | str | None = None
    ) -> str:
        """Export the own variables of a project, an environment or a service as the content of a `.env` file.

        A plan for the file has no changes. Secrets are comments in it, since their values cannot be read. The
        target of an alias and the mount path of a file are comments too.

        Args:
            parent: As in `plan`.
            scope: As in `plan`.

        `GET /variable`

        Raises:
            VariablesError: a key cannot be written to such a file.
        """
        from qovery_async.variables.work import Work

        return await Work(self._core).export(parent, scope)
