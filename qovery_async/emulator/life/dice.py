"""Which ids and which chances does a seed give? What was drawn is counted, so that a saved emulator goes on from there."""

from __future__ import annotations

import uuid
from random import Random


class Ids:
    """UUIDs. The same seed gives the same ones in the same order."""

    def __init__(self, seed: int | str) -> None:
        self.drawn = 0
        self._random = Random(seed)  # noqa: S311  # ids are not secret

    def new(self) -> str:
        """The next id."""
        self.drawn += 1
        return str(uuid.UUID(int=self._random.getrandbits(128), version=4))

    def skip_to(self, drawn: int) -> None:
        """Goes on as if so many ids had been drawn."""
        while self.drawn < drawn:
            self.new()


class Chances:
    """Numbers within a range. The same seed gives the same ones in the same order."""

    def __init__(self, seed: str) -> None:
        self.drawn = 0
        self._random = Random(seed)  # noqa: S311  # must be repeatable, is not secret

    def between(self, least: float, most: float) -> float:
        """The next number."""
        self.drawn += 1
        return self._random.uniform(least, most)

    def skip_to(self, drawn: int) -> None:
        """Goes on as if so many numbers had been drawn."""
        while self.drawn < drawn:
            self.between(0, 1)
