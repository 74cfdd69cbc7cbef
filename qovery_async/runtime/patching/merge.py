"""What does a request become when some of its values change? Pure functions, no I/O."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from qovery_async.codec.plain import is_object
from qovery_async.codec.shapes import attributes, union_rule, without_none
from qovery_async.runtime.patching.convert import branch, converted, present
from qovery_async.runtime.patching.tables import EXCLUSIVE
from qovery_async.vocabulary import UNSET, ByTag, Model


def merged(before: Any, change: Any, type_: Any, old: type[Model] | None = None) -> Any:
    """The JSON of a request's value of a type, with a change.

    Objects that a model describes merge, at every depth. Lists, maps and all other values are replaced. `UNSET` leaves
    a value. `old` is the model of `before`, if it is known.
    """
    parts = _parts(change)
    if old is None and is_object(before):
        old = branch(before, type_)
    new = None if parts is None or not is_object(before) else other_branch(parts, type_) or old
    if parts is None or new is None:
        return converted(change, type_)
    types = {attribute.wire: attribute.type for attribute in attributes(new)}
    out = {key: value for key, value in before.items() if new is old or key in types}
    given = {key: value for key, value in parts.items() if value is not UNSET}
    for key in _excluded(new, given):
        out.pop(key, None)
    for key, value in given.items():
        out[key] = merged(out.get(key), value, types.get(key))
    return out


def _parts(change: Any) -> Mapping[str, Any] | None:
    """What a change of an object consists of; None for a change of anything else."""
    if isinstance(change, Model):
        return dict(present(change))
    return cast("Mapping[str, Any]", change) if isinstance(change, Mapping) else None


def other_branch(parts: Mapping[str, Any], type_: Any) -> type[Model] | None:
    """The branch of a union that a change chooses by itself."""
    rule = union_rule(without_none(type_)[0])
    if rule is None:
        return None
    chosen = [rule.key] if isinstance(rule, ByTag) else [key for key in rule.branches if key]
    return branch(dict(parts), type_) if any(parts.get(key, UNSET) not in (UNSET, None) for key in chosen) else None


def _excluded(model: type[Model], given: Mapping[str, Any]) -> list[str]:
    """The keys that the given ones take the place of."""
    keys = EXCLUSIVE.get(model.__name__, ())
    chosen = [key for key in keys if given.get(key) is not None]
    return [key for key in keys if key not in given] if chosen else []
