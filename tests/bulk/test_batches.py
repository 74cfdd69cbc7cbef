"""Do many calls run at once, in both faces, and does every item get its outcome?"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from qovery_async import AsyncQovery, BulkProgress, ConfigurationError, NotFound
from qovery_sync import Qovery
from tests.support.busy import IDS, Api
from tests.support.server import TOKEN, Answer, Ask, serve

pytestmark = pytest.mark.anyio


def names(projects: list[Any]) -> list[str]:
    return [project.name for project in projects]


class TestMap:
    async def test_results_come_in_the_order_of_the_items(self, ask: Ask) -> None:
        async with serve(Api(slow=0.001)) as server:
            found = await ask(server.url, lambda client: client.bulk.map(client.projects.get, IDS))
        assert names(found) == IDS

    @pytest.mark.parametrize("concurrency", [1, 3, 16])
    async def test_no_more_calls_run_at_once_than_asked_for(self, ask: Ask, concurrency: int) -> None:
        api = Api(together=concurrency)
        async with serve(api) as server:
            await ask(
                server.url, lambda client: client.bulk.map(client.projects.get, IDS[:40], concurrency=concurrency)
            )
        assert api.most == concurrency

    async def test_nothing_to_do_is_an_empty_result(self, ask: Ask) -> None:
        async with serve() as server:
            assert await ask(server.url, lambda client: client.bulk.map(client.projects.get, [])) == []
            assert server.requests == []

    async def test_the_first_error_stops_the_rest(self, ask: Ask) -> None:
        async with serve(Api(slow=0.01, refuse=lambda name: 404 if name == "p3" else None)) as server:
            with pytest.RaisesGroup(NotFound, match="calls failed") as failed:
                await ask(server.url, lambda client: client.bulk.map(client.projects.get, IDS, concurrency=4))
            assert len(server.requests) < 20
        assert failed.value.exceptions[0].__notes__ == ["Item 3 of the batch."]

    async def test_all_errors_are_raised_together_after_all_calls(self, ask: Ask) -> None:
        async with serve(Api(refuse=lambda name: 404 if name in ("p3", "p70") else None)) as server:
            with pytest.RaisesGroup(NotFound, NotFound, match="2 of 100 calls failed") as failed:
                await ask(server.url, lambda client: client.bulk.map(client.projects.get, IDS, on_error="finish"))
            assert len(server.requests) == 100
        assert [error.__notes__ for error in failed.value.exceptions] == [
            ["Item 3 of the batch."],
            ["Item 70 of the batch."],
        ]

    async def test_errors_are_returned_item_by_item(self, ask: Ask) -> None:
        async with serve(Api(refuse=lambda name: 404 if name == "p3" else None)) as server:
            outcomes = await ask(
                server.url, lambda client: client.bulk.map(client.projects.get, IDS, on_error="return")
            )
        assert [outcome.item for outcome in outcomes] == IDS
        assert [outcome.index for outcome in outcomes if outcome.error] == [3]
        assert outcomes[4].result.name == "p4"
        with pytest.raises(NotFound):
            _ = outcomes[3].result

    async def test_progress_is_told_after_each_call(self, ask: Ask) -> None:
        told: list[BulkProgress] = []
        async with serve(Api(refuse=lambda name: 404 if name == "p3" else None)) as server:
            await ask(
                server.url,
                lambda client: client.bulk.map(client.projects.get, IDS[:5], on_error="return", progress=told.append),
            )
        assert [progress.done for progress in told] == [1, 2, 3, 4, 5]
        assert told[-1] == BulkProgress(5, 1, 5)

    async def test_items_may_come_from_a_generator(self, ask: Ask) -> None:
        async with serve(Api()) as server:
            found = await ask(
                server.url, lambda client: client.bulk.map(client.projects.get, (name for name in IDS[:9]))
            )
        assert names(found) == IDS[:9]

    async def test_what_the_items_raise_is_raised(self, ask: Ask) -> None:
        def broken() -> Iterator[str]:
            yield "p0"
            raise LookupError("no more")

        async with serve(Api()) as server:
            with pytest.raises(LookupError, match="no more"):
                await ask(server.url, lambda client: client.bulk.map(client.projects.get, broken()))

    async def test_a_method_with_arguments_bound_to_it_is_one(self, ask: Ask) -> None:
        async with serve(Api()) as server:
            found = await ask(
                server.url,
                lambda client: client.bulk.map(functools.partial(client.with_options(timeout=5).projects.get), IDS[:2]),
            )
            assert names(found) == IDS[:2]

    async def test_an_error_of_the_progress_function_ends_the_batch(self, ask: Ask) -> None:
        def refuse(_: BulkProgress) -> None:
            raise LookupError("enough")

        async with serve(Api(slow=0.01)) as server:
            with pytest.raises(LookupError, match="enough"):
                await ask(server.url, lambda client: client.bulk.map(client.projects.get, IDS, progress=refuse))
            assert len(server.requests) < 40


class TestGather:
    async def test_calls_of_different_kinds_give_a_tuple(self, ask: Ask) -> None:
        async with serve(Api()) as server:
            one, two = await ask(
                server.url,
                lambda client: client.bulk.gather(
                    functools.partial(client.projects.get, "p1"),
                    functools.partial(client.projects.get, project_id="p2"),
                ),
            )
        assert (one.name, two.name) == ("p1", "p2")

    async def test_no_calls_give_an_empty_tuple(self, ask: Ask) -> None:
        async with serve() as server:
            assert await ask(server.url, lambda client: client.bulk.gather()) == ()

    async def test_errors_are_raised_together(self, ask: Ask) -> None:
        async with serve(Answer({}, status=404)) as server:
            with pytest.RaisesGroup(NotFound, NotFound):
                await ask(
                    server.url,
                    lambda client: client.bulk.gather(
                        functools.partial(client.projects.get, "p1"),
                        functools.partial(client.projects.get, "p2"),
                        on_error="finish",
                    ),
                )


class TestBadInput:
    BAD: tuple[tuple[str, Callable[[Any], Any]], ...] = (
        ("concurrency must be a whole number", lambda c: c.bulk.map(c.projects.get, IDS, concurrency=0)),
        ("concurrency must be a whole number", lambda c: c.bulk.map(c.projects.get, IDS, concurrency=True)),
        ("concurrency must be a whole number", lambda c: c.bulk.gather(c.projects.list, concurrency=1.5)),
        ("items must be an iterable", lambda c: c.bulk.map(c.projects.get, "p1")),
        ("items must be an iterable", lambda c: c.bulk.map(c.projects.get, 7)),
        ("on_error must be", lambda c: c.bulk.map(c.projects.get, IDS, on_error="ignore")),
        ("takes a function", lambda c: c.bulk.map("projects.get", IDS)),
        ("takes a function", lambda c: c.bulk.gather(c.projects.list, None)),
    )

    @pytest.mark.parametrize(("message", "call"), BAD)
    async def test_one_clear_error_and_no_request(self, ask: Ask, message: str, call: Callable[[Any], Any]) -> None:
        async with serve() as server:
            with pytest.raises(ConfigurationError, match=message):
                await ask(server.url, call)
            assert server.requests == []

    async def test_a_function_that_is_not_async(self) -> None:
        async with AsyncQovery(TOKEN) as client:
            with pytest.raises(ConfigurationError, match="return an awaitable"):
                await client.bulk.map(len, ["a"])

    def test_a_function_of_ones_own_has_no_place_in_the_blocking_face(self) -> None:
        with Qovery(TOKEN) as client, Qovery(TOKEN) as other:
            for function in (len, lambda name: name, other.projects.get):
                with pytest.raises(ConfigurationError, match="bound methods of this client"):
                    client.bulk.map(function, ["a"])
            with pytest.raises(ConfigurationError, match="bound methods of this client"):
                client.bulk.gather(lambda: 1)
