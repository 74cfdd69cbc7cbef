"""What does a preview show, and what does it hide?"""

from __future__ import annotations

import pickle
from typing import Any

import pytest

from qovery_async import UNSET, PatchPreview
from tests.support.objects import Holder, example, patch, preview
from tests.support.server import Ask

pytestmark = pytest.mark.anyio

SECRET = "s3cret-of-tests"
GIT = {**example("Application")["git_repository"], "branch": "main"}
APPLICATION = example("Application", cpu=500, git_repository=GIT, arguments=["a"], description="")


async def shown(ask: Ask, namespace: str, held: Any, *changes: Any, **named: Any) -> PatchPreview:
    holder = Holder(namespace, held)
    found: PatchPreview = await holder.gets(ask, preview(namespace, *changes, **named))
    assert holder.asked == ["GET"]
    return found


async def test_each_change_has_a_line(ask: Ask) -> None:
    changes = {"new": 1, "cpu": 800, "git_repository": {"branch": "dev"}, "arguments": ["a", "b"], "description": None}
    found = await shown(ask, "applications", APPLICATION, changes)
    assert str(found).splitlines() == [
        'description: "" -> null',
        'git_repository.branch: "main" -> "dev"',
        "cpu: 500 -> 800",
        "arguments: ['a'] -> ['a', 'b']",
        "new: nothing -> 1",
    ]
    assert repr(found) == "<PatchPreview: 5 changes>"
    assert repr(found.changes[2]) == "<PatchChange cpu: 500 -> 800>"
    (new,) = [change for change in found.changes if change.path == "new"]
    assert (new.before, new.after) == (UNSET, 1)


async def test_nothing_changes(ask: Ask) -> None:
    found = await shown(ask, "applications", APPLICATION, cpu=500)
    assert (str(found), found.changes) == ("no change", ())


async def test_the_body_is_what_patch_sends(ask: Ask) -> None:
    found = await shown(ask, "applications", APPLICATION, cpu=800)
    holder = Holder("applications", APPLICATION)
    await holder.gets(ask, patch("applications", cpu=800))
    assert found.body == holder.only


async def test_a_key_that_is_gone_is_shown(ask: Ask) -> None:
    job = example("CronJobResponse", source={"image": {"image_name": "i", "tag": "1", "registry_id": "r"}})
    found = await shown(ask, "jobs", job, source={"docker": {"dockerfile_path": "D"}})
    assert [(change.path, change.after is UNSET) for change in found.changes] == [
        ("source.image", True),
        ("source.docker", False),
    ]
    assert "-> nothing" in str(found)


HIDDEN = {
    "by its name": ("applications", APPLICATION, {"api_token": SECRET}),
    "below a secret's name": ("applications", APPLICATION, {"credentials": {"a": SECRET}}),
    "in a list": ("applications", APPLICATION, {"arguments": [{"password": SECRET}]}),
    "in an address": ("applications", APPLICATION, {"git_repository": {"url": f"https://u:{SECRET}@example.com"}}),
    "beside a secret's name": (
        "projects.environment_variables",
        [example("EnvironmentVariable", key="DB_PASSWORD", id="497f6eca-6276-4993-bfeb-53cbbbba6f08")],
        {"value": SECRET},
    ),
    "by its model": ("agentic_workflows", example("AgenticWorkflowResponse"), {"mcp": SECRET}),
    "by a model in a list": (
        "agentic_workflows",
        example("AgenticWorkflowResponse"),
        {"outputs": [{"name": "o", "url": SECRET, "headers": [{"name": "n", "value": SECRET}]}]},
    ),
    "by its model, as an object": ("mcp_servers", example("McpServerResponse"), {"headers": {"X-A": SECRET}}),
    "by a flag": (
        "terraforms",
        example("TerraformResponse"),
        {"terraform_variables_source": {"tf_vars": [{"key": "a", "value": SECRET, "secret": True}]}},
    ),
    "as it was": ("agentic_workflows", example("AgenticWorkflowResponse", mcp=SECRET), {"mcp": "x"}),
    "in the values of a chart": (
        "helms",
        example("HelmResponse", values_override={"set": [["db.password", SECRET]]}),
        {"values_override": {"set": []}},
    ),
}


@pytest.mark.parametrize("case", HIDDEN)
async def test_a_secret_is_hidden(ask: Ask, case: str) -> None:
    namespace, held, changes = HIDDEN[case]
    found = await shown(ask, namespace, held, changes)
    assert SECRET not in f"{found} {found!r} {found.changes}"
    assert "***" in str(found)


@pytest.mark.parametrize(
    ("namespace", "model", "changes", "line"),
    [
        ("applications", "Application", {"cpu": 1}, "cpu: 500 -> 1"),
        (
            "terraforms",
            "TerraformResponse",
            {"use_cluster_credentials": True},
            "use_cluster_credentials: false -> true",
        ),
        ("applications", "Application", {"git_repository": {"git_token_id": "t"}}, '-> "t"'),
        ("applications", "Application", {"description": "a\nb \x1b[0m"}, r'"a\nb \u001b[0m"'),
        ("applications", "Application", {"description": "né"}, '"né"'),
    ],
)
async def test_all_else_is_shown(ask: Ask, namespace: str, model: str, changes: Any, line: str) -> None:
    assert line in str(await shown(ask, namespace, example(model), changes))


async def test_a_preview_can_be_pickled(ask: Ask) -> None:
    found = await shown(ask, "applications", APPLICATION, new=1, api_token=SECRET)
    for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1):
        copy = pickle.loads(pickle.dumps(found, protocol))
        assert (copy, str(copy)) == (found, str(found))
        assert copy.changes[0].before is UNSET
