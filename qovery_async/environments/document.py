"""What does an exported environment look like?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Literal, NotRequired, TypedDict

from qovery_async.deployments.kinds import Identified

FORMAT: Final = 1
"""Grows when a document of an older SDK can no longer be compared with one of a newer."""


class ServiceDocument(TypedDict):
    """A service in an exported environment.

    `settings` is the service as the API shows it. Other keys are there where the kind has them: `docs/compare.md` has
    the table. `stage` is the name of its deployment stage, None if it is in none.
    """

    kind: str
    name: str
    stage: str | None
    is_skipped: bool
    settings: dict[str, Any]
    advanced_settings: NotRequired[dict[str, Any]]
    network: NotRequired[dict[str, Any]]
    variables: NotRequired[list[dict[str, Any]]]
    domains: NotRequired[list[dict[str, Any]]]
    deployment_restrictions: NotRequired[list[dict[str, Any]]]


class EnvironmentDocument(TypedDict):
    """An environment as one JSON document, in which secrets are `***`.

    `variables` are those of the environment and of its project, `stages` are in the order in which they run.
    """

    format: Literal[1]
    environment: dict[str, Any]
    deployment_rule: dict[str, Any]
    variables: list[dict[str, Any]]
    stages: list[dict[str, Any]]
    services: list[ServiceDocument]


EnvironmentRef = str | Identified | Mapping[str, Any]
"""An environment: its id, its handle or another object with its id, or a document of it."""
