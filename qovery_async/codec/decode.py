"""How is JSON that fits its models decoded fast?

Each model gets a compiled function: straight-line code that checks every value and raises at the
first misfit. `repair` then reads the same value slowly and names each misfit.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from datetime import date, datetime
from typing import Any, get_args, get_origin

import attrs
from cattrs import BaseConverter

from qovery_async.codec.plain import is_too_deep
from qovery_async.codec.shapes import NONE, Attribute, attributes, union_rule
from qovery_async.codec.times import in_utc, read_datetime
from qovery_async.vocabulary import UNSET, ByKey, ByTag, Model, OpenEnum, UnknownVariant
from qovery_async.vocabulary.values import define

Hook = Callable[[Any, Any], Any]


class Misfit(Exception):
    """The value does not fit its type. The fast path does not record where."""


def register(converter: BaseConverter) -> None:
    """Registers a decoder for every type that occurs in models."""
    factories: list[tuple[Callable[[Any], bool], Callable[[Any, BaseConverter], Hook]]] = [
        (_is_model, _model_hook),
        (_is_list, _list_hook),
        (_is_dict, _dict_hook),
        (_is_union, _union_hook),
    ]
    for applies, factory in factories:
        converter.register_structure_hook_factory(applies, _bound(factory, converter))
    # cattrs looks up these types by class before it tries predicates; its own hooks would convert values.
    for scalar in (str, int, bool, NONE):
        converter.register_structure_hook(scalar, _exactly(scalar))
    converter.register_structure_hook(float, _number)
    converter.register_structure_hook(datetime, lambda value, _: read_datetime(value))
    converter.register_structure_hook(date, lambda value, _: date.fromisoformat(value))
    # Takes precedence over `str`, because an open enum is a subclass of it.
    converter.register_structure_hook(OpenEnum, lambda value, enum: enum(value))
    converter.register_structure_hook_func(lambda type_: type_ is Any, lambda value, _: _free(value))


def _bound(factory: Callable[[Any, BaseConverter], Hook], converter: BaseConverter) -> Callable[[Any], Hook]:
    return lambda type_: factory(type_, converter)


def _is_model(type_: Any) -> bool:
    return isinstance(type_, type) and issubclass(type_, Model)


def _is_enum(type_: Any) -> bool:
    return isinstance(type_, type) and issubclass(type_, OpenEnum)


def _is_list(type_: Any) -> bool:
    return get_origin(type_) is list


def _is_dict(type_: Any) -> bool:
    return get_origin(type_) is dict


def _is_union(type_: Any) -> bool:
    return union_rule(type_) is not None


def _exactly(scalar: type) -> Hook:
    def hook(value: Any, _: Any) -> Any:
        if value.__class__ is not scalar:
            raise Misfit
        return value

    return hook


def _number(value: Any, _: Any) -> Any:
    """Accepts whole numbers as well: JSON does not distinguish 1 from 1.0."""
    if value.__class__ is not float and value.__class__ is not int:
        raise Misfit
    return value


def _free(value: Any) -> Any:
    """JSON that no type describes, unchanged."""
    if is_too_deep(value):
        raise Misfit
    return value


def _list_hook(type_: Any, converter: BaseConverter) -> Hook:
    item_type = get_args(type_)[0]
    inner = converter.get_structure_hook(item_type)

    def hook(value: Any, _: Any) -> Any:
        if value.__class__ is not list:
            raise Misfit
        return [inner(item, item_type) for item in value]

    return hook


def _dict_hook(type_: Any, converter: BaseConverter) -> Hook:
    item_type = get_args(type_)[1]
    inner = converter.get_structure_hook(item_type)

    def hook(value: Any, _: Any) -> Any:
        if value.__class__ is not dict:
            raise Misfit
        if item_type is Any:
            return _free(value)
        return {key: inner(item, item_type) for key, item in value.items()}

    return hook


def _union_hook(type_: Any, converter: BaseConverter) -> Hook:
    rule = union_rule(type_)
    scalars = tuple(branch for branch in get_args(type_.__origin__) if branch in (str, int, float, bool))

    def hook(value: Any, _: Any) -> Any:
        if value.__class__ in scalars:
            return value
        if value.__class__ is not dict:
            raise Misfit
        branch = choose(rule, value)
        return UnknownVariant(_free(value)) if branch is None else converter.structure(value, branch)

    return hook


def choose(rule: ByTag | ByKey | None, value: dict[str, Any]) -> Any:
    """The branch of a union that matches an object, or None if no known branch does.

    Without a tag, that is the first branch of which the object has a telling key and all required keys;
    a null key does not count. The branch for the rest, `""`, takes objects that have no telling key.
    """
    if isinstance(rule, ByTag):
        tag = value.get(rule.key)
        return rule.branches.get(tag) if isinstance(tag, str) else None
    told = False
    for key, branch, required in _branches(rule) if rule else ():
        has_key = value.get(key) is not None
        if (has_key if key else not told) and all(_has(value, field) for field in required):
            return branch
        told = told or has_key
    return None


@functools.cache
def _branches(rule: ByKey) -> list[tuple[str, Any, list[Attribute]]]:
    """The keys of a rule, each with its branch and the required attributes of that."""
    return [(key, branch, _required(branch)) for key, branch in rule.branches.items()]


def _required(branch: Any) -> list[Attribute]:
    """The required attributes of a branch; a branch that is a union has its own rule."""
    return [field for field in attributes(branch) if field.required] if _is_model(branch) else []


def _has(value: dict[str, Any], field: Attribute) -> bool:
    return value.get(field.wire) is not None or (field.nullable and field.wire in value)


def _model_hook(model: type[Model], converter: BaseConverter) -> Hook:
    source = _Source(model, converter)
    code = source.code()
    exec(compile(code, f"<decoder of {model.__name__}>", "exec"), source.names)  # noqa: S102
    return source.names["decode"]  # type: ignore[no-any-return]


@define
class _Source:
    """The source code of a model's decoder and the objects it refers to."""

    model: type[Model]
    converter: BaseConverter
    names: dict[str, Any] = attrs.field(init=False)

    def code(self) -> str:
        fields = list(attributes(self.model))
        self.names = {
            "Misfit": Misfit, "UNSET": UNSET, "free": _free, "model": self.model, "new": self.model.__new__,
            "known": frozenset(field.wire for field in fields),
        }  # fmt: skip
        lines = ["def decode(o, _):"]
        lines += ["  if o.__class__ is not dict: raise Misfit"]
        lines += ["  self = new(model); get = o.get; absent = ()"]
        for index, field in enumerate(fields):
            lines += self._required(index, field) if field.required else self._optional(index, field)
        # Without unknown keys, `extra` is an empty dict that is made when it is read.
        lines += [f"  if len(o) + len(absent) != {len(fields)}:"]
        lines += ["    self.extra = free({k: o[k] for k in o if k not in known})"]
        lines += ["  self.absent = absent", "  return self"]
        return "\n".join(lines)

    def _required(self, index: int, field: Attribute) -> list[str]:
        read = [f"  v = o[{field.wire!r}]"]
        store = self._store(index, field)
        if field.nullable:
            return [*read, f"  if v is None: self.{field.name} = None", "  else:"] + [f"  {s}" for s in store]
        return read + store

    def _optional(self, index: int, field: Attribute) -> list[str]:
        self.names[f"absent{index}"] = field.absent
        read = f"  v = get({field.wire!r}, UNSET)"
        absent = f"if v is UNSET: self.{field.name} = absent{index}; absent += ({field.name!r},)"
        null = f"  elif v is None: self.{field.name} = None"
        store = [f"  {line}" for line in self._store(index, field)]
        # Values are more frequent than their absence.
        if field.type in (str, int, bool):
            value = f"  if v.__class__ is {field.type.__name__}: self.{field.name} = v"
            return [read, value, f"  el{absent}", null, "  else: raise Misfit"]
        if field.type is datetime or _is_enum(field.type):
            return [read, "  if v.__class__ is str:", *store, f"  el{absent}", null, "  else: raise Misfit"]
        return [read, f"  {absent}", null, "  else:", *store]

    def _store(self, index: int, field: Attribute) -> list[str]:
        target = f"self.{field.name}"
        type_ = field.type
        if type_ in (str, int, bool):
            return [f"  if v.__class__ is not {type_.__name__}: raise Misfit", f"  {target} = v"]
        if type_ is Any:
            return [f"  {target} = free(v)"]
        if type_ is datetime:
            self.names |= {"read": datetime.fromisoformat, "in_utc": in_utc}
            return ["  m = read(v)", f"  {target} = m if m.tzinfo is not None else in_utc(m)"]
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
            self._name_hook(index, get_args(type_)[0])
            return [
                "  if v.__class__ is not list: raise Misfit",
                f"  {target} = [h{index}(w, i{index}) for w in v]",
            ]
        self._name_hook(index, type_)
        return [f"  {target} = h{index}(v, i{index})"]

    def _name_hook(self, index: int, type_: Any) -> None:
        name, names, converter = f"h{index}", self.names, self.converter

        def first(value: Any, _: Any) -> Any:
            # The decoder that runs finds the hook itself from now on.
            names[name] = converter.get_structure_hook(type_)
            return names[name](value, type_)

        # Most objects lack some of what they may hold, whose decoders need not be built; a model may hold itself.
        names |= {name: first, f"i{index}": type_}
