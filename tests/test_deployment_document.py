"""Is what docs/deployments.md says of kinds, versions, ends and looks what the code does?"""

from __future__ import annotations

import re
from itertools import accumulate, takewhile
from typing import Any

import attrs
import pytest

from qovery_async import DeploymentAction, models
from qovery_async.deployments import patience
from qovery_async.deployments.evidence import LINES
from qovery_async.deployments.kinds import ACTIONS, ACTIONS_OF
from qovery_async.deployments.verdict import GRACE, SUCCESS, Verdict, judged
from tests.support import ROOT

TEXT = (ROOT / "docs" / "deployments.md").read_text(encoding="utf-8")
WIRE = {"commit": "git_commit_id", "image tag": "image_tag", "chart version": "chart_version"}
"""Under which key a request has a version."""
BODIES: dict[str, type[Any] | None] = {
    "APPLICATION": models.DeployAllRequestApplication,
    "CONTAINER": models.DeployAllRequestContainer,
    "DATABASE": None,
    "JOB": models.DeployAllRequestJob,
    "HELM": models.DeployAllRequestHelm,
    "TERRAFORM": models.TerraformDeployRequest,
    "AGENTIC_WORKFLOW": None,
    "ARGOCD_APP": None,
}


def table(title: str) -> list[dict[str, str]]:
    block = next(block for block in TEXT.split("\n\n") if block.startswith(f"| {title} |"))
    titles, _, *rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in block.splitlines()]
    return [dict(zip(titles, row, strict=True)) for row in rows]


def test_the_table_of_kinds_has_the_actions_of_each() -> None:
    on_services = [action for action in ACTIONS if action != "cancel"]
    told = {row["Kind"]: {action for action in on_services if row[action] == "yes"} for row in table("Kind")}
    assert told == ACTIONS_OF
    assert set(told) == {str(kind) for kind in models.ServiceTypeEnum}


@pytest.mark.parametrize("row", table("Kind"), ids=lambda row: row["Kind"])
def test_the_table_of_kinds_has_the_versions_that_a_request_can_carry(row: dict[str, str]) -> None:
    body = BODIES[row["Kind"]]
    carried = {field.name for field in attrs.fields(body)} & set(WIRE.values()) if body is not None else set[str]()
    assert {WIRE[word] for word in WIRE if word in row["A version is"]} == carried


def test_the_table_of_ends_has_the_states_in_which_each_action_succeeds() -> None:
    told = {action: row["Succeeds with"] for row in table("Action") for action in row["Action"].split(", ")}
    assert {action: frozenset(states.split(", ")) for action, states in told.items()} == SUCCESS


@pytest.mark.parametrize("action", ACTIONS)
def test_errors_and_cancellations_end_a_wait_as_told_and_other_states_do_not(action: DeploymentAction) -> None:
    assert {judged(action, state) for state in models.StateEnum if state.endswith("ERROR")} == {Verdict.FAILED}
    assert judged(action, "CANCELED") is (Verdict.DONE if action == "cancel" else Verdict.CANCELED)
    assert judged(action, "A_NEW_ONE") is Verdict.WAIT


def test_the_numbers_are_those_of_the_code() -> None:
    assert f"waits for {GRACE:g} s" in TEXT
    assert f"the last {LINES} lines" in TEXT
    assert patience.PATIENCE == 120
    assert "after two minutes of it" in TEXT
    assert f"after {patience.FIRST:g} s" in TEXT
    assert f"up to {patience.SLOWEST:g} s" in TEXT
    assert patience.GROWTH == 1.25
    looks = re.search(r"(\d+) looks in the first 10 s,\s(\d+) in the first minute, at most (\d+) in an hour", TEXT)
    assert looks is not None
    assert [int(looks[1]), int(looks[2])] == [looks_within(10), looks_within(60)]
    assert looks_within(3600) <= int(looks[3])


def looks_within(seconds: float) -> int:
    return sum(1 for _ in takewhile(lambda at: at <= seconds, accumulate(patience.intervals())))
