"""What becomes of what a newer Qovery returns: keys, enum values, kinds and types that this version does not know?"""

from __future__ import annotations

import logging
from typing import Any

import pytest

from qovery_async import ConfigurationError
from qovery_async.codec import unknown_keys
from qovery_async.runtime.patching import convert
from tests.support.objects import Holder, changed, example, patch, preview
from tests.support.payloads import Payload
from tests.support.server import Ask

pytestmark = pytest.mark.anyio

SECRET = "s3cret-of-tests"
NEW = {"not_yet_known": {"key": [SECRET, None, {"a": 1}]}}


@pytest.fixture(autouse=True)
def _nothing_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each warning comes once in a process."""
    for module in (convert, unknown_keys):
        monkeypatch.setattr(module, "_told", set())


GIT = example("Application")["git_repository"]
PROBE = example("Application")["healthchecks"]["liveness_probe"]
APPLICATION = example(
    "Application",
    **NEW,
    git_repository={**GIT, **NEW},
    healthchecks={"liveness_probe": {**PROBE, **NEW, "type": {"tcp": {"port": 1, **NEW}, **NEW}}, **NEW},
    storage=[{"id": "s", "type": "FAST_SSD", "size": 4, "mount_point": "/", **NEW}],
    annotations_groups=[example("OrganizationAnnotationsGroupResponse", **NEW)],
)
PLACES = [
    ("Application", ""),
    ("ApplicationGitRepository", "git_repository"),
    ("Healthcheck", "healthchecks"),
    ("Probe", "healthchecks.liveness_probe"),
    ("ProbeType", "healthchecks.liveness_probe.type"),
    ("ProbeTypeTcp", "healthchecks.liveness_probe.type.tcp"),
    ("ServiceStorageStorage", "storage.0"),
    ("OrganizationAnnotationsGroupResponse", "annotations_groups.0"),
]


def at(value: Any, place: str) -> Any:
    for key in place.split(".") if place else ():
        value = value[int(key)] if isinstance(value, list) else value[key]
    return value


def warnings(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Of keys; the response to PUT, which is of the request's form here, has others."""
    found = [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]
    return [message for message in found if "does not know" in message or "has no key" in message]


class TestUnknownKeys:
    async def test_are_sent_back_at_every_depth(self, ask: Ask) -> None:
        holder = Holder("applications", APPLICATION)
        await holder.gets(ask, patch("applications", cpu=1))
        for _, place in PLACES:
            assert at(holder.only, place)["not_yet_known"] == NEW["not_yet_known"], place

    async def test_are_warned_about_once_and_without_values(self, ask: Ask, caplog: pytest.LogCaptureFixture) -> None:
        holder = Holder("applications", APPLICATION)
        for _ in range(2):
            await holder.gets(ask, patch("applications", cpu=1))
        told = "has the key 'not_yet_known', which this version does not know; it is sent back as it is"
        assert sorted(warnings(caplog)) == sorted(f"{model} {told}" for model, _ in PLACES)
        assert SECRET not in caplog.text

    async def test_of_settings_are_sent_back_without_a_word(self, ask: Ask, caplog: pytest.LogCaptureFixture) -> None:
        """What is read and written in one form takes new keys, and Qovery has more settings than it describes."""
        holder = Holder("applications.advanced_settings", example("ApplicationAdvancedSettings", **NEW))
        await holder.gets(ask, patch("applications.advanced_settings"))
        assert holder.only == example("ApplicationAdvancedSettings", **NEW)
        assert warnings(caplog) == []

    async def test_for_which_there_is_no_place_are_said_to_be_left_out(
        self, ask: Ask, caplog: pytest.LogCaptureFixture
    ) -> None:
        holder = Holder("helms", example("HelmResponse", source={"git": {"git_repository": GIT, **NEW}}))
        await holder.gets(ask, patch("helms"))
        (told,) = warnings(caplog)
        assert told == (
            "HelmSourceGitResponse has the key 'not_yet_known', which this version does not know;"
            " the request has no place for it, so it is left out"
        )

    async def test_of_a_patch_are_warned_about_as_those_of_any_body(
        self, ask: Ask, caplog: pytest.LogCaptureFixture
    ) -> None:
        holder = Holder("projects", example("Project"))
        await holder.gets(ask, patch("projects", {"descripton": "d"}))
        (told,) = warnings(caplog)
        assert told.startswith(
            "projects.update: models.ProjectRequest has no key 'descripton', which is sent as given;"
        )

    async def test_of_a_preview_are_warned_about_as_those_of_the_patch(
        self, ask: Ask, caplog: pytest.LogCaptureFixture
    ) -> None:
        await Holder("projects", example("Project")).gets(ask, preview("projects", {"descripton": "d"}))
        (told,) = warnings(caplog)
        assert "no key 'descripton', which is sent as given; the nearest that it has is 'description'" in told

    async def test_may_be_patched(self, ask: Ask) -> None:
        holder = Holder("applications", APPLICATION)
        await holder.gets(ask, patch("applications", {"not_yet_known": 5}))
        assert holder.only["not_yet_known"] == 5

    async def test_may_have_the_names_of_what_models_are_made_of(self, ask: Ask) -> None:
        strange = {"extra": 1, "absent": 2, "self": 3, "__class__": 4, "": 5}
        holder = Holder("projects", example("Project", **strange))
        await holder.gets(ask, patch("projects"))
        assert {key: holder.only[key] for key in strange} == strange


