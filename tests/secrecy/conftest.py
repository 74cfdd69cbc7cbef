"""What the tests of secrecy share: all that is logged, and a search for the token in all that a call leaves behind."""

from __future__ import annotations

import asyncio
import logging
import warnings
from collections.abc import Callable
from typing import Any

import attrs
import pytest

from qovery_async import RetryPolicy
from tests.support.server import Ask
from tests.support.sight import TOKEN, Needle

Call = Callable[[Any], Any]

TWICE = RetryPolicy(attempts=2, base=0.0)


def list_projects(client: Any) -> Any:
    return client.projects.list(organization_id="o1")


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch) -> Callable[[], str]:
    """All that any logger has said so far at any level, with what `logging` would format of it."""
    monkeypatch.setenv("PYTHONASYNCIODEBUG", "1")
    caplog.set_level(logging.NOTSET)
    formatter = logging.Formatter("%(name)s %(message)s %(args)r")
    return lambda: "\n".join(map(formatter.format, caplog.records))


@attrs.frozen
class Watched:
    """How a call ended, and all that it left behind."""

    ended: BaseException | None
    result: Any
    places: list[str]
    """Where the token was to be seen."""


@pytest.fixture
def watch(ask: Ask, log: Callable[[], str]) -> Callable[..., Any]:
    """Makes a call that is tried twice, and looks for the token in its error, the log, the hooks and warnings."""

    async def watch(url: str, call: Call = list_projects, *, secret: str = TOKEN, **options: Any) -> Watched:
        needle = Needle(secret)
        events: list[object] = []
        hooks = {"on_request": events.append, "on_response": events.append, "on_retry": events.append}
        loop = asyncio.get_running_loop()
        loop.set_debug(True)
        ended: BaseException | None = None
        result = None
        with warnings.catch_warnings(record=True) as warned:
            warnings.simplefilter("always")
            try:
                result = await ask(url, call, **{"token": TOKEN, "retries": TWICE, **hooks, **options})
            except Exception as error:  # noqa: BLE001  # whatever it is, it must not tell
                ended = error
        loop.set_debug(False)
        places = needle.places_in(ended) if ended else []
        seen = [("a hook", [f"{event!r} {attrs.asdict(event)!r}" for event in events])]  # type: ignore[call-overload]
        seen += [("the log", [log()]), ("a warning", [str(warning.message) for warning in warned])]
        places += [place for place, texts in seen if any(map(needle.stands_in, texts))]
        return Watched(ended, result, places)

    return watch
