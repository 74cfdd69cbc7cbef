"""What can be asked about a whole environment that takes more than one request?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from qovery_async.resources.environments import Environments

# The methods import what they need: it takes many namespaces, and most programs only use the generated methods.
if TYPE_CHECKING:
    from qovery_async.environments.difference import EnvironmentDiff
    from qovery_async.environments.document import EnvironmentDocument, EnvironmentRef


class WholeEnvironments(Environments):
    """Environments: groups of services that are deployed together on a cluster.

    `export` makes a document of a whole environment, and `diff` says what differs between two.
    """

    async def export(self, environment_id: str) -> EnvironmentDocument:
        """Export an environment with all that is set in it, as one JSON document.

        The document has the services of every kind with their settings, variables, domains and deployment
        restrictions, the stages and the deployment rule. Secrets are `***` in it.
        `docs/compare.md` describes it.

        Sends five requests, and up to five for each service:

            `GET /environment/{environmentId}`
            `GET /environment/{environmentId}/services`
            `GET /environment/{environmentId}/deploymentStage`
            `GET /environment/{environmentId}/deploymentRule`
            `GET /variable`, also for each service
            `GET /application/{applicationId}/advancedSettings` and the like, as `docs/compare.md` lists by kind

        Raises:
            NotFound: there is no such environment.
            ExceptionGroup: a part of it could not be read. There is no document then.
        """
        from qovery_async.environments.steps import exported

        return await exported(self._core, environment_id)

    async def diff(self, a: EnvironmentRef, b: EnvironmentRef) -> EnvironmentDiff:
        """Find what differs between two environments: `print(await client.environments.diff(one, other))`.

        Services are matched by kind and name, variables by scope and key, and so on; ids, dates and what is
        deployed are left out. `docs/compare.md` has the rules. A secret is compared where the API shows its
        value, and is in `not_compared` otherwise.

        Args:
            a: The id of an environment, its handle, or a document of `export`.
            b: The other one, given in the same ways.

        A side that is not a document takes the requests of `export`.

        Raises:
            NotFound: there is no such environment.
            ExceptionGroup: a part of one could not be read.
            ConfigurationError: an argument is invalid. No request was sent.
        """
        from qovery_async.environments.steps import difference

        return await difference(self._core, a, b)
