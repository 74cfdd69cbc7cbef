"""Which values must a patch be given, since they never come back?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from qovery_async.codec.plain import is_list, is_object
from qovery_async.codec.shapes import attributes
from qovery_async.errors import ConfigurationError
from qovery_async.runtime.patching.rules import NeverBack
from qovery_async.runtime.patching.tables import HIDDEN
from qovery_async.vocabulary import UNSET, Model


def check(operation: str, body: dict[str, Any], given: Any, response: Any, model: type[Model]) -> None:
    """Refuses the JSON of a request that would erase a secret, or that lacks what the request needs.

    `given` is what the user changes, as JSON: a secret that is erased there is meant to be.

    Raises:
        ConfigurationError: a value must be given; the message says which and how.
    """
    for row in HIDDEN.get(model.__name__, ()):
        if _lacks(row, body, given, response):
            why = "leaving it out erases it" if row.is_known else "leaving it out may erase it"
            raise ConfigurationError(
                f"{operation}: {row.path} never comes back, and {why}; give it: {_argument(row.path)}"
            )
    for attribute in attributes(model):
        if attribute.required and attribute.wire not in body:
            raise ConfigurationError(
                f"{operation}: the request needs {attribute.wire}, which the response does not have;"
                f" give it: {_argument(attribute.wire)}"
            )


def _lacks(row: NeverBack, body: Mapping[str, Any], given: Any, response: Any) -> bool:
    """Whether the object holds a value that is not in the body."""
    place, _, key = row.path.rpartition(".")
    if place.endswith("[]"):
        items = _look(body, place.removesuffix("[]"))
        objects = [item for item in items if is_object(item)] if is_list(items) else []
        return any(not item.get(key) and _holds(row.held, item, None) for item in objects)
    # Null in a response is no secret, and sending it back may erase one.
    is_there = _look(body, row.path) not in (UNSET, None) or _look(given, row.path) is not UNSET
    return not is_there and _holds(row.held, body, response) and not (row.unless and _holds(row.unless, body, response))


def _holds(condition: str, body: Mapping[str, Any], response: Any) -> bool:
    if not condition:
        return True
    path, _, wanted = condition.partition("=")
    value = _look(body, path)
    value = _look(response, path) if value is UNSET else value
    return str(value) == wanted if wanted else bool(value)


def _look(value: Any, path: str) -> Any:
    """The value at a place such as `config.password`; `UNSET` if there is none."""
    for key in path.split("."):
        value = value.get(key, UNSET) if is_object(value) else UNSET
    return value


def _argument(path: str) -> str:
    """How a value is given to `patch`."""
    first, *rest = path.split(".")
    if first.endswith("[]"):
        return f"`{first.removesuffix('[]')}=[...]`"
    nested = "..."
    for key in reversed(rest):
        nested = f'{{"{key}": {nested}}}' if not key.endswith("[]") else f'{{"{key.removesuffix("[]")}": [...]}}'
    return f"`{first}={nested}`"
