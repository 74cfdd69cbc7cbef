"""Is all that a server sent in what the SDK made of it, and nothing else?"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import attrs

from qovery_async import Model, to_dict
from qovery_async.codec.plain import is_list, is_object

_PLAIN = (dict, list, str, int, float, bool, type(None))


def lost(sent: Any, kept: Any, path: str = "") -> Iterator[str]:
    """Every place where the JSON that is written back is not what came."""
    if is_object(sent) and is_object(kept):
        yield from (f"{path}.{key} is gone" for key in sent.keys() - kept.keys())
        yield from (f"{path}.{key} was made up" for key in kept.keys() - sent.keys())
        for key in sent.keys() & kept.keys():
            yield from lost(sent[key], kept[key], f"{path}.{key}")
    elif is_list(sent) and is_list(kept):
        if len(sent) != len(kept):
            yield f"{path} has {len(kept)} of {len(sent)} items"
        for number, (one, other) in enumerate(zip(sent, kept, strict=False)):
            yield from lost(one, other, f"{path}[{number}]")
    elif not (_same(sent, kept) or _converted(sent, kept)):
        yield f"{path} is {kept!r:.80}, was {sent!r:.80}"


def _same(sent: Any, kept: Any) -> bool:
    return json.dumps(sent) == json.dumps(kept) or (_moment(sent) is not None and _moment(sent) == _moment(kept))


def _moment(value: Any) -> datetime | None:
    try:
        return datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return None


def _converted(sent: Any, kept: Any) -> bool:
    """Whether it is the same text, number or truth value, in another type."""
    texts = [str(value).lower() for value in (sent, kept)]
    scalars = all(isinstance(value, str | int | float) for value in (sent, kept))
    return scalars and (texts[0] == texts[1] or _number(sent) == _number(kept) is not None)


def _number(value: Any) -> float | None:
    try:
        return None if isinstance(value, bool) else float(value)
    except ValueError:
        return None


def unfaithful(value: Any) -> Iterator[str]:
    """What is wrong with models in a result: they become other than plain JSON, or do not survive `evolve`."""
    if is_list(value):
        for item in value:
            yield from unfaithful(item)
    elif isinstance(value, Model):
        plain = to_dict(value)
        yield from (f"{path} is a {kind.__name__}" for path, kind in _kinds(plain) if kind not in _PLAIN)
        if to_dict(attrs.evolve(value)) != plain:
            yield f"a copy by `evolve` of {value!r:.200} is another"


def _kinds(value: Any, path: str = "") -> Iterator[tuple[str, type]]:
    kind: type[Any] = value.__class__
    yield path, kind
    entries = value.items() if is_object(value) else enumerate(value) if is_list(value) else ()
    for key, inner in entries:
        yield from _kinds(inner, f"{path}.{key}")
