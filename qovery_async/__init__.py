"""The Qovery API on asyncio: `AsyncQovery`, its models and its errors."""

from qovery_async import models as models
from qovery_async.bulk import BulkProgress, OnError, ProgressHook
from qovery_async.client import AsyncQovery
from qovery_async.codec.reader import from_dict
from qovery_async.codec.writer import to_dict, to_json
from qovery_async.config.settings import AsyncClientSettings, CallOptions, ClientSettings, Headers, TokenSource
from qovery_async.deployments.failures import (
    DeploymentCanceled,
    DeploymentError,
    DeploymentFailed,
    DeploymentTimeout,
    FailedService,
)
from qovery_async.deployments.kinds import DeploymentAction, Identified, ServiceRef
from qovery_async.deployments.selection import ServiceSelection
from qovery_async.deployments.snapshot import ClusterSnapshot, EnvironmentSnapshot, ServiceSnapshot
from qovery_async.errors import (
    ApiError,
    BadRequest,
    ConfigurationError,
    Conflict,
    ConnectError,
    DecodeError,
    Forbidden,
    NotFound,
    PreconditionFailed,
    QoveryError,
    RateBudgetExhausted,
    RateLimited,
    RequestTimeout,
    ResponseTooLarge,
    ServerError,
    TransportError,
    Unauthorized,
    UnprocessableEntity,
)
from qovery_async.inventory.nodes import InventoryCluster, InventoryEnvironment, InventoryProject, InventoryService
from qovery_async.inventory.whole import Inventory
from qovery_async.pacing.budget import Turn
from qovery_async.pacing.limiter import LocalRateLimiter, RateLimiter
from qovery_async.pacing.pace import Mode, Pace
from qovery_async.pacing.rate import Rate
from qovery_async.runtime.crowd import BulkOutcome
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

__all__ = [
    "NO_RETRIES",
    "NO_TIMEOUT",
    "UNSET",
    "ApiError",
    "AsyncClientSettings",
    "AsyncQovery",
    "BadRequest",
    "BulkOutcome",
    "BulkProgress",
    "CallOptions",
    "ClientSettings",
    "ClusterSnapshot",
    "ConfigurationError",
    "Conflict",
    "ConnectError",
    "DecodeError",
    "DeploymentAction",
    "DeploymentCanceled",
    "DeploymentError",
    "DeploymentFailed",
    "DeploymentTimeout",
    "EnvironmentSnapshot",
    "FailedService",
    "Forbidden",
    "Headers",
    "Identified",
    "Inventory",
    "InventoryCluster",
    "InventoryEnvironment",
    "InventoryProject",
    "InventoryService",
    "Items",
    "LocalRateLimiter",
    "Mode",
    "Model",
    "NotFound",
    "OnError",
    "OpenEnum",
    "Pace",
    "Page",
    "PreconditionFailed",
    "ProgressHook",
    "QoveryError",
    "Rate",
    "RateBudgetExhausted",
    "RateLimited",
    "RateLimiter",
    "RawResponse",
    "RequestEvent",
    "RequestHook",
    "RequestTimeout",
    "ResponseEvent",
    "ResponseHook",
    "ResponseTooLarge",
    "RetryEvent",
    "RetryHook",
    "RetryPolicy",
    "ServerError",
    "ServiceRef",
    "ServiceSelection",
    "ServiceSnapshot",
    "Timeout",
    "TokenSource",
    "TransportError",
    "Turn",
    "Unauthorized",
    "UnknownVariant",
    "UnprocessableEntity",
    "Unset",
    "WithResponse",
    "__version__",
    "from_dict",
    "models",
    "to_dict",
    "to_json",
]
