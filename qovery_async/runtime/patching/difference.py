"""In what do two requests differ, and how is that shown?"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import attrs

from qovery_async.codec.plain import is_list, is_object
from qovery_async.secrecy.masking import MASK, looks_secret, masked
from qovery_async.vocabulary import UNSET


@attrs.frozen(repr=False)
class PatchChange:
    """One value of a request that a patch changes. `UNSET` as `before` or `after`: the key is not there.

    `path` is the place of the value, such as `git_repository.branch`. The string of a change masks secrets.
    """

    path: str
    before: Any
    after: Any

    def __str__(self) -> str:
        hidden = looks_secret(self.path.rpartition(".")[2])
        return f"{self.path}: {_shown(self.before, hidden=hidden)} -> {_shown(self.after, hidden=hidden)}"

    def __repr__(self) -> str:
        return f"<PatchChange {self}>"


@attrs.frozen(repr=False)
class PatchPreview:
    """What `patch` would send, and in what it differs from what is there.

    `body` is the JSON of the request, with its secrets. The string of a preview has a line for each change and masks
    secrets.
    """

    body: dict[str, Any]
    changes: tuple[PatchChange, ...]

    def __str__(self) -> str:
        return "\n".join(str(change) for change in self.changes) or "no change"

    def __repr__(self) -> str:
        return f"<PatchPreview: {len(self.changes)} changes>"


def differences(before: Any, after: Any, path: str = "") -> Iterator[PatchChange]:
    """The changes between two JSON values: objects key by key, everything else as a whole."""
    if not (is_object(before) and is_object(after)):
        if before != after:
            yield PatchChange(path, before, after)
        return
    for key in {**before, **after}:
        yield from differences(before.get(key, UNSET), after.get(key, UNSET), f"{path}.{key}" if path else key)


def _shown(value: Any, *, hidden: bool) -> str:
    if value is UNSET:
        return "nothing"
    if hidden and value is not None:
        return MASK
    return masked(value) if is_object(value) or is_list(value) else json.dumps(value, ensure_ascii=False)
