"""How does JSON become models, fast, as long as it fits?

For each model a function is written and compiled once: straight-line code that checks every
value and raises at the first that does not fit. `repair` then takes the slow road.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any, get_args, get_origin

import attrs
from cattrs import Converter

from qovery_async.codec.shapes import NONE, Attribute, attributes, union_rule, without_none
from qovery_async.codec.times import read_datetime
from qovery_async.vocabulary import UNSET, ByKey, ByTag, Model, OpenEnum, UnknownVariant

Hook = Callable[[Any, Any], Any]


class Misfit(Exception):
    """The value does not fit its type; nothing more is known on the fast path."""


def register(converter: Converter) -> None:
    """Teaches the converter every type that occurs in models."""
    factories: list[tuple[Callable[[Any], bool], Callable[[Any, Converter], Hook]]] = [
        (_is_model, _model_hook),
        (_is_enum, _enum_hook),
        (_is_list, _list_hook),
        (_is_dict, _dict_hook),
        (_is_optional, _optional_hook),
        (_is_union, _union_hook),
        (_is_scalar, _scalar_hook),
    ]
    for applies, factory in factories:
        converter.register_structure_hook_factory(applies, _bound(factory, converter))


def _bound(factory: Callable[[Any, Converter], Hook], converter: Converter) -> Callable[[Any], Hook]:
    return lambda type_: factory(type_, converter)


def _is_model(type_: Any) -> bool:
    return isinstance(type_, type) and issubclass(type_, Model)


def _is_enum(type_: Any) -> bool:
    return isinstance(type_, type) and issubclass(type_, OpenEnum)


def _is_list(type_: Any) -> bool:
    return get_origin(type_) is list


def _is_dict(type_: Any) -> bool:
    return get_origin(type_) is dict


def _is_optional(type_: Any) -> bool:
    return without_none(type_)[1]


def _is_union(type_: Any) -> bool:
    return union_rule(type_) is not None


def _is_scalar(type_: Any) -> bool:
    return type_ in (str, int, bool, float, datetime, date, NONE, Any)


def _scalar_hook(type_: Any, _: Converter) -> Hook:
    if type_ is Any:
        return lambda value, _: value
    if type_ is datetime:
        return lambda value, _: read_datetime(value)
    if type_ is date:
        return lambda value, _: date.fromisoformat(value)
    # A whole number is a number too; JSON does not tell 1 from 1.0.
    classes = (float, int) if type_ is float else (type_,)

    def hook(value: Any, _: Any) -> Any:
        if value.__class__ not in classes:
            raise Misfit
        return value

    return hook


def _enum_hook(enum: type[OpenEnum], _: Converter) -> Hook:
    known = enum._value2member_map_

    def hook(value: Any, _: Any) -> Any:
        return known.get(value) or enum(value)

    return hook


def _optional_hook(type_: Any, converter: Converter) -> Hook:
    inner = _late_hook(without_none(type_)[0], converter)

    def hook(value: Any, _: Any) -> Any:
        return None if value is None else inner(value, _)

    return hook


def _list_hook(type_: Any, converter: Converter) -> Hook:
    inner = _late_hook(get_args(type_)[0], converter)

    def hook(value: Any, _: Any) -> Any:
        if value.__class__ is not list:
            raise Misfit
        return [inner(item, _) for item in value]

    return hook


def _dict_hook(type_: Any, converter: Converter) -> Hook:
    inner = _late_hook(get_args(type_)[1], converter)

    def hook(value: Any, _: Any) -> Any:
        if value.__class__ is not dict:
            raise Misfit
        return {key: inner(item, _) for key, item in value.items()}

    return hook


def _union_hook(type_: Any, converter: Converter) -> Hook:
    rule = union_rule(type_)
    scalars = tuple(branch for branch in get_args(type_.__origin__) if branch in (str, int, float, bool))

    def hook(value: Any, _: Any) -> Any:
        if value.__class__ in scalars:
            return value
        if value.__class__ is not dict:
            raise Misfit
        branch = choose(rule, value)
        return UnknownVariant(value) if branch is None else converter.structure(value, branch)

    return hook


def choose(rule: ByTag | ByKey | None, value: dict[str, Any]) -> Any:
    """The branch of a union that an object is, or None where it is none that is known."""
    if isinstance(rule, ByTag):
        tag = value.get(rule.key)
        return rule.branches.get(tag) if isinstance(tag, str) else None
    for key, branch in rule.branches.items() if rule else ():
        if not key or key in value:
            return branch
    return None


def _late_hook(type_: Any, converter: Converter) -> Hook:
    """The hook of a type; looked up at its first use, since models may contain themselves."""
    if not _is_model(type_):
        return converter.get_structure_hook(type_)
    found: Hook | None = None

    def hook(value: Any, _: Any) -> Any:
        nonlocal found
        if found is None:
            found = converter.get_structure_hook(type_)
        return found(value, _)

    return hook


def _model_hook(model: type[Model], converter: Converter) -> Hook:
    source = _Source(model, converter)
    exec(compile(source.text(), f"<decoder of {model.__name__}>", "exec"), source.names)  # noqa: S102
    return source.names["decode"]  # type: ignore[no-any-return]


@attrs.define
class _Source:
    """The text of a model's decoder and the objects it names."""

    model: type[Model]
    converter: Converter
    names: dict[str, Any] = attrs.field(factory=dict[str, Any])

    def text(self) -> str:
        fields = list(attributes(self.model))
        self.names |= {
            "Misfit": Misfit, "UNSET": UNSET, "model": self.model, "new": self.model.__new__,
            "known": frozenset(field.wire for field in fields),
        }  # fmt: skip
        tracks_nulls = any(not f.required and f.absent is None for f in fields)
        lines = ["def decode(o, _):"]
        lines += ["  if o.__class__ is not dict: raise Misfit"]
        lines += ["  self = new(model); get = o.get; absent = 0" + ("; nulls = 0" if tracks_nulls else "")]
        for index, field in enumerate(fields):
            lines += self._required(index, field) if field.required else self._optional(index, field)
        lines += [f"  if len(o) + absent == {len(fields)}: self.extra = {{}}"]
        lines += ["  else: self.extra = {k: o[k] for k in o if k not in known}"]
        nulls = "tuple([k for k in o if o[k] is None])"
        lines += [f"  self.null_keys = {nulls} if nulls else ()" if tracks_nulls else "  self.null_keys = ()"]
        lines += ["  return self"]
        return "\n".join(lines)

    def _required(self, index: int, field: Attribute) -> list[str]:
        read = [f"  v = o[{field.wire!r}]"]
        store = self._store(index, field)
        if field.nullable:
            return [*read, f"  if v is None: self.{field.name} = None", "  else:"] + [f"  {s}" for s in store]
        return read + store

    def _optional(self, index: int, field: Attribute) -> list[str]:
        self.names[f"absent{index}"] = field.absent
        noted = "; nulls = 1" if field.absent is None else ""
        return [
            f"  v = get({field.wire!r}, UNSET)",
            f"  if v is UNSET: self.{field.name} = absent{index}; absent += 1",
            f"  elif v is None: self.{field.name} = None{noted}",
            "  else:",
            *[f"  {line}" for line in self._store(index, field)],
        ]

    def _store(self, index: int, field: Attribute) -> list[str]:
        target = f"self.{field.name}"
        type_ = field.type
        if type_ in (str, int, bool):
            return [f"  if v.__class__ is not {type_.__name__}: raise Misfit", f"  {target} = v"]
        if type_ is Any:
            return [f"  {target} = v"]
        if _is_enum(type_):
            self.names |= {f"e{index}": type_, f"t{index}": type_._value2member_map_}
            return [f"  {target} = t{index}.get(v) or e{index}(v)"]
        if get_origin(type_) is list and get_args(type_)[0] is str:
            return [
                "  if v.__class__ is not list: raise Misfit",
                "  for w in v:",
                "    if w.__class__ is not str: raise Misfit",
                f"  {target} = v",
            ]
        if get_origin(type_) is list:
            self.names[f"h{index}"] = _late_hook(get_args(type_)[0], self.converter)
            return [
                "  if v.__class__ is not list: raise Misfit",
                f"  {target} = [h{index}(w, _) for w in v]",
            ]
        self.names[f"h{index}"] = _late_hook(type_, self.converter)
        return [f"  {target} = h{index}(v, _)"]
