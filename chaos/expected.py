"""Which states may an object be in?"""

from __future__ import annotations

import attrs

GONE = "gone"
"""Stands for an object that is not there."""


@attrs.define
class Expected:
    """The labels that an object may have now, and may ever have had.

    `known` is False after a write whose bytes were garbled, until the next successful write.
    """

    kind: str
    possible: set[str] = attrs.field(factory=lambda: {GONE})
    ever: set[str] = attrs.field(factory=lambda: {GONE})
    known: bool = True

    @property
    def is_gone(self) -> bool:
        """Whether the object certainly is not there."""
        return self.known and self.possible == {GONE}

    def becomes(self, label: str, *, certain: bool) -> None:
        self.ever.add(label)
        self.possible = {label} if certain else self.possible | {label}
        self.known = self.known or certain

    def allows(self, seen: object, *, stale: bool = False) -> bool:
        return not self.known or seen in (self.ever if stale else self.possible)