WRONG: list[tuple[str, str, Payload]] = [
    ("projects", "Project", {"name": ["n"], "description": {"a": 1}}),
    ("applications", "Application", {"cpu": "many", "ports": "none", "git_repository": "u", "storage": [1, None]}),
    ("applications", "Application", {"build_mode": "NOT_YET_KNOWN", "cpu_architecture": 5, "cpu": 1.5}),
    ("applications", "Application", {"healthchecks": [], "autoscaling": "KEDA", "arguments": {"a": 1}}),
    ("applications", "Application", {"annotations_groups": [{"id": [5]}, "g"], "labels_groups": {"id": "g"}}),
    ("helms", "HelmResponse", {"source": "git", "ports": [{"port_type": "NOT_YET_KNOWN", "a": {"b": 1}}]}),
    ("jobs", "CronJobResponse", {"source": [], "schedule": "daily"}),
    ("terraforms", "TerraformResponse", {"backend": {"s3": {"bucket": "b"}}, "dockerfile_fragment": {"type": "new"}}),
    ("containers", "ContainerResponse", {"registry": "r1", "registry_id": "r2"}),
]


class TestValuesOfAnotherType:
    @pytest.mark.parametrize(("namespace", "model", "wrong"), WRONG)
    async def test_are_sent_back_as_they_came(self, ask: Ask, namespace: str, model: str, wrong: Payload) -> None:
        holder = Holder(namespace, example(model, **wrong))
        await holder.gets(ask, patch(namespace))
        kept = {key: holder.only[key] for key in wrong}
        assert changed(wrong, kept) == {}

    async def test_are_no_reason_to_lose_what_they_stand_for(self, ask: Ask) -> None:
        """No rule finds the repository in a string, so the string itself is sent, and Qovery says what it wants."""
        terraform = example("TerraformResponse", terraform_files_source={"git": "somewhere"})
        holder = Holder("terraforms", terraform)
        await holder.gets(ask, patch("terraforms"))
        assert holder.only["terraform_files_source"] == {"git": "somewhere"}

    @pytest.mark.parametrize("change", [{"git_repository": {"branch": "dev"}}, {"git_repository": GIT}])
    async def test_are_replaced_by_a_patch(self, ask: Ask, change: Any) -> None:
        holder = Holder("applications", example("Application", git_repository="u"))
        await holder.gets(ask, patch("applications", change))
        assert holder.only["git_repository"] == change["git_repository"]

    async def test_are_refused_where_the_client_is_strict(self, ask: Ask) -> None:
        holder = Holder("applications", example("Application", cpu="many"))
        with pytest.raises(Exception, match="expected int, got 'many'"):
            await holder.gets(ask, patch("applications"), strict=True)


class TestWhatIsMissing:
    @pytest.mark.parametrize("value", ["absent", None])
    async def test_is_asked_for_if_the_request_needs_it(self, ask: Ask, value: Any) -> None:
        held = example("OrganizationWebhookResponse", target_secret_set=False)
        held = {k: v for k, v in held.items() if k != "target_url"} | ({} if value else {"target_url": None})
        holder = Holder("webhooks", held)
        with pytest.raises(ConfigurationError) as refused:
            await holder.gets(ask, patch("webhooks"))
        assert str(refused.value) == (
            "webhooks.patch: the request needs target_url, which the response does not have; give it: `target_url=...`"
        )
        await holder.gets(ask, patch("webhooks", target_url="https://example.com"))
        assert holder.only["target_url"] == "https://example.com"

    async def test_has_a_default_where_qoverys_console_sends_one(self, ask: Ask) -> None:
        held = {k: v for k, v in example("TerraformResponse").items() if k != "description"}
        holder = Holder("terraforms", held)
        await holder.gets(ask, patch("terraforms"))
        assert holder.only["description"] == ""

    async def test_or_cannot_be_sent_is_left_out(self, ask: Ask) -> None:
        holder = Holder("environments", example("Environment", mode="PREVIEW"))
        await holder.gets(ask, patch("environments", name="n"))
        assert holder.only == {"name": "n"}


class TestNull:
    async def test_is_sent_back_where_the_request_takes_it(self, ask: Ask) -> None:
        held = example("Application", description=None, gpu=None, autoscaling=None, ports=None)
        holder = Holder("applications", held)
        await holder.gets(ask, patch("applications"))
        assert {holder.only[key] for key in ("description", "gpu", "autoscaling", "ports")} == {None}

    async def test_is_left_out_where_the_request_takes_none(self, ask: Ask) -> None:
        holder = Holder("organizations", example("Organization", description=None))
        await holder.gets(ask, patch("organizations"))
        assert "description" not in holder.only


async def test_json_that_nobody_describes_may_be_as_deep_as_a_response(ask: Ask) -> None:
    deep: Any = []
    other: Any = {"a": 1}
    for _ in range(235):
        deep, other = {"a": deep}, {"a": other}
    holder = Holder("projects", example("Project", not_yet_known=deep))
    shown = await holder.gets(ask, preview("projects", {"not_yet_known": other}))
    assert len(shown.changes) == 1
    await holder.gets(ask, patch("projects", {"description": "d", "other": other}))
    assert (holder.only["not_yet_known"], holder.only["other"]) == (deep, other)
