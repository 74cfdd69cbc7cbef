"""How is a body written as JSON?"""

from __future__ import annotations

import json
from typing import Any

from qovery_async.codec.converter import converter
from qovery_async.errors import ConfigurationError
from qovery_async.vocabulary import Model


def encode_body(body: object) -> Any:
    """A body as plain JSON values. Models, enums and dates inside it are converted.

    Raises:
        ConfigurationError: a value inside has no JSON form.
    """
    try:
        return converter().unstructure(body)
    except (ValueError, RecursionError) as error:
        raise ConfigurationError(f"the body cannot be sent: {error}") from error


def to_json(body: object) -> bytes:
    """Convert a model, or a mapping or list that contains models, to JSON in UTF-8.

    Raises:
        ConfigurationError: A value inside has no JSON form: a date-time without a timezone, NaN, or a
            type that JSON does not have.
    """
    try:
        return json.dumps(encode_body(body), ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()
    except (TypeError, ValueError, RecursionError) as error:
        raise ConfigurationError(f"the body cannot be sent: {error}") from error


def to_dict(model: Model) -> dict[str, Any]:
    """Convert a model to a dictionary of plain JSON types, as the API writes it.

    The keys are the API's own names. Dates are ISO 8601 strings, enums are strings. Absent keys stay
    absent, and so does `UNSET`. The keys in `extra` are included.

    Raises:
        ConfigurationError: A value inside has no JSON form, such as a date-time without a timezone.
    """
    value: dict[str, Any] = encode_body(model)
    return value
