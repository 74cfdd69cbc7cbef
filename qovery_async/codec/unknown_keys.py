"""Which keys of a mapping that is sent does its model not know?

They are sent as given, because Qovery may know more than this version. A misspelt one has no effect and no error, so each
is logged: once in a process for each model and key, and no more than `_MOST`.
"""

from __future__ import annotations

import functools
import logging
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, cast, get_args

from qovery_async import models
from qovery_async.codec.body_models import BODY_MODELS
from qovery_async.codec.shapes import attributes, union_rule
from qovery_async.secrecy.printable import one_line
from qovery_async.vocabulary import UNSET, Model

_MOST = 1000

_logger = logging.getLogger("qovery")
_told: set[tuple[str, str]] = set()


def tell(operation: str, body: object) -> None:
    """Logs the top-level keys of a body that its model does not know; nothing if the body is no mapping."""
    model = BODY_MODELS.get(operation)
    if model is None or not isinstance(body, Mapping):
        return
    given = cast("Mapping[object, object]", body)
    for key in given.keys() - _known(model):
        if isinstance(key, str) and given[key] is not UNSET:
            _tell(operation, model, one_line(key))


def accept(operation: str, keys: Iterable[str]) -> None:
    """Leaves keys out of account that Qovery itself returned and that are sent back: they are no misspelling."""
    model = BODY_MODELS.get(operation)
    if model is not None:
        new = [(model, one_line(key)) for key in keys if key not in _known(model)]
        _told.update(new[: max(_MOST - len(_told), 0)])


def _tell(operation: str, model: str, key: str) -> None:
    if (model, key) in _told or len(_told) >= _MOST:
        return
    _told.add((model, key))
    from difflib import get_close_matches

    nearest = "".join(f"; the nearest that it has is {one!r}" for one in get_close_matches(key, _known(model), 1))
    _logger.warning("%s: models.%s has no key %r, which is sent as given%s", operation, model, key, nearest)


@functools.cache
def _known(model: str) -> frozenset[str]:
    return frozenset(_keys(getattr(models, model)))


def _keys(type_: Any) -> Iterator[str]:
    """The keys of a model, or of all models of a union."""
    if union_rule(type_) is not None:
        for branch in get_args(type_.__origin__):
            yield from _keys(branch)
    elif isinstance(type_, type) and issubclass(type_, Model):
        yield from (field.wire for field in attributes(type_))
