"""How does pydantic read, write and describe a model? Imported only where pydantic asks for it.

The SDK reads and writes; what pydantic gets beside that is the shape, for the JSON schema.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, get_args

from qovery_async.codec.reader import Codec
from qovery_async.codec.shapes import attributes
from qovery_async.codec.writer import to_dict
from qovery_async.errors import DecodeError
from qovery_async.vocabulary import Model, UnknownVariant

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler
    from pydantic_core import CoreSchema

_under_way: ContextVar[frozenset[type]] = ContextVar("qovery_pydantic_models", default=frozenset())
"""Models whose shapes are being made: one that contains itself refers to the one that is."""


def of_model(model: type[Model], handler: GetCoreSchemaHandler) -> CoreSchema:
    """The schema of a model."""
    from pydantic_core import core_schema

    reference = f"{model.__module__}.{model.__qualname__}:{id(model)}"
    if model in _under_way.get():
        return core_schema.definition_reference_schema(reference)
    with _making(model):
        fields = {one.wire: _field(one.type, one.required, one.nullable, handler) for one in attributes(model)}
    shape = core_schema.typed_dict_schema(fields, cls=model, cls_name=model.__name__, extra_behavior="allow")
    return _schema(model, (model,), shape, reference)


def of_union(annotated: Any, branches: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
    """The schema of a union whose branch a key selects. `annotated` is the union with its rule."""
    own = tuple([branch for branch in get_args(branches) if isinstance(branch, type)])
    return _schema(annotated, own, handler(branches))


def of_unknown_variant() -> CoreSchema:
    """The schema of an object of a kind that this version does not know."""
    from pydantic_core import core_schema

    shape = core_schema.dict_schema(core_schema.str_schema(), core_schema.any_schema())

    def read(value: Any, _: object) -> UnknownVariant:
        if isinstance(value, UnknownVariant):
            return value
        if isinstance(value, Mapping):
            return UnknownVariant(dict(value))  # pyright: ignore[reportUnknownArgumentType]
        raise ValueError(f"must be an object, got {type(value).__name__}")

    return core_schema.no_info_wrap_validator_function(
        read, shape, serialization=core_schema.plain_serializer_function_ser_schema(to_dict)
    )


def _schema(type_: Any, own: tuple[type, ...], shape: CoreSchema, reference: str | None = None) -> CoreSchema:
    from pydantic_core import core_schema

    codec = Codec(strict=True)
    name = getattr(type_, "__name__", "the object")

    def read(value: Any, _: object) -> Any:
        if isinstance(value, own):
            return value
        if not isinstance(value, Mapping):
            raise ValueError(f"must be an object, got {type(value).__name__}")  # noqa: TRY004  # pydantic takes this one for a refusal
        try:
            return codec.decode(dict(value), type_, operation=name)  # pyright: ignore[reportUnknownArgumentType]
        except DecodeError as error:
            raise ValueError(str(error)) from None

    return core_schema.no_info_wrap_validator_function(
        read, shape, ref=reference, serialization=core_schema.plain_serializer_function_ser_schema(to_dict)
    )


def _field(type_: Any, required: bool, nullable: bool, handler: GetCoreSchemaHandler) -> Any:  # noqa: FBT001  # as `Attribute` has them
    from pydantic_core import core_schema

    inner = handler.generate_schema(type_)
    return core_schema.typed_dict_field(core_schema.nullable_schema(inner) if nullable else inner, required=required)


@contextmanager
def _making(model: type) -> Generator[None]:
    reset = _under_way.set(_under_way.get() | {model})
    try:
        yield
    finally:
        _under_way.reset(reset)
