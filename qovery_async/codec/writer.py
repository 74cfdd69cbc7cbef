"""How is a body written as JSON?"""

from __future__ import annotations

import json
from typing import Any

from qovery_async.codec.converter import converter
from qovery_async.errors import ConfigurationError
from qovery_async.vocabulary import Model


def encode_body(body: object) -> Any:
    """A body as plain JSON values: models, enums, dates and UUIDs in it are converted.

    Raises:
        ConfigurationError: a time has no timezone, a list contains `UNSET`, or a value is nested too deep.
    """
    try:
        return converter().unstructure(body)
    except (ValueError, RecursionError) as error:
        raise ConfigurationError(f"the body cannot be written as JSON: {error}") from error


def to_json(body: object) -> bytes:
    """A model, or a mapping or list with models in it, as compact JSON in UTF-8.

    Raises:
        ConfigurationError: a value in it cannot be written as JSON: NaN, a time without a timezone,
            `UNSET` in a list, or an object of another type.
    """
    try:
        text = json.dumps(encode_body(body), ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        return text.encode()
    except (TypeError, ValueError, RecursionError) as error:
        raise ConfigurationError(f"the body cannot be written as JSON: {error}") from error


def to_dict(model: Model) -> dict[str, Any]:
    """A model as the JSON object that the API expects, for `from_dict` or `json.dumps`.

    Keys are the API's names, dates and enums are strings, and `UNSET` attributes are omitted.

    Raises:
        ConfigurationError: a value in it cannot be written as JSON, such as a time without a timezone.
    """
    value: dict[str, Any] = encode_body(model)
    return value
