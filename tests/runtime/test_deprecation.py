"""Where does the warning about a deprecated operation point? To the line of the user's code that calls it."""

from __future__ import annotations

from typing import Any

import pytest

from qovery_async import AsyncQovery
from qovery_sync import Qovery
from tests.support.server import LIST, TOKEN, Ask, in_thread, serve

pytestmark = pytest.mark.anyio


class TestDeprecatedOperations:
    SAYS = r"client\.account\.list_github_repositories is deprecated.*client\.git\.list_github_repositories"

    @pytest.mark.parametrize("wrapped", [False, True])
    async def test_point_at_the_caller(self, *, wrapped: bool) -> None:
        async with serve(LIST) as server, AsyncQovery(TOKEN, base_url=server.url) as client:
            method: Any = client.account.list_github_repositories
            method = client.with_response(method) if wrapped else method
            with pytest.warns(DeprecationWarning, match=self.SAYS) as caught:
                await method()
            assert [warning.filename for warning in caught] == [__file__]

    @pytest.mark.parametrize("wrapped", [False, True])
    def test_point_at_the_caller_in_the_blocking_face(self, *, wrapped: bool) -> None:
        with in_thread(serve(LIST)) as server, Qovery(TOKEN, base_url=server.url) as client:
            method: Any = client.account.list_github_repositories
            method = client.with_response(method) if wrapped else method
            with pytest.warns(DeprecationWarning, match=self.SAYS) as caught:
                method()
            assert [warning.filename for warning in caught] == [__file__]

    async def test_are_not_confused_with_their_replacements(self, ask: Ask) -> None:
        async with serve(LIST) as server:
            assert await ask(server.url, lambda client: client.git.list_github_repositories(organization_id="o1")) == []
