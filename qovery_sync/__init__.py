"""The Qovery API as blocking calls: `Qovery`, its models and its errors."""

from typing import TYPE_CHECKING, Any

from qovery_async import (
    NO_RETRIES,
    NO_TIMEOUT,
    UNSET,
    ApiError,
    BadRequest,
    BulkOutcome,
    BulkProgress,
    CallOptions,
    ClientSettings,
    ConfigurationError,
    Conflict,
    ConflictingChange,
    ConnectError,
    DecodeError,
    DeploymentAction,
    DeploymentCanceled,
    DeploymentError,
    DeploymentFailed,
    DeploymentTimeout,
    FailedService,
    FindError,
    Forbidden,
    Headers,
    Identified,
    Inventory,
    InventoryCluster,
    InventoryEnvironment,
    InventoryProject,
    InventoryService,
    LocalRateLimiter,
    Mode,
    Model,
    NotFound,
    NothingFound,
    NotListed,
    OnError,
    OpenEnum,
    Pace,
    Page,
    PreconditionFailed,
    ProgressHook,
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
    ServiceRef,
    SeveralFound,
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
    from qovery_async.deployments.cluster_errand import ClusterUpdateHook
    from qovery_async.deployments.errand import UpdateHook
    from qovery_async.deployments.selection import ServiceSelection, ServiceVersions
    from qovery_async.deployments.snapshot import ClusterSnapshot, EnvironmentSnapshot, ServiceSnapshot
    from qovery_async.environments.difference import EnvironmentChange, EnvironmentDiff
    from qovery_async.environments.document import EnvironmentDocument, EnvironmentRef, ServiceDocument
    from qovery_async.from_response import to_request
    from qovery_async.runtime.patching.difference import PatchChange, PatchPreview
    from qovery_async.runtime.patching.patch import OnConflict
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
else:
    # Imported when they are first touched, since they need many models. Out of the type checkers' sight: a `__getattr__` they can see would hide typing errors.
    _LATER = {
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
    }

    def __getattr__(name: str) -> Any:
        from importlib import import_module

        if name not in _LATER:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return getattr(import_module(_LATER[name]), name)

    def __dir__() -> list[str]:
        return sorted({*globals(), *_LATER})


__all__ = [
    "NO_RETRIES", "NO_TIMEOUT", "UNSET", "AgenticWorkflowHandle", "ApiError", "ApplicationHandle",
    "ArgocdAppHandle", "BadRequest", "BulkOutcome", "BulkProgress", "CallOptions", "ClientSettings",
    "ClusterHandle", "ClusterSnapshot", "ClusterUpdateHook", "ConfigurationError", "Conflict", "ConflictingChange",
    "ConnectError", "ContainerHandle", "DatabaseHandle", "DecodeError", "DeploymentAction", "DeploymentCanceled",
    "DeploymentError", "DeploymentFailed", "DeploymentTimeout", "EnvironmentChange", "EnvironmentDiff",
    "EnvironmentDocument", "EnvironmentHandle", "EnvironmentRef", "EnvironmentSnapshot", "FailedService",
    "FindError", "Forbidden", "Headers", "HelmHandle", "Identified", "Inventory", "InventoryCluster",
    "InventoryEnvironment", "InventoryProject", "InventoryService", "JobHandle", "LocalRateLimiter", "Mode",
    "Model", "NotFound", "NotListed", "NothingFound", "OnConflict", "OnError", "OpenEnum", "Pace", "Page",
    "PatchChange", "PatchPreview", "PreconditionFailed", "ProgressHook", "ProjectHandle", "Qovery", "QoveryError",
    "Rate", "RateBudgetExhausted", "RateLimited", "RateLimiter", "RawResponse", "RequestEvent", "RequestHook",
    "RequestTimeout", "ResponseEvent", "ResponseHook", "ResponseTooLarge", "RetryEvent", "RetryHook", "RetryPolicy",
    "ScopedVariables", "ServerError", "ServiceDocument", "ServiceHandle", "ServiceRef", "ServiceSelection",
    "ServiceSnapshot", "ServiceVersions", "SeveralFound", "TerraformHandle", "Timeout", "TokenSource",
    "TransportError", "Turn", "Unauthorized", "UnknownVariant", "UnprocessableEntity", "Unset", "UpdateHook",
    "WithResponse", "__version__", "bodies", "from_dict", "models", "to_dict", "to_json", "to_request",
]  # fmt: skip
