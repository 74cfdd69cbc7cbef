"""What does an exported environment look like, and is this one?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Literal, NotRequired, TypedDict, cast

from qovery_async.deployments.kinds import Identified
from qovery_async.errors import ConfigurationError
from qovery_async.secrecy.printable import one_line

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

_PARTS: Final[Mapping[str, type]] = {
    "environment": dict,
    "deployment_rule": dict,
    "variables": list,
    "stages": list,
    "services": list,
}


def checked(document: Mapping[str, Any]) -> Mapping[str, Any]:
    """A document that can be compared.

    Raises:
        ConfigurationError: it is none, or one of a format that this version does not read.
    """
    if (found := document.get("format")) != FORMAT:
        raise ConfigurationError(f"a document of an environment has the format {FORMAT}, got {_short(found)}")
    for key, type_ in _PARTS.items():
        if not isinstance(document.get(key), type_):
            kind = "an object" if type_ is dict else "a list"
            raise ConfigurationError(f"{key} of a document must be {kind}, got {_short(document.get(key))}")
    for service in cast("list[object]", document["services"]):
        if not _is_service(service):
            raise ConfigurationError(f"a service of a document needs kind and name, got {_short(service)}")
    return document


def id_of_environment(given: object) -> str:
    """The id of an environment that is given by its id or its handle.

    Raises:
        ConfigurationError: there is none.
    """
    id_: object = given if isinstance(given, str) else getattr(given, "id", None)
    if not isinstance(id_, str) or not id_:
        raise ConfigurationError(f"an environment is given by its id, its handle or its document, got {_short(given)}")
    return id_


def _is_service(service: object) -> bool:
    if not isinstance(service, dict):
        return False
    found = cast("dict[str, object]", service)
    return isinstance(found.get("kind"), str) and isinstance(found.get("name"), str)


def _short(value: object) -> str:
    return one_line(repr(value), 80)
