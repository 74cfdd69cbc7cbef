"""Does every frame of the emulator's streams fit Qovery's own description? A validator that others wrote decides."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import aiohttp
import anyio
import attrs
import pytest
import yaml
from openapi_schema_validator import OAS30Validator, OAS31Validator, oas30_format_checker, oas31_format_checker

from qovery_async.emulator import Action, Close, Emulator, Entity, Trigger
from qovery_async.emulator.facts.families import families
from tests.support.prism import description, streams_description
from tests.support.stream_world import soon

pytestmark = pytest.mark.anyio

PUBLISHED: dict[str, Any] = yaml.load(streams_description().read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
COMPONENTS: dict[str, Any] = yaml.load(description().read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)["components"]
# Where the description contradicts itself: what fits one branch of its `oneOf` fits another, which `oneOf` forbids.
CONTRADICTIONS = ("QoveryClusterKubeVersionStatus",)
for _name in CONTRADICTIONS:
    PUBLISHED["components"]["schemas"][_name]["anyOf"] = PUBLISHED["components"]["schemas"][_name].pop("oneOf")
# Described as texts; the description of the operations has their types.
TEXTS: Mapping[str, str] = {
    "/deployment/logs": "EnvironmentLogs",
    "/deployment/status": "EnvironmentStatusesWithStages",
}
SHELLS = ("/shell/exec", "/shell/debug")
MORE = {
    "infra_component_type": "NGINX", "preview_id": "01900000-0000-7000-8000-000000000000", "tty_width": "80",
    "tty_height": "24", "flavor": "REGULAR_PRIVILEGE", "command[0]": "hostname",
}  # fmt: skip


@attrs.frozen
class Opened:
    """A stream and the frames that have come."""

    path: str
    about: str
    frames: list[Any] = attrs.field(factory=list[Any], repr=False)


def parameters(service: Entity) -> dict[str, str]:
    ids = {entity.kind: entity.id for entity in service.ancestors()}
    ids["cluster"] = above(service).value["cluster_id"]
    return {**MORE, **ids, "service": ids.pop(service.kind), "service_type": families().services[service.kind]}


def above(service: Entity) -> Entity:
    environment = service.above("environment")
    assert environment is not None
    return environment


def complaints(path: str, frame: Any) -> Iterable[str]:
    if path in TEXTS:
        schema = {"$ref": f"#/components/schemas/{TEXTS[path]}", "components": COMPONENTS}
        validator: Any = OAS30Validator(schema, format_checker=oas30_format_checker)
    else:
        declared = PUBLISHED["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
        schema = {**declared, "components": PUBLISHED["components"]}
        validator = OAS31Validator(schema, format_checker=oas31_format_checker)
    # Batches of lines, and the metrics of several pods, which the console takes in a list.
    values = frame if path in ("/deployment/logs", "/service/metrics") else [frame]
    return [f"{error.json_path}: {error.message[:200]}" for value in values for error in validator.iter_errors(value)]


async def test_every_frame_fits(record_property: Callable[[str, object], None]) -> None:
    opened: list[Opened] = []
    with anyio.fail_after(120):
        async with (
            Emulator(world="demo", rate_limit=None, speed=None) as emulator,
            aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session,
        ):
            every = [service for kind in families().services for service in emulator.state.every(kind)]
            environments = {service.above("project"): above(service) for service in every}
            services = [service for service in every if above(service) in environments.values()]
            async with asyncio.TaskGroup() as group:
                for path in PUBLISHED["paths"]:
                    for service in services:
                        stream = Opened(path, service.kind)
                        opened.append(stream)
                        group.create_task(_read(emulator, session, stream, parameters(service)))
                await soon(lambda: all(len(stream.frames) > 0 for stream in opened if _tells_at_once(stream)))
                await _live(emulator, session, [*environments.values()], opened)
                await emulator.streams.hang_up(Close.normal())
    counts = Counter(stream.path for stream in opened for _ in stream.frames)
    wrong = {
        f"{stream.path} of {stream.about}: {said}"
        for stream in opened
        if stream.path not in SHELLS
        for frame in stream.frames
        for said in complaints(stream.path, json.loads(frame))
    }
    assert not wrong, "\n".join(sorted(wrong))
    assert all(isinstance(frame, bytes) for stream in opened if stream.path in SHELLS for frame in stream.frames)
    assert counts.keys() == PUBLISHED["paths"].keys()
    exceptions = f"(except for {', '.join(CONTRADICTIONS)}: its `oneOf` overlaps; read as `anyOf` here)"
    record_property("emulator", f"{counts.total()} frames of {len(counts)} streams {exceptions}")


def _tells_at_once(stream: Opened) -> bool:
    return stream.path in ("/deployment/status", "/service/status", "/service/metrics", "/cluster/metrics")


async def _read(emulator: Emulator, session: aiohttp.ClientSession, into: Opened, given: dict[str, str]) -> None:
    headers = {"Authorization": f"Token {emulator.token}"}
    async with session.ws_connect(emulator.ws_url + into.path, params=given, headers=headers) as socket:
        async for message in socket:
            into.frames.append(message.data)


async def _live(
    emulator: Emulator, session: aiohttp.ClientSession, environments: list[Entity], opened: list[Opened]
) -> None:
    """Lets services go through a deployment, a failure and a stop, and a blueprint be created, while streams watch."""

    def shown(text: str) -> Callable[[], bool]:
        return lambda: any(
            text in frame for each in opened if each.path == "/deployment/status" for frame in each.frames
        )

    for environment in environments:
        emulator.life.act(environment.id, Action.DEPLOY, Trigger("ada"))
    emulator.life.fail_next_build(emulator.state.every("application")[0].id)
    for state, seconds in (("DEPLOYMENT_QUEUED", 3.1), ("DEPLOYING", 3), ("DEPLOYED", 60)):
        emulator.clock.advance(seconds)
        await soon(shown(f'"{state}"'))
    emulator.life.act(environments[0].id, Action.STOP, Trigger("bob"))
    emulator.clock.advance(60)
    await soon(shown('"STOPPED"'))
    headers = {"Authorization": f"Token {emulator.token}"}
    body = {"name": "bucket", "tag": "aws/s3/1", "icon": "app://s3", "variables": []}
    async with session.post(
        f"{emulator.url}/environment/{environments[0].id}/blueprint", json=body, headers=headers
    ) as made:
        assert made.status < 300, await made.text()
        id_ = (await made.json())["id"]
    await soon(lambda: any(id_ in frame for each in opened for frame in each.frames if isinstance(frame, str)))
