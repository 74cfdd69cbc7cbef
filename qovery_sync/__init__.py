"""The Qovery API as blocking calls: `Qovery`, its models and its errors."""

from typing import TYPE_CHECKING, Any

from qovery_async import (
    NO_RETRIES,
    NO_TIMEOUT,
    UNSET,
    ApiError,
    BadRequest,
    CallOptions,
    ClientSettings,
    ConfigurationError,
    Conflict,
    ConflictingChange,
    ConnectError,
    DecodeError,
    Forbidden,
    Headers,
    LocalRateLimiter,
    Mode,
    Model,
    NotFound,
    NotListed,
    OpenEnum,
    Pace,
    Page,
    PreconditionFailed,
    QoveryError,
    Rate,
    RateBudgetExhausted,
    RateLimited,
    RateLimiter,
    RawResponse,
    RequestEvent,
    RequestHook,
    RequestTimeout,
    ResponseEvent,
    ResponseHook,
    ResponseTooLarge,
    RetryEvent,
    RetryHook,
    RetryPolicy,
    ServerError,
    StreamClosed,
    Timeout,
    TokenSource,
    TransportError,
    Turn,
    Unauthorized,
    UnknownVariant,
    UnprocessableEntity,
    Unset,
    WithResponse,
    __version__,
    from_dict,
    to_dict,
    to_json,
)
from qovery_sync import bodies as bodies
from qovery_sync import models as models
from qovery_sync.client import Qovery

if TYPE_CHECKING:
    from qovery_async.bulk import OnError
    from qovery_async.deployments.cluster_errand import ClusterUpdateHook
    from qovery_async.deployments.errand import UpdateHook
    from qovery_async.deployments.failures import (
        DeploymentCanceled,
        DeploymentError,
        DeploymentFailed,
        DeploymentTimeout,
        FailedService,
    )
    from qovery_async.deployments.kinds import DeploymentAction, Identified, ServiceRef
    from qovery_async.deployments.run_log import LogHook
    from qovery_async.deployments.selection import ServiceSelection, ServiceVersions
    from qovery_async.deployments.snapshot import ClusterSnapshot, EnvironmentSnapshot, ServiceSnapshot
    from qovery_async.directory.failures import FindError, NothingFound, SeveralFound
    from qovery_async.environments.difference import EnvironmentChange, EnvironmentDiff
    from qovery_async.environments.document import EnvironmentDocument, EnvironmentRef, ServiceDocument
    from qovery_async.foreign_json import json_default
    from qovery_async.from_response import to_request
    from qovery_async.inventory.nodes import InventoryCluster, InventoryEnvironment, InventoryProject, InventoryService
    from qovery_async.inventory.whole import Inventory
    from qovery_async.port_forward.address import ForwardedPort
    from qovery_async.progress.reports import BulkProgress, ProgressHook
    from qovery_async.runtime.crowd import BulkOutcome
    from qovery_async.runtime.patching.difference import PatchChange, PatchPreview
    from qovery_async.runtime.patching.patch import OnConflict
    from qovery_async.shell.results import ShellFailed, ShellResult, ShellTimeout
    from qovery_async.streams.backlog import WhenSlow
    from qovery_async.streams.merged import OnStreamError
    from qovery_async.tables import SmallTable, table
    from qovery_async.tokens.checking import TokenCheck, TokenOrganization
    from qovery_async.tokens.failures import RotationStep, TokenNotRotated
    from qovery_async.tokens.kinds import TokenKind
    from qovery_async.tokens.rotation import RotatedToken, TokenStore
    from qovery_async.transport.websocket import Closing
    from qovery_async.variables.changes import VariableChange
    from qovery_async.variables.desired import DesiredVariables, VariablesSource
    from qovery_async.variables.failures import PlanNotApplied, PlanOutdated, VariablesError
    from qovery_async.variables.parents import VariablesParent
    from qovery_async.variables.plan import VariablesApplied, VariablesDrift, VariablesPlan
    from qovery_async.variables.present import SeenVariable
    from qovery_async.variables.values import AliasOf, MountedFile, SecretValue, VariableValue
    from qovery_async.webhooks.events import WebhookEvent
    from qovery_async.webhooks.refusals import WebhookRefused
    from qovery_sync import webhooks as webhooks
    from qovery_sync.directory.identity import Handle
    from qovery_sync.handles.clusters import ClusterHandle
    from qovery_sync.handles.kinds import (
        AgenticWorkflowHandle,
        ApplicationHandle,
        ArgocdAppHandle,
        ContainerHandle,
        DatabaseHandle,
        HelmHandle,
        JobHandle,
        TerraformHandle,
    )
    from qovery_sync.handles.places import EnvironmentHandle, ProjectHandle, ServiceHandle
    from qovery_sync.handles.variables import ScopedVariables
    from qovery_sync.shell.session import ShellSession
    from qovery_sync.streams.merged import Merged
    from qovery_sync.streams.stream import Stream
