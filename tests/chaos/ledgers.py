"""Ledgers that tests keep in memory."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence

from chaos.ledger import Facts, Ledger, events

CALLS = 20


class Kept(Ledger):
    """A ledger whose lines can be read while it is written."""

    def __init__(self) -> None:
        self.file = io.StringIO()
        super().__init__(self.file)


def facts_of(ledger: Ledger, labels: Mapping[str, Sequence[str]] | None = None) -> Facts:
    assert isinstance(ledger, Kept)
    return Facts.of(events(ledger.file.getvalue().splitlines()), CALLS, labels or {})
