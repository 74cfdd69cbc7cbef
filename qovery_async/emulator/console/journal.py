"""Which requests came in lately, and what became of them?"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Sequence
from datetime import datetime

import attrs

from qovery_async.emulator.life.clock import Clock
from qovery_async.emulator.world.tokens import Tokens

KEPT = 200
"""How many requests are kept."""
_LONGEST_PATH, _LONGEST_METHOD = 200, 16
_LIKE_TOKENS = re.compile(r"(qov_|sk-qov-|eyJ)[\w.-]{8,}")
_HIDDEN = "[token]"


@attrs.frozen
class SeenRequest:
    """A request and its response. The status is None where the client has left before there was one."""

    at: datetime
    method: str
    path: str
    status: int | None
    milliseconds: float


class Journal:
    """The latest requests. Queries, headers and bodies are not kept, so tokens are not, either."""

    def __init__(self, clock: Clock, tokens: Tokens) -> None:
        self.told: list[Callable[[], None]] = []
        """Functions that are called after each request."""
        self._clock = clock
        self._tokens = tokens
        # Tuples, which are made faster: every request is kept, and few are looked at.
        self._entries: deque[tuple[datetime, str, str, int | None, float]] = deque(maxlen=KEPT)

    def add(self, method: str, path: str, status: int | None, milliseconds: float) -> None:
        """Keeps a request, which has just been responded to."""
        self._entries.append((self._clock.now(), method[:_LONGEST_METHOD], path[:_LONGEST_PATH], status, milliseconds))
        for function in self.told:
            function()

    def newest_first(self, most: int) -> Sequence[SeenRequest]:
        """The latest requests. A token that somebody has written into a path is hidden."""
        newest = [SeenRequest(*entry) for entry in [*self._entries][: -most - 1 : -1]]
        return [attrs.evolve(entry, path=self._without_tokens(entry.path)) for entry in newest]

    def _without_tokens(self, path: str) -> str:
        for token in self._tokens.accepted:
            path = path.replace(token, _HIDDEN)
        return _LIKE_TOKENS.sub(_HIDDEN, path)
