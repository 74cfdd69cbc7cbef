"""How does a response become a request that a user can keep, change and send?"""

from __future__ import annotations

from typing import Any

from qovery_async import models
from qovery_async.codec.reader import from_dict
from qovery_async.codec.shapes import attributes
from qovery_async.errors import ConfigurationError
from qovery_async.runtime.patching.convert import branch, converted
from qovery_async.runtime.patching.tables import REQUESTS
from qovery_async.vocabulary import Model


def request_of(model: Any, target: Any = None) -> Model:
    """The request of the type `target` that has what a response has; without a target, the body of its `update`.

    Raises:
        ConfigurationError: there is no such request, or it needs a value that the response does not have.
    """
    name = type(model).__name__
    if target is None:
        if name not in REQUESTS:
            raise ConfigurationError(
                f"to_request: nothing updates {name}; pass the request's model as the second argument"
            )
        target = getattr(models, REQUESTS[name])
    chosen = branch(model, target) if isinstance(model, Model) else None
    if chosen is None:
        raise ConfigurationError(f"to_request: {name} does not become {getattr(target, '__name__', target)}")
    body = converted(model, chosen)
    missing = [a.wire for a in attributes(chosen) if a.required and a.wire not in body]
    if missing:
        raise ConfigurationError(
            f"to_request: {chosen.__name__} needs {', '.join(missing)}, which {name} does not have;"
            f" make it yourself, or pass `to_dict` of the response with what is missing"
        )
    return from_dict(chosen, body)
