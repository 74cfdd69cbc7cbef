"""One script of several calls for both faces: `yield` is where the async face awaits."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Generator
from typing import Any

from qovery_async import RequestEvent
from qovery_async.emulator import Emulator
from qovery_sync import Qovery
from tests.support.server import Ask, Server

Script = Callable[[Any], Generator[Any, Any, Any]]
"""A function of a client: `service = yield client.find.service("api")`. What it returns is the result."""


async def play(ask: Ask, where: Emulator | Server, script: Script, **options: Any) -> tuple[Any, list[str]]:
    """The result of a script, and the operations that it requested."""
    asked: list[str] = []

    def note(event: RequestEvent) -> None:
        asked.append(event.operation)

    def call(client: Any) -> Any:
        steps = script(client)
        return blocking(steps) if isinstance(client, Qovery) else awaited(steps)

    options = {**_sign_in(where), **options}
    return await ask(where.url, call, on_request=note, **options), asked


def _sign_in(where: Emulator | Server) -> dict[str, str]:
    if isinstance(where, Emulator):
        return {"token": where.token, "organization_id": organization(where)}
    return {"organization_id": "o1"}


def organization(emulator: Emulator) -> str:
    """The id of the only organization of an emulator."""
    (found,) = emulator.state.every("organization")
    return found.id


def blocking(steps: Generator[Any, Any, Any]) -> Any:
    step: Callable[[], Any] = steps.__next__
    while True:
        try:
            value = step()
        except StopIteration as end:
            return end.value
        step = _sending(steps, value)


async def awaited(steps: Generator[Any, Any, Any]) -> Any:
    step: Callable[[], Any] = steps.__next__
    while True:
        try:
            value = step()
        except StopIteration as end:
            return end.value
        try:
            given: Any = await _result(value)
        except Exception as error:  # noqa: BLE001  # the script sees it where it yields
            step = _throwing(steps, error)
        else:
            step = _sending(steps, given)


async def _result(value: Any) -> Any:
    if inspect.isawaitable(value):
        waiting: Awaitable[Any] = value
        return await waiting
    return value


def _sending(steps: Generator[Any, Any, Any], value: Any) -> Callable[[], Any]:
    return lambda: steps.send(value)


def _throwing(steps: Generator[Any, Any, Any], error: Exception) -> Callable[[], Any]:
    return lambda: steps.throw(error)
