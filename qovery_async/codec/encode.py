"""How do models become JSON?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from enum import Enum
from typing import Any
from uuid import UUID

from cattrs import Converter

from qovery_async.codec.shapes import attributes
from qovery_async.codec.times import write_datetime
from qovery_async.vocabulary import UNSET, Model, UnknownVariant

Hook = Callable[[Any], Any]


def register(converter: Converter) -> None:
    """Teaches the converter to write models and whatever people put into plain mappings."""
    encode = converter.unstructure
    converter.register_unstructure_hook_factory(
        lambda type_: isinstance(type_, type) and issubclass(type_, Model),
        lambda type_: _model_hook(type_, encode),
    )
    converter.register_unstructure_hook(datetime, write_datetime)
    converter.register_unstructure_hook(date, date.isoformat)
    converter.register_unstructure_hook(UUID, str)
    converter.register_unstructure_hook(UnknownVariant, lambda value: value.raw)
    converter.register_unstructure_hook_func(
        lambda type_: isinstance(type_, type) and issubclass(type_, Enum), lambda value: value.value
    )
    converter.register_unstructure_hook_func(
        lambda type_: isinstance(type_, type) and issubclass(type_, Mapping),
        lambda value: {k: encode(v) for k, v in value.items() if v is not UNSET},
    )


def _model_hook(model: type[Model], encode: Hook) -> Callable[[Model], dict[str, Any]]:
    # In answers an optional attribute that reads None was absent unless it is among the nulls.
    plan = [(a.name, a.wire, not a.required and a.absent is None) for a in attributes(model)]

    def hook(value: Model) -> dict[str, Any]:
        out: dict[str, Any] = {}
        nulls = value._nulls  # noqa: SLF001  # written by the decoder for this very purpose
        for name, wire, absent_reads_none in plan:
            item = getattr(value, name)
            if item is UNSET or (item is None and absent_reads_none and wire not in nulls):
                continue
            out[wire] = encode(item)
        for key, item in value.extra.items():
            out[key] = encode(item)
        return out

    return hook
