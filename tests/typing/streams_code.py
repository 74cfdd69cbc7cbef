"""What users write with `client.streams` and the logs of handles: read by type checkers, never run."""

# pyright: strict

from __future__ import annotations

from collections.abc import Mapping
from typing import assert_type

import qovery_async
import qovery_sync
from qovery_async import AsyncQovery, QoveryError, models
from qovery_sync import Qovery


async def in_the_async_face(
    client: AsyncQovery,
    service: qovery_async.ServiceHandle,
    environment: qovery_async.EnvironmentHandle,
    cluster: qovery_async.ClusterHandle,
) -> None:
    streams = client.streams
    assert_type(streams.service_logs("s"), qovery_async.Stream[models.ServiceLogLine])
    assert_type(streams.service_logs(service, history=True), qovery_async.Stream[models.ServiceLogLine])
    assert_type(await streams.service_pods(service), models.PodList)
    assert_type(await streams.cluster_nodes(cluster), models.NodeList)
    assert_type(streams.deployment_statuses("p"), qovery_async.Stream[list[models.EnvironmentStatus]])
    assert_type(streams.service_statuses(cluster), qovery_async.Stream[models.RunningStatuses])
    for listed in await client.services.list():
        streams.service_logs(listed)
    for taken in (await client.inventory()).services:
        streams.service_logs(taken)
    assert_type(service.logs(limit=5), qovery_async.Stream[models.ServiceLogLine])
    async for each, line in environment.logs(history=True, window=0.5):
        assert_type(each, qovery_async.ServiceHandle)
        assert_type(line, models.ServiceLogLine)
    by_name = streams.merge({"a": service.logs(), "b": streams.service_logs("b")}, on_error="skip")
    assert_type(by_name, qovery_async.Merged[str, models.ServiceLogLine])
    async with by_name as lines:
        async for name, line in lines:
            assert_type((name, line.message), tuple[str, str])
    assert_type(by_name.failures, Mapping[str, QoveryError])
    async for each, line in streams.merge({one: one.logs() for one in await environment.services()}):
        assert_type(each.kind, str | None)
        assert_type(line.pod_name, str)
    async for origin, either in streams.merge({"pods": service.logs(), "steps": streams.deployment_logs(environment)}):
        assert_type(origin, str)
        if isinstance(either, models.ServiceLogLine):
            print(either.pod_name)


def in_the_blocking_face(
    client: Qovery, service: qovery_sync.ServiceHandle, environment: qovery_sync.EnvironmentHandle
) -> None:
    streams = client.streams
    assert_type(streams.service_logs(service), qovery_sync.Stream[models.ServiceLogLine])
    assert_type(streams.deployment_status(environment), qovery_sync.Stream[models.EnvironmentStatusesWithStages])
    assert_type(service.logs(history=True), qovery_sync.Stream[models.ServiceLogLine])
    for each, line in environment.logs():
        assert_type(each, qovery_sync.ServiceHandle)
        assert_type(line, models.ServiceLogLine)
    both = streams.merge({one: one.logs() for one in environment.services()}, on_error="skip")
    assert_type(both, qovery_sync.Merged[qovery_sync.ServiceHandle, models.ServiceLogLine])
    with both as lines:
        for each, line in lines:
            print(each.name, line.message)
    for _, either in streams.merge({"pods": service.logs(), "steps": streams.deployment_logs(environment)}):
        if isinstance(either, models.EnvironmentLogs):
            print(either.timestamp)
    assert_type(both.failures, Mapping[qovery_sync.ServiceHandle, QoveryError])


async def wrong(client: AsyncQovery, blocking: Qovery, service: qovery_async.ServiceHandle) -> None:
    client.streams.service_logs(7)  # rejected
    client.streams.merge([service.logs()])  # rejected
    client.streams.merge({"a": "b"})  # rejected
    client.streams.merge({"a": service.logs()}, on_error="ignore")  # rejected
    blocking.streams.merge({"a": service.logs()})  # rejected
    service.logs(lines=5)  # rejected
