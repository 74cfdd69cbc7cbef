"""What does a pull request get from `preview.py`, from the clone to its deletion?"""

from __future__ import annotations

import pytest

from tests.examples.conftest import MakeStage

QUICK = 30
"""A deployment takes some 10 seconds of the emulator's clock."""


@pytest.mark.slow
def test_a_preview_is_cloned_deployed_again_and_deleted(make_stage: MakeStage) -> None:
    stage = make_stage(QUICK)
    original = stage.environment("shop", "staging")

    made = stage.run("preview.py", "up", original, "pr-42", "--version", "api=4f2c1d7")
    assert made.returncode == 0, made.stderr
    preview = stage.environment("shop", "pr-42")
    assert stage.client.environments.get(preview).mode == "PREVIEW"
    statuses = stage.client.environments.get_statuses(preview)
    assert {status.state for status in [*statuses.applications, *statuses.databases, *statuses.jobs]} == {"DEPLOYED"}

    title, _, head, rule, *rows = made.stdout.splitlines()
    assert (title, head, rule) == ("**Preview `pr-42`**", "| Service | Link |", "| --- | --- |")
    names = {service.id: service.name for service in stage.client.services.list(environment_id=preview)}
    links = stage.client.environments.list_links(preview)
    assert rows == sorted(f"| {names.get(link.service_id, link.service_id)} | {link.url} |" for link in links)
    assert [row.split(" | ")[0] for row in rows] == ["| api", "| storefront"], "by name, and only its own"

    again = stage.run("preview.py", "up", original, "pr-42", "--version", "api=9b3a5c6")
    assert (again.returncode, again.stdout) == (0, made.stdout), again.stderr
    assert stage.environment("shop", "pr-42") == preview, "it is the same environment, deployed again"
    assert len(stage.client.environments.list_deployment_history_v2(preview).items) == 2

    gone = stage.run("preview.py", "down", original, "pr-42")
    assert (gone.returncode, gone.stdout) == (0, "The preview pr-42 is deleted.\n"), gone.stderr
    assert "pr-42" not in [found.name for found in stage.client.organizations.list_environments()]
    none = stage.run("preview.py", "down", original, "pr-42")
    assert (none.returncode, none.stdout) == (0, "There is no preview pr-42.\n")


@pytest.mark.slow
def test_a_preview_that_cannot_be_built_ends_with_status_1_and_without_links(make_stage: MakeStage) -> None:
    stage = make_stage(QUICK)
    original = stage.environment("shop", "preview-checkout")
    stage.emulator.fail_next_build(stage.service(original, "api"))
    failed = stage.run("preview.py", "up", original, "preview-checkout")
    assert (failed.returncode, failed.stdout) == (1, "")
    assert "Services: api (application, BUILD_ERROR)" in failed.stderr


@pytest.mark.parametrize("what", ["up", "down"])
def test_what_is_no_preview_is_left_alone(make_stage: MakeStage, what: str) -> None:
    stage = make_stage(QUICK)
    original = stage.environment("shop", "staging")
    refused = stage.run("preview.py", what, original, "production")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr == "production is of mode PRODUCTION: it is no preview, and stays as it is\n"


def test_a_service_that_a_preview_does_not_have_is_told(make_stage: MakeStage) -> None:
    stage = make_stage(QUICK)
    original = stage.environment("shop", "staging")
    for name in ("pr-42", "preview-checkout"):
        refused = stage.run("preview.py", "up", original, name, "--version", "apo=4f2c1d7")
        assert (refused.returncode, refused.stdout) == (1, "")
        assert "apo" in refused.stderr
    assert "pr-42" not in [found.name for found in stage.client.organizations.list_environments()]
