"""How does somebody else's JSON encoder write what the SDK returns?"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from qovery_async.codec.writer import to_dict
from qovery_async.runtime.pagination import Page
from qovery_async.vocabulary import Model, UnknownVariant


def json_default(value: object, otherwise: Callable[[Any], Any] | None = None) -> Any:
    """A model, or a page of them, as plain JSON values: the `default` of `json.dumps` and of web frameworks.

    `json.dumps(projects, default=json_default)`. What is none of these is passed to `otherwise`, such as the `default`
    of the framework. Secret values are written as they are.

    Raises:
        TypeError: it is none of these, and there is no `otherwise`.
    """
    if isinstance(value, (Model, UnknownVariant)):
        return to_dict(value)
    if isinstance(value, Page):
        return to_dict(value.items)  # pyright: ignore[reportUnknownArgumentType, reportUnknownMemberType]
    if otherwise is not None:
        return otherwise(value)
    raise TypeError(f"{type(value).__name__} cannot be written as JSON: json_default writes models and pages of them")
