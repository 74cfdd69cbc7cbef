"""The Qovery API on asyncio: `AsyncQovery`, its models and its errors."""

from typing import TYPE_CHECKING, Any

from qovery_async import bodies as bodies
from qovery_async import models as models
from qovery_async.client import AsyncQovery
from qovery_async.codec.reader import from_dict
from qovery_async.codec.writer import to_dict, to_json
from qovery_async.config.settings import AsyncClientSettings, CallOptions, ClientSettings, Headers, TokenSource
from qovery_async.errors import (
    ApiError,
    BadRequest,
    ConfigurationError,
    Conflict,
    ConflictingChange,
    ConnectError,
    DecodeError,
    Forbidden,
    NotFound,
    NotListed,
    PreconditionFailed,
    QoveryError,
    RateBudgetExhausted,
    RateLimited,
    RequestTimeout,
    ResponseTooLarge,
    ServerError,
    StreamClosed,
    TransportError,
    Unauthorized,
    UnprocessableEntity,
)
from qovery_async.pacing.budget import Turn
from qovery_async.pacing.limiter import LocalRateLimiter, RateLimiter
from qovery_async.pacing.pace import Mode, Pace
from qovery_async.pacing.rate import Rate
from qovery_async.runtime.pagination import Items, Page
from qovery_async.transport.events import (
    RequestEvent,
    RequestHook,
    ResponseEvent,
    ResponseHook,
    RetryEvent,
    RetryHook,
)
from qovery_async.transport.options import NO_TIMEOUT, Timeout
from qovery_async.transport.response import RawResponse, WithResponse
from qovery_async.transport.retry import NO_RETRIES, RetryPolicy
from qovery_async.version import __version__
from qovery_async.vocabulary import UNSET, Model, OpenEnum, UnknownVariant, Unset

if TYPE_CHECKING:
    from qovery_async import webhooks as webhooks
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
    from qovery_async.directory.identity import Handle
    from qovery_async.environments.difference import EnvironmentChange, EnvironmentDiff
    from qovery_async.environments.document import EnvironmentDocument, EnvironmentRef, ServiceDocument
    from qovery_async.foreign_json import json_default
    from qovery_async.from_response import to_request
    from qovery_async.handles.clusters import ClusterHandle
    from qovery_async.handles.kinds import (
        AgenticWorkflowHandle,
        ApplicationHandle,
        ArgocdAppHandle,
        ContainerHandle,
        DatabaseHandle,
        HelmHandle,
        JobHandle,
        TerraformHandle,
    )
    from qovery_async.handles.places import EnvironmentHandle, ProjectHandle, ServiceHandle
    from qovery_async.handles.variables import ScopedVariables
    from qovery_async.inventory.nodes import InventoryCluster, InventoryEnvironment, InventoryProject, InventoryService
    from qovery_async.inventory.whole import Inventory
    from qovery_async.port_forward.address import ForwardedPort
    from qovery_async.progress.reports import BulkProgress, ProgressHook
    from qovery_async.runtime.crowd import BulkOutcome
    from qovery_async.runtime.patching.difference import PatchChange, PatchPreview
    from qovery_async.runtime.patching.patch import OnConflict
    from qovery_async.shell.results import ShellFailed, ShellResult, ShellTimeout
    from qovery_async.shell.session import ShellSession
    from qovery_async.streams.backlog import WhenSlow
    from qovery_async.streams.merged import Merged, OnStreamError
    from qovery_async.streams.stream import Stream
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
else:
    # Imported when they are first touched: most programs touch few of them, and some need many models. Out of the type
    # checkers' sight: a `__getattr__` they can see would hide typing errors.
    _LATER = {
        "OnError": "bulk",
        "DeploymentCanceled": "deployments.failures",
        "DeploymentError": "deployments.failures",
        "DeploymentFailed": "deployments.failures",
        "DeploymentTimeout": "deployments.failures",
        "FailedService": "deployments.failures",
        "DeploymentAction": "deployments.kinds",
        "Identified": "deployments.kinds",
        "ServiceRef": "deployments.kinds",
        "FindError": "directory.failures",
        "NothingFound": "directory.failures",
        "SeveralFound": "directory.failures",
        "InventoryCluster": "inventory.nodes",
        "InventoryEnvironment": "inventory.nodes",
        "InventoryProject": "inventory.nodes",
        "InventoryService": "inventory.nodes",
        "Inventory": "inventory.whole",
        "BulkProgress": "progress.reports",
        "ProgressHook": "progress.reports",
        "BulkOutcome": "runtime.crowd",
        "to_request": "from_response",
        "PatchPreview": "runtime.patching.difference",
        "PatchChange": "runtime.patching.difference",
        "OnConflict": "runtime.patching.patch",
        "ClusterUpdateHook": "deployments.cluster_errand",
        "UpdateHook": "deployments.errand",
        "ServiceSelection": "deployments.selection",
        "ServiceVersions": "deployments.selection",
        "ClusterSnapshot": "deployments.snapshot",
        "EnvironmentSnapshot": "deployments.snapshot",
        "ServiceSnapshot": "deployments.snapshot",
        "EnvironmentChange": "environments.difference",
        "EnvironmentDiff": "environments.difference",
        "EnvironmentDocument": "environments.document",
        "EnvironmentRef": "environments.document",
        "ServiceDocument": "environments.document",
        "ClusterHandle": "handles.clusters",
        "AgenticWorkflowHandle": "handles.kinds",
        "ApplicationHandle": "handles.kinds",
        "ArgocdAppHandle": "handles.kinds",
        "ContainerHandle": "handles.kinds",
        "DatabaseHandle": "handles.kinds",
        "HelmHandle": "handles.kinds",
        "JobHandle": "handles.kinds",
        "TerraformHandle": "handles.kinds",
        "EnvironmentHandle": "handles.places",
        "ProjectHandle": "handles.places",
        "ServiceHandle": "handles.places",
        "ScopedVariables": "handles.variables",
        "AliasOf": "variables.values",
        "MountedFile": "variables.values",
        "SecretValue": "variables.values",
        "VariableValue": "variables.values",
        "DesiredVariables": "variables.desired",
        "VariablesSource": "variables.desired",
        "PlanNotApplied": "variables.failures",
        "PlanOutdated": "variables.failures",
        "VariablesError": "variables.failures",
        "VariableChange": "variables.changes",
        "VariablesApplied": "variables.plan",
        "VariablesDrift": "variables.plan",
        "VariablesPlan": "variables.plan",
        "VariablesParent": "variables.parents",
        "SeenVariable": "variables.present",
        "Handle": "directory.identity",
        "Closing": "transport.websocket",
        "ShellFailed": "shell.results",
        "ShellResult": "shell.results",
        "ShellTimeout": "shell.results",
        "ShellSession": "shell.session",
        "WhenSlow": "streams.backlog",
        "Stream": "streams.stream",
        "ForwardedPort": "port_forward.address",
        "Merged": "streams.merged",
        "OnStreamError": "streams.merged",
        "LogHook": "deployments.run_log",
        "TokenCheck": "tokens.checking",
        "TokenOrganization": "tokens.checking",
        "TokenKind": "tokens.kinds",
        "TokenNotRotated": "tokens.failures",
        "RotationStep": "tokens.failures",
        "RotatedToken": "tokens.rotation",
        "TokenStore": "tokens.rotation",
        "json_default": "foreign_json",
        "table": "tables",
        "SmallTable": "tables",
        "WebhookEvent": "webhooks.events",
        "WebhookRefused": "webhooks.refusals",
    }

    def __getattr__(name: str) -> Any:
        from importlib import import_module

        if name == "webhooks":
            return import_module(f"{__name__}.webhooks")
        if name not in _LATER:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return getattr(import_module(f"{__name__}.{_LATER[name]}"), name)

    def __dir__() -> list[str]:
        return sorted({*globals(), *_LATER, "webhooks"})


