"""Do the examples of capabilities in the reference run? Each against an emulator of its own, in both faces, all at once."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from typing import Any

import anyio
import pytest

from codegen.site.calls import Calls
from qovery_async import ApiError, AsyncQovery, Conflict
from qovery_async.emulator import Emulator
from qovery_sync import Qovery
from tests.codegen.site.test_reference_calls import HEAD, every_method, function, named

pytestmark = [pytest.mark.anyio, pytest.mark.slow]

CLIENTS: dict[str, type[AsyncQovery | Qovery]] = {"async": AsyncQovery, "sync": Qovery}
NOT_RUN = {
    "agentic_workflows.iterate_deployment_history_v2": "the demo world has no agentic workflow",
    "streams.blueprint_created": "it waits until someone creates a blueprint",
}
REFUSED: dict[str, type[ApiError]] = {"deployments.delete_cluster": Conflict}
"""Environments are on the cluster."""
UNDER_WAY = ("deployments.cancel", "deployments.wait")
AT_ONCE = 8
SECONDS = 60
KINDS = ("application", "cluster", "container", "database", "helm", "job", "organization", "project", "terraform")
NAMES = {
    "find.cluster": "production",
    "find.environment": "shop/production",
    "find.project": "shop",
    "find.service": "shop/production/api",
}


def examples(face: str) -> Iterator[tuple[str, str]]:
    """Each capability's call, and its example as a function `f`; an iteration ends with its first item."""
    calls = Calls(named())
    for place, method in every_method():
        call = f"{place.path}.{method.name}"
        if call in calls.api.calls or call in NOT_RUN or method.name in ("patch", "patch_preview"):
            continue
        lines = calls.example(place.path, method)
        text = function("f", CLIENTS[face].__name__, lines[0] if face == "async" else lines[-1])
        yield call, f"{text.rstrip()}\n        break\n" if method.form == "iterated" else text


async def values(call: str, emulator: Emulator, client: AsyncQovery) -> dict[str, Any]:
    """What stands for the names in an example."""
    state = emulator.state
    ids = {f"{kind}_id": state.every(kind)[0].id for kind in KINDS}
    environments = [one.id for one in state.every("environment")]
    service = (await client.find.service("shop/production/api")).id
    environment = (await client.find.environment("shop/production")).id
    if call == "deployments.cancel":
        emulator.life.never_ready(service)
    if call in UNDER_WAY:
        await client.environments.deploy(environment)
    token = await client.api_tokens.create({"name": "deploy-bot", "role_id": None})
    webhook = await client.webhooks.create(
        {"kind": "STANDARD", "target_url": "http://127.0.0.1:1/", "events": ["DEPLOYMENT_STARTED"]}
    )
    return {
        **ids,
        "a": environments[0],
        "b": environments[1],
        "environment_id": environment,
        "environment_ids": environments,
        "infra_component_type": "nginx",
        "name": NAMES.get(call, "copy"),
        "parent": environment,
        "plan": await client.variables.plan(environment, {"LOG_LEVEL": "debug"}),
        "preview_id": "v1",
        "service": service,
        "service_id": service,
        "store": lambda text: None,
        "target": service,
        "token_id": token.id,
        "webhook_id": webhook.id,
    }


async def run(call: str, program: Callable[..., Any], face: str) -> None:
    async with (
        Emulator(world="demo", speed=50, rate_limit=None) as emulator,
        AsyncQovery(emulator.token, base_url=emulator.url, ws_url=emulator.ws_url) as client,
    ):
        known = await values(call, emulator, client)
        given = [known[name] for name in [*inspect.signature(program).parameters][1:]]
        with anyio.fail_after(SECONDS):
            if face == "async":
                await program(client, *given)
                return
            with Qovery(emulator.token, base_url=emulator.url, ws_url=emulator.ws_url) as blocking:
                await anyio.to_thread.run_sync(program, blocking, *given)


@pytest.mark.parametrize("face", CLIENTS)
async def test_every_capability_runs_as_the_reference_shows_it(face: str) -> None:
    limit = anyio.CapacityLimiter(AT_ONCE)
    ended = dict[str, str]()

    async def follow(call: str, text: str) -> None:
        names: dict[str, Any] = {}
        exec(HEAD.format(face=face, client=CLIENTS[face].__name__) + text, names)
        async with limit:
            try:
                await run(call, names["f"], face)
            except REFUSED.get(call, ()):
                ended[call] = "refused"
            except Exception as error:  # noqa: BLE001  # shown with its example
                ended[call] = f"{error!r}\n{text}"
            else:
                ended[call] = "ran"

    async with anyio.create_task_group() as group:
        for call, text in examples(face):
            group.start_soon(follow, call, text)
    others = {call: end for call, end in ended.items() if end != "ran"}
    assert others == dict.fromkeys(REFUSED, "refused"), "\n".join(others.values())
    assert len(ended) > 70
