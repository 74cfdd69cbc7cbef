"""Which states may an object be in?"""

from __future__ import annotations

import math

import attrs

GONE = "gone"
"""Stands for an object that is not there."""


@attrs.define
class Expected:
    """The labels that an object may have now."""

    kind: str
    possible: set[str] = attrs.field(factory=lambda: {GONE})
    written: dict[str, float] = attrs.field(factory=lambda: {GONE: -math.inf})
    """Every label that the object may ever have had, and when the write of it last took effect."""
    certain_at: float = -math.inf
    """When the last successful write took effect."""
    garbled_at: float = -math.inf
    """When the last write whose bytes were garbled took effect."""

    @property
    def known(self) -> bool:
        """Whether the state is not that of a garbled write."""
        return self.certain_at >= self.garbled_at

    @property
    def is_gone(self) -> bool:
        """Whether the object certainly is not there."""
        return self.known and self.possible == {GONE}

    def becomes(self, label: str, at: float, *, certain: bool, garbled: bool) -> None:
        """Takes a write that took effect at a time, if it did.

        A request that was on its way when its call was canceled may take effect after the next write.
        """
        self.written[label] = at
        later = {other for other, effect in self.written.items() if effect > at}
        self.possible = {label} | (later if certain else self.possible)
        if certain:
            self.certain_at = at
        if garbled:
            self.garbled_at = max(at, self.garbled_at)

    def allows(self, seen: object, *, stale: bool = False) -> bool:
        return not self.known or seen in (self.written if stale else self.possible)
