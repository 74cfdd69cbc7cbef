"""When does a class of values become an attrs class? With its first object, or the first look at its attributes.

attrs writes and compiles the methods of each class. That takes longer than all else that an import does, and a program
uses few of the classes that it imports. `define` and `frozen` are those of attrs: they make the slots at once, and the
methods come with the first use; those that show and compare objects with the first object that is shown or compared.
The class may not use `super()` without arguments.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import attrs

from qovery_async.vocabulary.late import Late

if TYPE_CHECKING:
    from attrs import define as define  # noqa: PLC0414  # handed on
    from attrs import frozen as frozen  # noqa: PLC0414  # handed on
else:

    def define(class_: type | None = None, /, **options: Any) -> Any:
        """What makes a class one of attrs, as `attrs.define` does, but later."""
        return partial(_defined, options) if class_ is None else _defined(options, class_)

    def frozen(class_: type | None = None, /, **options: Any) -> Any:
        """What makes a class one of attrs, as `attrs.frozen` does, but later."""
        return define(class_, frozen=True, **options)


_FIRST = ("__attrs_attrs__", "__match_args__", "__setstate__", "__init__")
"""What may be asked for before there is an object, or by what makes one."""
_SELDOM = {"repr": ("__repr__",), "eq": ("__eq__", "__ne__", "__hash__")}
"""By the option of attrs, what few objects are asked for. attrs takes as long for it as for all the rest."""


def _defined(options: dict[str, Any], class_: type) -> type:
    """The class with slots for its attributes, which attrs completes later."""
    own = tuple([name for name, type_ in class_.__annotations__.items() if "ClassVar" not in str(type_)])
    weak = () if any("__weakref__" in vars(base) for base in class_.__mro__[1:]) else ("__weakref__",)
    names = {name: value for name, value in vars(class_).items() if name not in (*own, "__dict__", "__weakref__")}
    usable = partial(_complete, options | dict.fromkeys(_SELDOM, False), class_)
    whole = partial(_complete, options, class_)
    late: dict[str, Late | None] = {name: Late(usable) for name in _FIRST if name not in names}
    for option, methods in _SELDOM.items():
        if options.get(option, True) and methods[0] not in names:
            late |= {name: Late(whole) for name in methods if name not in names}
    if "__hash__" in late and not options.get("frozen"):
        late["__hash__"] = None  # as attrs does: what is equal to others and can change has no hash
    slots = {"__slots__": own + weak, "__qualname__": class_.__qualname__}
    return type(class_)(class_.__name__, class_.__bases__, {**names, **late, **slots})


def _complete(options: dict[str, Any], class_: type, late: type) -> None:
    """Takes over what attrs adds to a class with the same slots."""
    there = vars(late)
    made = vars(attrs.define(class_, **options))
    added = {name: value for name, value in made.items() if name not in there or isinstance(there[name], Late)}
    # Those of `_FIRST` last: nobody has an object before the rest is there.
    for name in sorted(added, key=lambda name: name in _FIRST):
        if isinstance(there.get(name), Late | None):
            setattr(late, name, added[name])
