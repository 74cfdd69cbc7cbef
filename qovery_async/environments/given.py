"""Which environment does a caller give, and can it be compared?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, cast

from qovery_async.codec.plain import is_too_deep
from qovery_async.codec.writer import encode_body
from qovery_async.environments.document import FORMAT
from qovery_async.errors import ConfigurationError
from qovery_async.secrecy.printable import one_line

_PARTS: Final[Mapping[str, type]] = {
    "environment": dict,
    "deployment_rule": dict,
    "variables": list,
    "stages": list,
    "services": list,
}


def checked(given: Mapping[str, Any]) -> Mapping[str, Any]:
    """A document that can be compared.

    Raises:
        ConfigurationError: it is none, or one of a format that this version does not read.
    """
    document = _as_json(given)
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


def _as_json(given: Mapping[str, Any]) -> dict[str, Any]:
    try:
        document: dict[str, Any] = encode_body(given)
    except ConfigurationError as error:
        raise ConfigurationError(f"a document of an environment must be JSON: {error.__cause__}") from error
    if is_too_deep(document):
        raise ConfigurationError("a document of an environment must not be nested deeper than what Qovery sends")
    return document


def _is_service(service: object) -> bool:
    if not isinstance(service, dict):
        return False
    found = cast("dict[str, object]", service)
    return isinstance(found.get("kind"), str) and isinstance(found.get("name"), str)


def _short(value: object) -> str:
    return one_line(repr(value), 80)
