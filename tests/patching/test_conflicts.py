"""Is a change by someone else noticed, between the request that reads an object and the one that replaces it?"""

from __future__ import annotations

import asyncio
import pickle
from collections.abc import Callable
from typing import Any

import attrs
import pytest

from qovery_async import AsyncQovery, ConflictingChange, NotFound, QoveryError, ServerError
from tests.support.objects import ID, Holder, example, patch, preview
from tests.support.server import TOKEN, Ask

pytestmark = pytest.mark.anyio

APPLICATION = example("Application", description="old", updated_at="2026-01-01T00:00:00Z")


def holder(*times: int, **values: Any) -> Holder:
    """Someone else changes the description after these responses."""
    made = Holder("applications", {**APPLICATION, **values})

    def meanwhile(number: int) -> None:
        if number in times:
            made.held = {**made.held, "description": f"theirs {number}", "updated_at": f"2026-02-0{number}T00:00:00Z"}

    made.meanwhile = meanwhile
    return made


@attrs.frozen
class Case:
    """Which requests are made, and the description that is sent; None if the patch raises."""

    holder: Callable[[], Holder]
    on_conflict: str
    asked: str
    description: str | None


CASES = {
    "nobody": Case(holder, "raise", "GET GET PUT", "old"),
    "nobody, again": Case(holder, "again", "GET GET PUT", "old"),
    "nobody, ignored": Case(holder, "ignore", "GET PUT", "old"),
    "once": Case(lambda: holder(1), "raise", "GET GET", None),
    "once, again": Case(lambda: holder(1), "again", "GET GET GET PUT", "theirs 1"),
    "twice, again": Case(lambda: holder(1, 2), "again", "GET GET GET GET PUT", "theirs 2"),
    "once, ignored": Case(lambda: holder(1), "ignore", "GET PUT", "old"),
    "always, again": Case(lambda: holder(*range(1, 9)), "again", "GET GET GET GET GET GET", None),
    "after the last look": Case(lambda: holder(2), "raise", "GET GET PUT", "old"),
    "a time that is gone": Case(lambda: _without_time(1), "raise", "GET GET", None),
    "no time": Case(lambda: holder(1, updated_at=None), "raise", "GET PUT", "old"),
    "a time that is no time": Case(lambda: holder(updated_at="today"), "raise", "GET GET PUT", "old"),
}


def _without_time(at: int) -> Holder:
    made = holder()

    def meanwhile(number: int) -> None:
        if number == at:
            made.held = {**made.held, "updated_at": None}

    made.meanwhile = meanwhile
    return made


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
async def test_a_change_meanwhile(ask: Ask, case: Case) -> None:
    made, call = case.holder(), patch("applications", on_conflict=case.on_conflict, cpu=1)
    if case.description is None:
        with pytest.raises(ConflictingChange, match=r"^applications\.patch: someone else changed .* nothing was sent;"):
            await made.gets(ask, call)
        assert made.sent == []
    else:
        await made.gets(ask, call)
        assert (made.only["description"], made.only["cpu"]) == (case.description, 1)
    assert " ".join(made.asked) == case.asked


async def test_the_message_says_what_can_be_done(ask: Ask) -> None:
    with pytest.raises(ConflictingChange, match='or pass on_conflict="again"'):
        await holder(1).gets(ask, patch("applications"))
    with pytest.raises(ConflictingChange, match=r"5 times.*find out what changes it"):
        await holder(*range(1, 9)).gets(ask, patch("applications", on_conflict="again"))


async def test_a_list_is_looked_at_again(ask: Ask) -> None:
    made = Holder("clusters", [example("Cluster", id=ID, updated_at="2026-01-01T00:00:00Z")])
    await made.gets(ask, patch("clusters", name="x"))
    assert made.asked == ["GET", "GET", "PUT"]
    made = Holder("clusters", [example("Cluster", id=ID, updated_at="2026-01-01T00:00:00Z")])
    made.meanwhile = lambda _: made.held.clear()
    with pytest.raises(NotFound, match=r"clusters\.list has no object with the id"):
        await made.gets(ask, patch("clusters", name="x"))
    assert made.asked == ["GET", "GET"]


class TestAFailure:
    @pytest.mark.parametrize(("method", "asked"), [("GET", ["GET"]), ("PUT", ["GET", "GET", "PUT"])])
    @pytest.mark.parametrize(("status", "kind"), [(404, NotFound), (500, ServerError)])
    async def test_of_a_request_passes_through(
        self, ask: Ask, method: str, asked: list[str], status: int, kind: type[QoveryError]
    ) -> None:
        made = Holder("applications", APPLICATION, status={method: status})
        with pytest.raises(kind, match="for this reason") as failed:
            await made.gets(ask, patch("applications", cpu=1))
        assert str(failed.value).startswith("applications.get:" if method == "GET" else "applications.update:")
        assert made.asked == asked

    async def test_between_the_requests_sends_nothing(self) -> None:
        """Whoever cancels a patch after it has read the object leaves the object as it is."""
        made = Holder("applications", APPLICATION)
        waiting = asyncio.Event()

        async with made.serve() as server, AsyncQovery(TOKEN, base_url=server.url) as client:
            task = asyncio.ensure_future(client.applications.patch(ID, cpu=1))

            def cancel(number: int) -> None:
                if number == 2:
                    task.cancel()
                    waiting.set()

            made.meanwhile = cancel
            with pytest.raises(asyncio.CancelledError):
                await task
            assert waiting.is_set()
            await asyncio.sleep(0.05)
        assert made.asked == ["GET", "GET"]


async def test_a_preview_sends_one_request(ask: Ask) -> None:
    made = holder(1)
    found = await made.gets(ask, preview("applications", cpu=1))
    assert made.asked == ["GET"]
    assert [change.path for change in found.changes] == ["cpu"]


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
async def test_what_is_raised_can_be_pickled(ask: Ask, protocol: int) -> None:
    with pytest.raises(ConflictingChange) as conflict:
        await holder(1).gets(ask, patch("applications"))
    with pytest.raises(NotFound) as missing:
        await Holder("clusters", []).gets(ask, patch("clusters"))
    for error in (conflict.value, missing.value):
        copy = pickle.loads(pickle.dumps(error, protocol))
        assert (type(copy), str(copy), vars(copy)) == (type(error), str(error), vars(error))