else:
    # Imported when they are first touched: most programs touch few of them, and some need many models. Out of the type
    # checkers' sight: a `__getattr__` they can see would hide typing errors.
    _LATER = {
        "OnError": "qovery_async.bulk",
        "DeploymentCanceled": "qovery_async.deployments.failures",
        "DeploymentError": "qovery_async.deployments.failures",
        "DeploymentFailed": "qovery_async.deployments.failures",
        "DeploymentTimeout": "qovery_async.deployments.failures",
        "FailedService": "qovery_async.deployments.failures",
        "DeploymentAction": "qovery_async.deployments.kinds",
        "Identified": "qovery_async.deployments.kinds",
        "ServiceRef": "qovery_async.deployments.kinds",
        "FindError": "qovery_async.directory.failures",
        "NothingFound": "qovery_async.directory.failures",
        "SeveralFound": "qovery_async.directory.failures",
        "InventoryCluster": "qovery_async.inventory.nodes",
        "InventoryEnvironment": "qovery_async.inventory.nodes",
        "InventoryProject": "qovery_async.inventory.nodes",
        "InventoryService": "qovery_async.inventory.nodes",
        "Inventory": "qovery_async.inventory.whole",
        "BulkProgress": "qovery_async.progress.reports",
        "ProgressHook": "qovery_async.progress.reports",
        "BulkOutcome": "qovery_async.runtime.crowd",
        "to_request": "qovery_async.from_response",
        "PatchPreview": "qovery_async.runtime.patching.difference",
        "PatchChange": "qovery_async.runtime.patching.difference",
        "OnConflict": "qovery_async.runtime.patching.patch",
        "ClusterHandle": "qovery_sync.handles.clusters",
        "AgenticWorkflowHandle": "qovery_sync.handles.kinds",
        "ApplicationHandle": "qovery_sync.handles.kinds",
        "ArgocdAppHandle": "qovery_sync.handles.kinds",
        "ContainerHandle": "qovery_sync.handles.kinds",
        "DatabaseHandle": "qovery_sync.handles.kinds",
        "HelmHandle": "qovery_sync.handles.kinds",
        "JobHandle": "qovery_sync.handles.kinds",
        "TerraformHandle": "qovery_sync.handles.kinds",
        "EnvironmentHandle": "qovery_sync.handles.places",
        "ProjectHandle": "qovery_sync.handles.places",
        "ServiceHandle": "qovery_sync.handles.places",
        "ScopedVariables": "qovery_sync.handles.variables",
        "Handle": "qovery_sync.directory.identity",
        "AliasOf": "qovery_async.variables.values",
        "MountedFile": "qovery_async.variables.values",
        "SecretValue": "qovery_async.variables.values",
        "VariableValue": "qovery_async.variables.values",
        "DesiredVariables": "qovery_async.variables.desired",
        "VariablesSource": "qovery_async.variables.desired",
        "PlanNotApplied": "qovery_async.variables.failures",
        "PlanOutdated": "qovery_async.variables.failures",
        "VariablesError": "qovery_async.variables.failures",
        "VariableChange": "qovery_async.variables.changes",
        "VariablesApplied": "qovery_async.variables.plan",
        "VariablesDrift": "qovery_async.variables.plan",
        "VariablesPlan": "qovery_async.variables.plan",
        "VariablesParent": "qovery_async.variables.parents",
        "SeenVariable": "qovery_async.variables.present",
        "ClusterUpdateHook": "qovery_async.deployments.cluster_errand",
        "UpdateHook": "qovery_async.deployments.errand",
        "ServiceSelection": "qovery_async.deployments.selection",
        "ServiceVersions": "qovery_async.deployments.selection",
        "ClusterSnapshot": "qovery_async.deployments.snapshot",
        "EnvironmentSnapshot": "qovery_async.deployments.snapshot",
        "ServiceSnapshot": "qovery_async.deployments.snapshot",
        "EnvironmentChange": "qovery_async.environments.difference",
        "EnvironmentDiff": "qovery_async.environments.difference",
        "EnvironmentDocument": "qovery_async.environments.document",
        "EnvironmentRef": "qovery_async.environments.document",
        "ServiceDocument": "qovery_async.environments.document",
        "Closing": "qovery_async.transport.websocket",
        "ShellFailed": "qovery_async.shell.results",
        "ShellResult": "qovery_async.shell.results",
        "ShellTimeout": "qovery_async.shell.results",
        "WhenSlow": "qovery_async.streams.backlog",
        "ShellSession": "qovery_sync.shell.session",
        "Stream": "qovery_sync.streams.stream",
        "ForwardedPort": "qovery_async.port_forward.address",
        "Merged": "qovery_sync.streams.merged",
        "OnStreamError": "qovery_async.streams.merged",
        "LogHook": "qovery_async.deployments.run_log",
        "TokenCheck": "qovery_async.tokens.checking",
        "TokenOrganization": "qovery_async.tokens.checking",
        "TokenKind": "qovery_async.tokens.kinds",
        "TokenNotRotated": "qovery_async.tokens.failures",
        "RotationStep": "qovery_async.tokens.failures",
        "RotatedToken": "qovery_async.tokens.rotation",
        "TokenStore": "qovery_async.tokens.rotation",
        "json_default": "qovery_async.foreign_json",
        "table": "qovery_async.tables",
        "SmallTable": "qovery_async.tables",
        "WebhookEvent": "qovery_async.webhooks.events",
        "WebhookRefused": "qovery_async.webhooks.refusals",
    }

    def __getattr__(name: str) -> Any:
        from importlib import import_module

        if name == "webhooks":
            return import_module(f"{__name__}.webhooks")
        if name not in _LATER:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return getattr(import_module(_LATER[name]), name)

    def __dir__() -> list[str]:
        return sorted({*globals(), *_LATER, "webhooks"})


