"""How is a body written as JSON?"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, overload

from qovery_async.codec.converter import encoder
from qovery_async.errors import ConfigurationError
from qovery_async.vocabulary import Model, UnknownVariant


def encode_body(body: object) -> Any:
    """A body as plain JSON values: models, enums, dates and UUIDs in it are converted.

    Raises:
        ConfigurationError: a value in it cannot be written as JSON: a time without a timezone, `UNSET` in
            a list, an object of another type, or one that is nested too deep.
    """
    try:
        return encoder()(body)
    except (TypeError, ValueError, RecursionError) as error:
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
    except UnicodeEncodeError as error:
        refused = str(error)
    except (TypeError, ValueError, RecursionError) as error:
        raise ConfigurationError(f"the body cannot be written as JSON: {error}") from error
    # Raised out here: the error of the encoding holds the whole text, with the secrets in it.
    raise ConfigurationError(f"the body cannot be written as JSON: {refused}")


@overload
def to_dict(model: Model | UnknownVariant | Mapping[str, Any]) -> dict[str, Any]: ...


@overload
def to_dict(model: Sequence[Model | UnknownVariant | Mapping[str, Any]]) -> list[dict[str, Any]]: ...


def to_dict(model: object) -> Any:
    """A model as the JSON object that the API expects, for `from_dict` or `json.dumps`; a list as a list of them.

    Keys are the API's names. Values are plain JSON: dates and enums are strings. Attributes that are
    `UNSET`, or that the response did not have, are omitted.

    Raises:
        ConfigurationError: a value in it cannot be written as JSON, such as a time without a timezone.
    """
    return encode_body(model)
