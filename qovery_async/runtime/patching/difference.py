"""In what do two requests differ, and how is that shown?"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from typing import Any, get_args

import attrs

from qovery_async.codec.plain import is_list, is_object
from qovery_async.codec.shapes import attributes, union_rule
from qovery_async.secrecy import masking
from qovery_async.secrecy.masking import MASK, looks_secret, masked, without_passwords
from qovery_async.secrecy.printable import one_line
from qovery_async.vocabulary import UNSET, Model
from qovery_async.vocabulary.values import frozen


@frozen(repr=False)
class PatchChange:
    """One value of a request that a patch changes. `UNSET` as `before` or `after`: the key is not there.

    `path` is the place of the value, such as `git_repository.branch`. The string of a change masks secrets.
    """

    path: str
    before: Any
    after: Any
    _secrets: frozenset[str] = attrs.field(default=frozenset(), eq=False)
    """The names of keys that are secret, beside those that look like it; with `*`, the value itself is."""

    def __str__(self) -> str:
        return f"{one_line(self.path)}: {_shown(self.before, self._secrets)} -> {_shown(self.after, self._secrets)}"

    def __repr__(self) -> str:
        return f"<PatchChange {self}>"


@frozen(repr=False)
class PatchPreview:
    """The request that `patch` would send, and its differences from what is there.

    `body` is the JSON of the request, with its secrets. The string of a preview has a line for each change and masks
    secrets.
    """

    body: dict[str, Any]
    changes: tuple[PatchChange, ...]

    def __str__(self) -> str:
        return "\n".join(str(change) for change in self.changes) or "no change"

    def __repr__(self) -> str:
        return f"<PatchPreview: {len(self.changes)} changes>"


def secret_keys(type_: Any) -> frozenset[str]:
    """The keys of the secrets in requests of a type, at every depth."""
    found: set[str] = set()
    left, seen = [type_], set[Any]()
    while left:
        current = left.pop()
        if isinstance(current, type) and issubclass(current, Model) and current not in seen:
            seen.add(current)
            # A value that is secret beside a flag is found by that flag.
            names = () if current.__secrets_if__ else current.__secrets__
            found |= {attribute.wire for attribute in attributes(current) if attribute.name in names}
            left += [attribute.type for attribute in attributes(current)]
        left += _parts(current)
    return frozenset(found)


def _parts(type_: Any) -> tuple[Any, ...]:
    """The types that a type is made of."""
    return (type_.__origin__,) if union_rule(type_) else get_args(type_)


def differences(
    before: Any, after: Any, secrets: frozenset[str] = frozenset(), path: str = "", *, hidden: bool = False
) -> Iterator[PatchChange]:
    """The changes between two JSON values: objects key by key, everything else as a whole.

    `secrets` are the keys of secrets, beside those that look like it.
    """
    if not (is_object(before) and is_object(after)):
        if before != after:
            yield PatchChange(path, before, after, secrets | {"*"} if hidden else secrets)
        return
    covered = secrets | masking.secret_keys(before) | masking.secret_keys(after)
    for key in {**before, **after}:
        yield from differences(
            before.get(key, UNSET),
            after.get(key, UNSET),
            secrets,
            f"{path}.{key}" if path else key,
            hidden=hidden or key in covered or looks_secret(key),
        )


def _shown(value: Any, secrets: Collection[str]) -> str:
    if value is UNSET:
        return "nothing"
    if "*" in secrets and value is not None and not isinstance(value, bool):
        return MASK
    if is_object(value) or is_list(value):
        return masked(_covered(value, secrets))
    # What a terminal would obey is escaped.
    text = without_passwords(value) if isinstance(value, str) else value
    return json.dumps(text, ensure_ascii=isinstance(text, str) and not text.isprintable())


def _covered(value: Any, secrets: Collection[str]) -> Any:
    """The value with `***` in place of each secret that only its model knows of."""
    if is_list(value):
        return [_covered(item, secrets) for item in value]
    if is_object(value):
        return {key: MASK if key in secrets and item else _covered(item, secrets) for key, item in value.items()}
    return value
