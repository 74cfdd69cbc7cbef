"""What do variables belong to?"""

from __future__ import annotations

from qovery_async import models
from qovery_async.deployments.kinds import Identified
from qovery_async.directory.entries import DirectoryEntry, is_id
from qovery_async.directory.identity import Handle, entry_of
from qovery_async.directory.lists import Lists
from qovery_async.errors import ConfigurationError
from qovery_async.runtime.core import Core
from qovery_async.secrecy.printable import one_line
from qovery_async.vocabulary.values import frozen

_WITHOUT = ("DATABASE", "ARGOCD_APP")


@frozen(kw_only=True)
class VariablesParent:
    """A project, an environment or a service, to which variables belong.

    `scope` is a value of `APIVariableScopeEnum`, such as "PROJECT", or "APPLICATION" for a service of this kind. `path`
    is empty where only the id is known, and `environment_id` where it is not known or there is none.
    """

    id: str
    scope: str
    path: str = ""
    environment_id: str = ""

    @property
    def noun(self) -> str:
        """What it is: "project", "environment" or "service"."""
        return self.scope.lower() if self.scope in ("PROJECT", "ENVIRONMENT") else "service"

    def where(self, scope: str) -> str:
        """In words, where an inherited variable lives."""
        names = self.path.split("/")
        depth = {"PROJECT": 1, "ENVIRONMENT": 2}.get(scope)
        if depth is None:
            return f"the {scope.lower()}"
        known = len(names) == {"project": 1, "environment": 2}.get(self.noun, 3)
        return f"the {scope.lower()} {one_line('/'.join(names[:depth]))}" if known else f"its {scope.lower()}"

    def __str__(self) -> str:
        return f"{self.noun} {one_line(self.path) or self.id}"


async def parent_of(core: Core, given: str | Handle | Identified, scope: str | None = None) -> VariablesParent:
    """The project, environment or service that a handle, a model or an id means, with its scope.

    Raises:
        ConfigurationError: it is none of them, its kind has no variables, or the scope is not its own.
        NothingFound: nothing has the id.
    """
    scopes = [scope for scope in models.APIVariableScopeEnum if scope != "BUILT_IN"]
    if scope is not None and scope not in scopes:
        raise ConfigurationError(f"scope must be one of {', '.join(scopes)}, got {one_line(repr(scope))}")
    if isinstance(given, Handle):
        return _checked(_parent(await entry_of(given)), scope)
    id_: object = given if isinstance(given, str) else getattr(given, "id", None)
    if not isinstance(id_, str) or not is_id(id_):
        raise ConfigurationError(
            "variables belong to a project, an environment or a service, given by its id or its handle, "
            f"got {one_line(repr(given))}; client.find finds a handle by name"
        )
    kind: object = getattr(given, "kind", None)  # a service of an inventory has it
    if isinstance(kind, str):
        environment: object = getattr(given, "environment_id", None)
        known = VariablesParent(id=id_, scope=kind, environment_id=environment if isinstance(environment, str) else "")
        return _checked(known, scope)
    if scope is not None:
        return VariablesParent(id=id_.lower(), scope=scope)
    organization_id = await core.organization.id(core.exchange)
    return _checked(_parent(await Lists(core, organization_id).with_id(id_)), None)


def _parent(entry: DirectoryEntry) -> VariablesParent:
    scope = entry.kind if entry.noun == "service" else entry.noun.upper()
    return VariablesParent(id=entry.id, scope=scope, path=entry.path, environment_id=entry.environment_id)


def _checked(parent: VariablesParent, scope: str | None) -> VariablesParent:
    if parent.scope in _WITHOUT or parent.scope == "CLUSTER":
        kind = "a cluster" if parent.scope == "CLUSTER" else f"of kind {parent.scope}"
        raise ConfigurationError(f"{one_line(parent.path) or parent.id} is {kind}, which has no variables")
    if scope is not None and scope != parent.scope:
        raise ConfigurationError(f"scope={scope!r} is wrong: {parent} has the scope {parent.scope}")
    return parent
