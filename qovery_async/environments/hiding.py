"""Which values stay out of documents, and how are they compared all the same?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from qovery_async.codec.plain import is_list, is_object
from qovery_async.codec.shapes import attributes
from qovery_async.codec.writer import encode_body
from qovery_async.secrecy.masking import (
    MASK,
    beside_secret_name,
    is_marked,
    is_named_secret,
    secret_keys,
    without_passwords,
)
from qovery_async.vocabulary import Model, UnknownVariant
from qovery_async.vocabulary.values import frozen


@frozen(repr=False)
class Hidden:
    """A value that is compared but not shown; a document has `shown` in its place."""

    value: Any
    shown: Any = MASK

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"


def with_hidden(model: Model | UnknownVariant | Sequence[Model]) -> Any:
    """A model, or a list of models, as JSON in which secrets are `Hidden`.

    Secrets are what the `repr` of a model masks. One that the API does not show is the mask.
    """
    return _marked(model, encode_body(model))


def disclosed(value: Any) -> Any:
    """The JSON of a document: secrets are masked."""
    if isinstance(value, Hidden):
        return value.shown
    if is_object(value):
        return {key: disclosed(item) for key, item in value.items()}
    return [disclosed(item) for item in value] if is_list(value) else value


def is_masked(value: object) -> bool:
    """Whether a value of a document stands for one that is not there."""
    return isinstance(value, Hidden) or (isinstance(value, str) and MASK in value)


def _marked(model: object, json: Any) -> Any:
    """The JSON of a model, or of a part of one, with its secrets hidden."""
    if isinstance(model, Model) and is_object(json):
        return _of_model(model, json)
    if is_list(model) and is_list(json):
        return _pair([_marked(one, item) for one, item in zip(model, json, strict=True)])
    if is_object(model) and is_object(json):
        return _of_object({key: _marked(model.get(key), item) for key, item in json.items()})
    return _of_plain(json)


def _of_model(model: Model, json: dict[str, Any]) -> dict[str, Any]:
    flag = model.__secrets_if__
    is_open = bool(flag) and getattr(model, flag) is False
    secrets = () if is_open else model.__secrets__
    beside = beside_secret_name(json)
    of_wire = {attribute.wire: attribute.name for attribute in attributes(type(model))}
    found: dict[str, Any] = {}
    for wire, item in json.items():
        name = of_wire.get(wire)
        if name is None:  # a key that this version does not know
            found[wire] = _of_plain({wire: item})[wire]
        elif name in secrets or wire in beside:
            found[wire] = _hidden(item, is_there=bool(flag) and name in secrets)
        else:
            found[wire] = _marked(getattr(model, name), item)
    return found


def _of_plain(json: Any) -> Any:
    if is_object(json):
        return _of_object({key: _of_plain(item) for key, item in json.items()})
    if is_list(json):
        return _pair([_of_plain(item) for item in json])
    if isinstance(json, str) and (shown := without_passwords(json)) != json:
        return Hidden(json, shown)
    return json


def _of_object(json: dict[str, Any]) -> dict[str, Any]:
    """An object without a model: only names say what is secret."""
    marked, secrets = is_marked(json), secret_keys(json)
    return {
        key: _hidden(item, is_there=marked) if key in secrets and not (is_object(item) or is_list(item)) else item
        for key, item in json.items()
    }


def _pair(items: list[Any]) -> list[Any]:
    """`["auth.password", ...]`, the form of overrides for a Helm chart's values."""
    if is_named_secret(items):
        return [items[0], _hidden(items[1])]
    return items


def _hidden(item: Any, *, is_there: bool = False) -> Any:
    """A secret. `is_there` says that there is one even where the API shows none."""
    if item is None or item == "":
        return MASK if is_there else item
    return Hidden(item.value if isinstance(item, Hidden) else item)