__all__ = [
    "NO_RETRIES", "NO_TIMEOUT", "UNSET", "AgenticWorkflowHandle", "AliasOf", "ApiError", "ApplicationHandle",
    "ArgocdAppHandle", "BadRequest", "BulkOutcome", "BulkProgress", "CallOptions", "ClientSettings",
    "Closing", "ClusterHandle", "ClusterSnapshot", "ClusterUpdateHook", "ConfigurationError", "Conflict",
    "ConflictingChange", "ConnectError", "ContainerHandle", "DatabaseHandle", "DecodeError",
    "DeploymentAction", "DeploymentCanceled", "DeploymentError", "DeploymentFailed", "DeploymentTimeout",
    "DesiredVariables", "EnvironmentChange", "EnvironmentDiff", "EnvironmentDocument", "EnvironmentHandle",
    "EnvironmentRef", "EnvironmentSnapshot", "FailedService", "FindError", "Forbidden", "ForwardedPort",
    "Handle", "Headers", "HelmHandle", "Identified", "Inventory", "InventoryCluster", "InventoryEnvironment",
    "InventoryProject", "InventoryService", "JobHandle", "LocalRateLimiter", "LogHook", "Merged", "Mode",
    "Model", "MountedFile", "NotFound", "NotListed", "NothingFound", "OnConflict", "OnError", "OnStreamError",
    "OpenEnum", "Pace", "Page", "PatchChange", "PatchPreview", "PlanNotApplied", "PlanOutdated",
    "PreconditionFailed", "ProgressHook", "ProjectHandle", "Qovery", "QoveryError", "Rate",
    "RateBudgetExhausted", "RateLimited", "RateLimiter", "RawResponse", "RequestEvent", "RequestHook",
    "RequestTimeout", "ResponseEvent", "ResponseHook", "ResponseTooLarge", "RetryEvent", "RetryHook",
    "RetryPolicy", "RotatedToken", "RotationStep", "ScopedVariables", "SecretValue", "SeenVariable",
    "ServerError", "ServiceDocument", "ServiceHandle", "ServiceRef", "ServiceSelection", "ServiceSnapshot",
    "ServiceVersions", "SeveralFound", "ShellFailed", "ShellResult", "ShellSession", "ShellTimeout",
    "SmallTable", "Stream", "StreamClosed", "TerraformHandle", "Timeout", "TokenCheck", "TokenKind",
    "TokenNotRotated", "TokenOrganization", "TokenSource", "TokenStore", "TransportError", "Turn",
    "Unauthorized", "UnknownVariant", "UnprocessableEntity", "Unset", "UpdateHook", "VariableChange",
    "VariableValue", "VariablesApplied", "VariablesDrift", "VariablesError", "VariablesParent",
    "VariablesPlan", "VariablesSource", "WebhookEvent", "WebhookRefused", "WhenSlow", "WithResponse",
    "__version__", "bodies", "from_dict", "json_default", "models", "table", "to_dict", "to_json",
    "to_request", "webhooks",
]  # fmt: skip