__all__ = [
    "NO_RETRIES", "NO_TIMEOUT", "UNSET", "AgenticWorkflowHandle", "AliasOf", "ApiError", "ApplicationHandle",
    "ArgocdAppHandle", "AsyncClientSettings", "AsyncQovery", "BadRequest", "BulkOutcome", "BulkProgress",
    "CallOptions", "ClientSettings", "Closing", "ClusterHandle", "ClusterSnapshot", "ClusterUpdateHook",
    "ConfigurationError", "Conflict", "ConflictingChange", "ConnectError", "ContainerHandle",
    "DatabaseHandle", "DecodeError", "DeploymentAction", "DeploymentCanceled", "DeploymentError",
    "DeploymentFailed", "DeploymentTimeout", "DesiredVariables", "EnvironmentChange", "EnvironmentDiff",
    "EnvironmentDocument", "EnvironmentHandle", "EnvironmentRef", "EnvironmentSnapshot", "FailedService",
    "FindError", "Forbidden", "ForwardedPort", "Handle", "Headers", "HelmHandle", "Identified", "Inventory",
    "InventoryCluster", "InventoryEnvironment", "InventoryProject", "InventoryService", "Items", "JobHandle",
    "LocalRateLimiter", "LogHook", "Merged", "Mode", "Model", "MountedFile", "NotFound", "NotListed",
    "NothingFound", "OnConflict", "OnError", "OnStreamError", "OpenEnum", "Pace", "Page", "PatchChange",
    "PatchPreview", "PlanNotApplied", "PlanOutdated", "PreconditionFailed", "ProgressHook", "ProjectHandle",
    "QoveryError", "Rate", "RateBudgetExhausted", "RateLimited", "RateLimiter", "RawResponse", "RequestEvent",
    "RequestHook", "RequestTimeout", "ResponseEvent", "ResponseHook", "ResponseTooLarge", "RetryEvent",
    "RetryHook", "RetryPolicy", "RotatedToken", "RotationStep", "ScopedVariables", "SecretValue",
    "SeenVariable", "ServerError", "ServiceDocument", "ServiceHandle", "ServiceRef", "ServiceSelection",
    "ServiceSnapshot", "ServiceVersions", "SeveralFound", "ShellFailed", "ShellResult", "ShellSession",
    "ShellTimeout", "SmallTable", "Stream", "StreamClosed", "TerraformHandle", "Timeout", "TokenCheck",
    "TokenKind", "TokenNotRotated", "TokenOrganization", "TokenSource", "TokenStore", "TransportError",
    "Turn", "Unauthorized", "UnknownVariant", "UnprocessableEntity", "Unset", "UpdateHook", "VariableChange",
    "VariableValue", "VariablesApplied", "VariablesDrift", "VariablesError", "VariablesParent",
    "VariablesPlan", "VariablesSource", "WebhookEvent", "WebhookRefused", "WhenSlow", "WithResponse",
    "__version__", "bodies", "from_dict", "json_default", "models", "table", "to_dict", "to_json",
    "to_request", "webhooks",
]  # fmt: skip
