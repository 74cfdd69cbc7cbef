"""How is a body written as JSON?"""

from __future__ import annotations

import json
from typing import Any

from qovery_async.codec.converter import converter
from qovery_async.errors import ConfigurationError
from qovery_async.vocabulary import Model


def encode_body(body: object) -> Any:
    """A body as plain JSON values: models, enums and dates inside are converted."""
    try:
        return converter().unstructure(body)
    except (ValueError, RecursionError) as error:
        raise ConfigurationError(f"the body cannot be sent: {error}") from error


def to_json(body: object) -> bytes:
    """A model, or any mapping or list with models inside, as JSON in UTF-8.

    Raises:
        ConfigurationError: something inside has no form in JSON.
    """
    try:
        text = json.dumps(encode_body(body), ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        return text.encode()
    except (TypeError, ValueError, RecursionError) as error:
        raise ConfigurationError(f"the body cannot be sent: {error}") from error


def to_dict(model: Model) -> dict[str, Any]:
    """A model as the API writes it: wire names, ISO dates, enums as text, `UNSET` left out."""
    value: dict[str, Any] = encode_body(model)
    return value
