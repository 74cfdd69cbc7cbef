"""What all tests share: asyncio only, and an environment that configures nothing."""

from __future__ import annotations

import os
import signal
import sys
from collections import Counter
from collections.abc import Callable
from typing import Any

import anyio
import anyio.to_thread
import pytest

from codegen import facts
from qovery_async import NO_RETRIES, AsyncQovery
from qovery_sync import Qovery
from tests.support.server import SECONDS, TOKEN, Ask


def pytest_configure() -> None:
    """Gives the programs that tests start the usual signals, also under `nohup` and in the background of a shell.

    A program inherits that a signal is ignored, but not a handler, and this one ignores it as well.
    """
    hangup = [signal.SIGHUP] if sys.platform != "win32" else []
    for number in (signal.SIGINT, signal.SIGTERM, *hangup):
        if signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, lambda *_: None)


LEFT_OUT = pytest.StashKey[int]()


def pytest_deselected(items: list[pytest.Item]) -> None:
    """Counts what `-m` and `-k` leave out: pytest-xdist does not tell."""
    config: Any = items[0].config
    config.stash[LEFT_OUT] = config.stash.get(LEFT_OUT, 0) + len(items)
    if hasattr(config, "workeroutput"):
        config.workeroutput["left_out"] = config.stash[LEFT_OUT]


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    # Each worker leaves out the same.
    node.config.stash[LEFT_OUT] = getattr(node, "workeroutput", {}).get("left_out", 0)


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Removes the developer's own tokens, addresses and proxies from the environment."""
    for name in list(os.environ):
        if name.startswith(("QOVERY_API", "QOVERY_CLI", "QOVERY_WS", "QOVERY_ORG", "Q_CLI")):
            monkeypatch.delenv(name)
        if name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)


ONCE: dict[str, Any] = {"retries": NO_RETRIES}


@pytest.fixture(params=["async", "sync"])
def ask(request: pytest.FixtureRequest) -> Ask:
    """Makes one call with a client of either face, once: retries have tests of their own.

    `project = await ask(server.url, lambda client: client.projects.get("p1"), timeout=5)`; the blocking face runs in a thread, since the server needs the loop. Nothing may hang.
    """

    async def call_async(url: str, call: Callable[[Any], Any], **options: Any) -> Any:
        options = ONCE | options
        with anyio.fail_after(SECONDS):
            async with AsyncQovery(options.pop("token", TOKEN), base_url=url, **options) as client:
                return await call(client)

    def call_blocking(url: str, call: Callable[[Any], Any], options: dict[str, Any]) -> Any:
        with Qovery(options.pop("token", TOKEN), base_url=url, **options) as client:
            return call(client)

    async def call_sync(url: str, call: Callable[[Any], Any], **options: Any) -> Any:
        options = ONCE | options
        with anyio.fail_after(SECONDS):
            return await anyio.to_thread.run_sync(call_blocking, url, call, options, abandon_on_cancel=True)

    return call_async if request.param == "async" else call_sync


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """What was left out, and what became of every declared schema; tests/codec/test_declared.py checks the sum."""
    if left_out := config.stash.get(LEFT_OUT, 0):
        terminalreporter.write_line(f"tests left out by -m or -k: {left_out}")
    api = facts.read()
    fates = Counter(api.unnamed.values())
    kinds = Counter(schema.kind for schema in api.schemas.values())
    without = ", ".join(f"{count} {fate}" for fate, count in sorted(fates.items()))
    with_class = ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items()))
    terminalreporter.write_line(f"schemas with a class: {with_class}; declared ones without: {without}")
