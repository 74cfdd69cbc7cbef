"""How do the records of the emulator become plain JSON, and records again?

What says nothing is left out: defaults, and links that lead back to where a record stands.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from enum import Enum
from typing import Any, TypeGuard

import attrs
import cattrs
from cattrs.gen import make_dict_structure_fn, make_dict_unstructure_fn, override

from qovery_async.codec.plain import is_list, is_object
from qovery_async.emulator.life.records import DeploymentRequest
from qovery_async.emulator.world.state import Entity, State

Json = dict[str, Any]

_ENTITY, _PAIRS, _TUPLE = "$entity", "$pairs", "$tuple"


def _converter() -> cattrs.Converter:
    made = cattrs.Converter(omit_if_default=True)
    made.register_unstructure_hook(datetime, datetime.isoformat)
    made.register_structure_hook(datetime, lambda text, _: datetime.fromisoformat(text))
    made.register_unstructure_hook(timedelta, timedelta.total_seconds)
    made.register_structure_hook(timedelta, lambda seconds, _: timedelta(seconds=seconds))
    made.register_unstructure_hook_func(_is_enum, lambda member: member.value)
    made.register_structure_hook_func(_is_enum, lambda value, type_: type_(value))
    made.register_unstructure_hook_func(lambda type_: type_ in (set[str], frozenset[str]), sorted)
    # The run of a request is written where it stands in its environment.
    made.register_unstructure_hook(
        DeploymentRequest,
        make_dict_unstructure_fn(DeploymentRequest, made, _cattrs_omit_if_default=True, run=override(omit=True)),
    )
    made.register_structure_hook(
        DeploymentRequest, make_dict_structure_fn(DeploymentRequest, made, run=override(omit=True))
    )
    return made


def _is_enum(type_: Any) -> bool:
    return isinstance(type_, type) and issubclass(type_, Enum)


CONVERTER = _converter()
"""Records to JSON and back. JSON that does not fit raises an exception."""


def written(value: Any) -> Any:
    """What is kept about an entity as JSON. Entities in it are named by their ids."""
    if isinstance(value, Entity):
        return {_ENTITY: value.id}
    if _is_tuple(value):
        return {_TUPLE: [written(item) for item in value]}
    if is_list(value):
        return [written(item) for item in value]
    if not is_object(value):
        return value
    if any(_is_tuple(key) or key.startswith("$") for key in value):
        return {_PAIRS: [[written(key), written(item)] for key, item in value.items()]}
    return {key: written(item) for key, item in value.items()}


def _is_tuple(value: object) -> TypeGuard[tuple[Any, ...]]:
    return isinstance(value, tuple)


def read(value: Any, state: State) -> Any:
    """What `written` made JSON of."""
    if is_list(value):
        return [read(item, state) for item in value]
    if not is_object(value):
        return value
    special: Mapping[str, Callable[[Any], Any]] = {
        _ENTITY: lambda id_: _found(state, id_),
        _TUPLE: lambda items: tuple(read(item, state) for item in items),
        _PAIRS: lambda pairs: {read(key, state): read(item, state) for key, item in pairs},
    }
    if len(value) == 1 and (key := next(iter(value))) in special:
        return special[key](value[key])
    return {key: read(item, state) for key, item in value.items()}


def only(record: object, *names: str) -> Json:
    """Some attributes of a record as JSON."""
    types = _types(type(record))
    return {name: CONVERTER.unstructure(getattr(record, name), unstructure_as=types[name]) for name in names}


def given(class_: type[Any], saved: Json, *names: str) -> Json:
    """The attributes that `only` made JSON of."""
    types = _types(class_)
    return {name: CONVERTER.structure(saved[name], types[name]) for name in names}


def _types(class_: type[Any]) -> Mapping[str, Any]:
    """The types of the attributes of a record."""
    return {field.name: field.type for field in attrs.fields(attrs.resolve_types(class_))}


def _found(state: State, id_: str) -> Entity:
    entity = state.find(id_)
    if entity is None:
        raise ValueError(f"there is no entity {id_}")
    return entity
