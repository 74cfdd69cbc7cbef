"""What does an object need so that notebooks and `rich` show it as a table, without its secrets?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from importlib import import_module
from typing import Any

import attrs

from qovery_async.secrecy.masking import beside_secret_name
from qovery_async.vocabulary.definition import COMMON

Rows = tuple[str, Sequence[str], Iterable[Sequence[object]]]
"""The title, the columns and the rows of a table."""


class Plain:
    """A text that is its own `repr`: what has been masked is not quoted once more."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def __repr__(self) -> str:
        return self._text


class Displayed:
    """Has a table, which is made when somebody looks. What makes it stands above the models."""

    __slots__ = ()

    def _rows(self) -> Rows:
        raise NotImplementedError

    def _table(self) -> Any:
        return import_module("qovery_async.tables").SmallTable(*self._rows())

    def _repr_html_(self) -> str:
        shown: str = self._table()._repr_html_()
        return shown

    def __rich__(self) -> Any:
        return self._table().__rich__()


def hidden_attributes(model: Any) -> set[object]:
    """The attributes that `repr` masks."""
    # Only an explicit False unmasks.
    open_ = model.__secrets_if__ and getattr(model, model.__secrets_if__) is False
    return {*(() if open_ else model.__secrets__), *beside_secret_name(values_of(model))}


def values_of(model: Any) -> dict[str, Any]:
    """The attributes of a model, without those that all have."""
    names = [field.name for field in attrs.fields(model.__class__) if field.name not in COMMON]
    return {name: getattr(model, name) for name in names}
