"""What differs between two documents?"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

from qovery_async.codec.plain import is_list, is_object
from qovery_async.environments.hiding import Hidden, disclosed, is_masked
from qovery_async.environments.rules import ORDERED, PAIRS, SETS, Keys, is_ignored, keys_of
from qovery_async.vocabulary.values import frozen

_LONGEST_LABEL = 80


@frozen
class Place:
    """Where in a document something stands."""

    path: tuple[str, ...] = ()
    """As it is shown: labels of the entries of lists are in brackets."""
    keys: Keys = ()
    """As the rules have it: without the entries of lists."""

    def key(self, key: str) -> Place:
        """The place of a key of the object here."""
        return Place((*self.path, key), (*self.keys, key))

    def entry(self, label: str) -> Place:
        """The place of an entry of the list here."""
        return Place((*self.path, f"[{label}]"), self.keys)


@frozen
class Found:
    """Something that differs; or, if `is_unknown`, secrets on both sides, of which nobody can say."""

    path: tuple[str, ...]
    a: Any
    b: Any
    is_unknown: bool = False


def compare(a: Mapping[str, Any], b: Mapping[str, Any]) -> Iterator[Found]:
    """What differs, in the order of the documents."""
    comparison = _Comparison(_neutral(a), _neutral(b))
    for key in {**a, **b}:
        yield from comparison.of(a.get(key), b.get(key), Place().key(key))


@frozen
class _Comparison:
    _neutral_a: Callable[[str], str]
    """A string of the first document without what Qovery makes of its ids."""
    _neutral_b: Callable[[str], str]

    def of(self, a: Any, b: Any, at: Place) -> Iterator[Found]:
        """What differs at a place."""
        if at.keys[-1] in PAIRS:
            a, b = _as_object(a), _as_object(b)
        a, b = _or_none(a), _or_none(b)
        if a is None and b is None:
            return
        if is_object(a) and is_object(b):
            for key in {**a, **b}:
                place = at.key(key)
                if not is_ignored(place.keys, [one for one in (a, b) if key in one]):
                    yield from self.of(a.get(key), b.get(key), place)
        elif (of_a := _entries(a)) is not None and (of_b := _entries(b)) is not None:
            yield from self._of_entries(of_a, of_b, at)
        else:
            if is_list(a) and is_list(b) and at.keys[-1] in SETS:
                a, b = sorted(a, key=_text), sorted(b, key=_text)
            same = self._same(a, b)
            if same is not True:
                yield Found(at.path, _told(a, at), _told(b, at), is_unknown=same is None)

    def _of_entries(self, a: list[Any], b: list[Any], at: Place) -> Iterator[Found]:
        both: list[str] = []
        for label, one, other in _matched(a, b, at):
            both += [label] if one is not None and other is not None else []
            yield from self.of(one, other, at.entry(label))
        if at.keys[-1] in ORDERED:
            first, second = ([name for one in side if (name := _label(one, at)) in both] for side in (a, b))
            if first != second:
                yield Found((*at.path, "order"), first, second)

    def _same(self, a: Any, b: Any) -> bool | None:
        """Whether two values are the same; None where a secret is not known."""
        if is_object(a) and is_object(b):
            keys = {**a, **b}
            return _all(self._same(a.get(key), b.get(key)) for key in keys)
        if is_list(a) and is_list(b):
            return len(a) == len(b) and _all(self._same(one, other) for one, other in zip(a, b, strict=True))
        if isinstance(a, Hidden) and isinstance(b, Hidden):
            return self._same(a.value, b.value)
        one, other = disclosed(a), disclosed(b)
        if isinstance(one, str) and isinstance(other, str):
            same = one == other or self._neutral_a(one) == self._neutral_b(other)
            return None if same and is_masked(one) else same
        return bool(one == other) and isinstance(one, bool) is isinstance(other, bool)


def _all(verdicts: Iterator[bool | None]) -> bool | None:
    found = set(verdicts)
    return False if False in found else None if None in found else True


def _matched(a: list[Any], b: list[Any], at: Place) -> Iterator[tuple[str, Any, Any]]:
    """The entries of two lists in pairs, in the order of the first, then those of the second alone.

    Equal ones belong together, then those with the same keys.
    """
    ways: list[Callable[[Any], str | None]] = [
        partial(_alike, at=at),
        *(partial(_by_keys, keys=keys) for keys in keys_of(at.keys)),
    ]
    partners: dict[int, int] = {}
    for way in ways:
        waiting: defaultdict[str | None, list[int]] = defaultdict(list)
        for index in set(range(len(b))) - set(partners.values()):
            waiting[way(b[index])].append(index)
        for index in [index for index in range(len(a)) if index not in partners]:
            wanted = way(a[index])
            if wanted is not None and waiting[wanted]:
                partners[index] = waiting[wanted].pop(0)
    for index, one in enumerate(a):
        yield _label(one, at), one, b[partners[index]] if index in partners else None
    for index in sorted(set(range(len(b))) - set(partners.values())):
        yield _label(b[index], at), None, b[index]


def _alike(entry: Any, at: Place) -> str:
    return _text(_told(entry, at))


def _by_keys(entry: Mapping[str, Any], keys: Keys) -> str | None:
    found = [disclosed(entry.get(key)) for key in keys]
    return None if None in found else _text(found)


def _label(entry: Mapping[str, Any], at: Place) -> str:
    """How an entry is called: by what it is matched by, as far as it has that."""
    found = [str(disclosed(entry[key])) for keys in keys_of(at.keys) for key in keys if entry.get(key) is not None]
    wanted = len(keys_of(at.keys)[0])
    return " ".join(found[:wanted]) or _text(_told(entry, at))[:_LONGEST_LABEL]


def _told(value: Any, at: Place) -> Any:
    """A value as a difference tells it: secrets are masked, and what is ignored is left out."""
    if is_object(value):
        kept = {key: item for key, item in value.items() if not is_ignored(at.key(key).keys, [value])}
        return {key: _told(item, at.key(key)) for key, item in kept.items()}
    return [_told(item, at) for item in value] if is_list(value) else disclosed(value)


def _entries(value: Any) -> list[Any] | None:
    """The objects of a list that has nothing else; none where there is no list; None for any other value."""
    if value is None:
        return []
    return value if is_list(value) and all(map(is_object, value)) else None


def _as_object(pairs: Any) -> Any:
    """A list of pairs as an object, where no name is there twice."""
    if not is_list(pairs) or not all(is_list(pair) and len(pair) == 2 and isinstance(pair[0], str) for pair in pairs):
        return pairs
    found = {pair[0]: pair[1] for pair in pairs}
    return found if len(found) == len(pairs) else pairs


def _or_none(value: Any) -> Any:
    """An empty list or object is the same as none: some responses have a key that others leave out."""
    return None if value in ([], {}) else value


def _text(value: Any) -> str:
    return json.dumps(disclosed(value), sort_keys=True)


def _neutral(document: Mapping[str, Any]) -> Callable[[str], str]:
    """Puts names in the place of the document's own ids: `QOVERY_CONTAINER_Z1A2B3C4D_HOST_INTERNAL` has one."""
    ids = {"<environment>": document["environment"].get("id")}
    for service in document["services"]:
        settings = service.get("settings")
        ids[f"<{service['kind']} {service['name']}>"] = settings.get("id") if is_object(settings) else None
    names: dict[str, str] = {}
    for name, id_ in ids.items():
        if isinstance(id_, str) and len(id_) > _SHORT:
            names |= {id_.lower(): name, f"z{id_[:_SHORT].lower()}": name}
    if not names:
        return str
    pattern = re.compile("|".join(map(re.escape, names)), re.IGNORECASE)
    return lambda text: pattern.sub(lambda found: names[found[0].lower()], text)


_SHORT = 8
"""Characters of an id that names of variables and hosts have."""
