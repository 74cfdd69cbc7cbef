"""What users write to plan and apply variables, in both faces: read by type checkers, never run."""

from __future__ import annotations

from pathlib import Path
from typing import assert_type

from qovery_async import (
    AliasOf,
    AsyncQovery,
    DesiredVariables,
    MountedFile,
    SecretValue,
    VariableChange,
    VariablesApplied,
    VariablesDrift,
    VariablesPlan,
    VariableValue,
)
from qovery_sync import Qovery

DESIRED: dict[str, VariableValue] = {
    "LOG_LEVEL": "debug", "API_KEY": SecretValue("x"), "URL": AliasOf("OTHER"), "F": MountedFile("x", "/f"),
}  # fmt: skip


async def in_the_async_face(client: AsyncQovery) -> None:
    service = await client.find.service("shop/production/api")
    plan = await client.variables.plan(service, DESIRED)
    assert_type(plan, VariablesPlan)
    assert_type(plan.changes, tuple[VariableChange, ...])
    assert_type(await client.variables.apply(plan, redeploy="if_changed", timeout=900), VariablesApplied)
    assert_type(await service.variables.drift({"A": "x"}), VariablesDrift)
    assert_type(await client.environment("id").variables.export(), str)
    assert_type(VariablesPlan.from_json(plan.to_json(), {"API_KEY": "x"}), VariablesPlan)
    await client.variables.plan("id", {"LOG_LEVEL": "debug", "API_KEY": SecretValue("x")})
    await client.variables.plan("id", [Path(".env"), service, {"A": SecretValue("x")}], secret_keys={"B"})
    await client.variables.plan((await client.inventory()).services[0], {}, scope="JOB", prune=True, secrets="keep")
    await client.variables.plan(service, {"A": 7})  # rejected
    await client.variables.plan(service, DESIRED, inherited="ignore")  # rejected
    await client.variables.plan(service, DESIRED, secrets=True)  # rejected
    await client.variables.apply(DESIRED)  # rejected
    await client.variables.apply(plan, redeploy=True)  # rejected
    await service.variables.plan(service, DESIRED)  # rejected


def in_the_blocking_face(client: Qovery, desired: DesiredVariables, value: VariableValue) -> None:
    service = client.find.service("shop/production/api")
    plan = client.variables.plan(service, DESIRED)
    assert_type(plan, VariablesPlan)
    assert_type(client.variables.apply(plan, progress="rich"), VariablesApplied)
    assert_type(service.variables.drift(Path(".env"), secret_keys=["API_KEY"]), VariablesDrift)
    assert_type(client.variables.export(client.project("id")), str)
    client.variables.plan("id", [client.environment("id"), {"A": value}])
    client.variables.plan("id", desired)
    client.variables.plan(service, {"A": None})  # rejected
    client.variables.plan(desired=DESIRED)  # rejected
    print(plan.change)  # rejected
