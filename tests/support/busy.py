"""A server that counts how many requests it has at once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from aiohttp import web

from tests.support.server import PROJECT, Answer

IDS = [f"p{number}" for number in range(100)]


class Api:
    """Projects by their ids; `most` is how many requests it had at once, `refuse` answers some with an error.

    It answers none before `together` have come.
    """

    def __init__(
        self, *, slow: float = 0.0, together: int = 0, refuse: Callable[[str], int | None] = lambda _: None
    ) -> None:
        self.slow = slow
        self.together = together
        self.refuse = refuse
        self.now = self.most = 0

    async def __call__(self, request: web.BaseRequest) -> web.StreamResponse:
        self.now += 1
        self.most = max(self.most, self.now)
        try:
            await asyncio.sleep(self.slow)
            while self.most < self.together:
                await asyncio.sleep(0.001)
        finally:
            self.now -= 1
        name = request.path.rpartition("/")[2]
        status = self.refuse(name)
        return Answer(PROJECT | {"id": name, "name": name} if status is None else {}, status=status or 200).response()
