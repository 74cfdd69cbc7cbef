"""What does a request become when some of its values change? Pure functions, no I/O."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from qovery_async.codec.plain import is_object
from qovery_async.codec.shapes import attributes, union_rule, without_none
from qovery_async.codec.writer import encode_body
from qovery_async.runtime.patching.convert import branch, converted
from qovery_async.runtime.patching.tables import EXCLUSIVE
from qovery_async.vocabulary import UNSET, ByTag, Model


def merged(before: Any, change: Any, type_: Any, old: type[Model] | None = None) -> Any:
    """The JSON of a request's value of a type, with a change.

    Objects that a model describes merge, at every depth. Lists, maps and all other values are replaced. `UNSET` leaves
    a value. `old` is the model of `before`, if it is known.
    """
    parts = _parts(change, type_)
    if parts is None or not is_object(before):
        return converted(change, type_)
    old = old or branch(before, type_)
    chosen = _chosen(parts, type_)
    new = branch(chosen, type_) if chosen else old
    # What no model describes is replaced; a branch that this version does not know merges with its like.
    if new is None and not (union_rule(without_none(type_)[0]) and chosen.items() <= before.items()):
        return converted(change, type_)
    types = {attribute.wire: attribute.type for attribute in attributes(new)} if new else {}
    out = {key: value for key, value in before.items() if new is old or key in types}
    given = {key: value for key, value in parts.items() if value is not UNSET}
    for key in _excluded(new, given):
        out.pop(key, None)
    for key, value in given.items():
        out[key] = merged(out.get(key), value, types.get(key))
    return out


def other_branch(parts: Mapping[str, Any], type_: Any) -> type[Model] | None:
    """The branch of a union that a change chooses by itself."""
    chosen = _chosen(parts, type_)
    return branch(chosen, type_) if chosen else None


def _parts(change: Any, type_: Any) -> Mapping[str, Any] | None:
    """What a change of an object consists of; None for a change of anything else."""
    if isinstance(change, Model):
        change = converted(change, type_)
    return cast("Mapping[str, Any]", change) if isinstance(change, Mapping) else None


def _chosen(parts: Mapping[str, Any], type_: Any) -> dict[str, Any]:
    """The keys of a change that choose the branch of a union, as JSON."""
    rule = union_rule(without_none(type_)[0])
    keys = () if rule is None else (rule.key,) if isinstance(rule, ByTag) else tuple(rule.branches)
    chosen = {key: parts[key] for key in keys if parts.get(key, UNSET) is not UNSET and parts[key] is not None}
    return {key: encode_body(value) for key, value in chosen.items()}


def _excluded(model: type[Model] | None, given: Mapping[str, Any]) -> list[str]:
    """The keys that the given ones take the place of."""
    keys = EXCLUSIVE.get(model.__name__, ()) if model else ()
    chosen = [key for key in keys if given.get(key) is not None]
    return [key for key in keys if key not in given] if chosen else []
