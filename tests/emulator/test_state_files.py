"""What does an emulator with the state of another one know, and what happens next there?"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import anyio
import pytest

from qovery_async.emulator import BadStateFile, Emulator, Entity
from qovery_async.emulator.life.actions import Action
from qovery_async.emulator.saving import file
from tests.support.consoles import act, detail, visited
from tests.support.every_get import ask, everything
from tests.support.server import SECONDS

pytestmark = pytest.mark.anyio

Options = dict[str, Any]
STILL: Options = {"world": "demo", "speed": None, "rate_limit": None}


def named(emulator: Emulator, path: str) -> Entity:
    """An environment or a service by its path."""
    place = emulator.state.root.of_kind("organization")[0]
    for name in path.split("/"):
        children = (child for kind in place.children for child in place.of_kind(kind))
        place = next(child for child in children if child.value.get("name") == name)
    return place


def files(folder: Path) -> list[Path]:
    return sorted(folder.iterdir())


async def lived(emulator: Emulator) -> None:
    """Much happens: what runs, waits, is canceled, failed and deleted; secrets, overrides, tokens and webhooks."""
    organization, clock = emulator.state.root.of_kind("organization")[0].id, emulator.clock
    staging, production = named(emulator, "shop/staging"), named(emulator, "payments/production")
    api, ledger = named(emulator, "shop/staging/api").id, named(emulator, "payments/production/ledger").id
    assert staging.parent is not None
    hook = {"kind": "STANDARD", "target_url": "http://192.0.2.1/", "events": ["DEPLOYMENT_STARTED"]}
    await ask(emulator, "webhooks.create", organization, **hook, target_secret="shh")
    roles = (await ask(emulator, "organizations.list_available_roles", organization))["results"]
    await ask(emulator, "api_tokens.create", organization, name="ci", role_id=roles[-1]["id"])
    secret = await ask(emulator, "projects.secrets.create", staging.parent.id, key="PASSWORD", value="hidden")
    await ask(emulator, "environments.secrets.create_override", staging.id, secret["id"], value="more")
    odd = "\ud800 \u00e9 \"'"
    await ask(emulator, "projects.environment_variables.create", staging.parent.id, key="ODD", value=odd)
    cluster = emulator.state.every("cluster")[0].id
    mapping = {"agent_cluster_id": cluster, "argocd_cluster_url": "u", "cluster_id": cluster}
    await ask(emulator, "argocd.cluster_mappings.save", organization, **mapping)
    emulator.fail_next_build(api)
    await ask(emulator, "applications.redeploy", api)
    clock.advance(30)
    await ask(emulator, "containers.deploy", ledger, image_tag="2.0.0")
    clock.advance(30)
    await ask(emulator, "environments.clone", staging.id, name="copy", mode="PREVIEW")
    await ask(emulator, "environments.deploy", production.id)
    clock.advance(4.5)
    await ask(emulator, "environments.cancel_deployment", production.id)
    await ask(emulator, "environments.delete", named(emulator, "platform/preview-upgrade").id)
    clock.advance(60)
    # From here on nothing has ended: what runs, waits its turn, is within the lag, is being canceled, is planned.
    await ask(emulator, "environments.deploy", staging.id)
    clock.advance(4)
    await ask(emulator, "environments.stop", staging.id)
    clock.advance(3.1)
    bob = emulator.user_token("bob")
    await ask(emulator, "environments.deploy", staging.id, token=bob)
    await ask(emulator, "environments.redeploy", production.id, token=bob)
    await ask(emulator, "environments.cancel_deployment", production.id, token=bob)
    await ask(emulator, "clusters.deploy", organization, emulator.state.every("cluster")[0].id)
    await ask(emulator, "containers.environment_variables.create", ledger, key="NEW", value="1")
    emulator.life.never_ready(named(emulator, "analytics/staging/collector").id)
    emulator.life.fail_next(ledger, Action.STOP)
    emulator.life.merge_next(named(emulator, "analytics/staging").id)
    emulator.clusters.fail_next(emulator.state.every("cluster")[1].id)
    await emulator.webhooks.settled()


async def goes_on(emulator: Emulator) -> None:
    """More happens, in which every counter, every chance and every plan has its say."""
    organization = emulator.state.root.of_kind("organization")[0].id
    for _ in range(20):
        emulator.clock.advance(1.7)
    await ask(emulator, "projects.create", organization, name="later")
    await ask(emulator, "environments.deploy", named(emulator, "analytics/staging").id)
    await ask(emulator, "environments.stop", named(emulator, "payments/production").id)
    await ask(emulator, "clusters.stop", organization, emulator.state.every("cluster")[1].id)
    emulator.clock.advance(120)
    await emulator.webhooks.settled()


@pytest.mark.slow
@pytest.mark.parametrize("eventful", [False, True], ids=["demo", "lived"])
async def test_clients_see_no_difference_then_nor_later(tmp_path: Path, eventful: bool) -> None:  # noqa: FBT001
    path = tmp_path / "state.json"
    async with Emulator(**STILL) as first:
        if eventful:
            await lived(first)
        await everything(first)  # what only Qovery makes is made when it is first read
        first.save(path)
        async with Emulator(**STILL | {"world": "empty", "seed": 99}, state=path) as second:
            assert second.token == first.token
            for step in ("then", "later"):
                before, after = await everything(first), await everything(second)
                assert len(before) > 1000
                assert before.keys() == after.keys()
                assert {k: (v, after[k]) for k, v in before.items() if v != after[k]} == {}, step
                for emulator in (first, second):
                    await goes_on(emulator) if step == "then" else emulator.clock.run_out()
            first.save(tmp_path / "first.json")
            second.save(tmp_path / "second.json")
    assert (tmp_path / "first.json").read_bytes() == (tmp_path / "second.json").read_bytes()


async def test_a_file_that_was_loaded_is_saved_as_it_was(tmp_path: Path) -> None:
    path, again = tmp_path / "state.json", tmp_path / "again.json"
    async with Emulator(**STILL) as emulator:
        await lived(emulator)
        emulator.save(path)
    async with Emulator(speed=None, state=path) as emulator:
        emulator.save(again)
    assert again.read_bytes() == path.read_bytes()


async def test_deployments_go_on_with_a_running_clock(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    async with Emulator(world="demo", speed=1) as emulator:
        staging = named(emulator, "shop/staging").id
        await ask(emulator, "environments.deploy", staging)
        emulator.clock.advance(4)
        told = emulator.clock.now()
        emulator.save(path)
    async with Emulator(speed=200, state=path) as emulator:
        assert emulator.clock.now() >= told
        with anyio.fail_after(SECONDS):
            while (await ask(emulator, "environments.get_status", staging))["state"] != "DEPLOYED":
                await anyio.sleep(0.02)
    async with Emulator(speed=None, state=path) as emulator:
        assert abs((emulator.clock.now() - told).total_seconds()) < 1
        emulator.clock.run_out()
        assert (await ask(emulator, "environments.get_status", staging))["state"] == "DEPLOYED"


async def test_a_token_of_its_own_is_accepted_beside_those_in_the_file(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    async with Emulator(world="demo", token="qov_old") as emulator:
        emulator.save(path)
    async with Emulator(token="qov_new", state=path) as emulator:
        assert emulator.token == "qov_new"
        for token in ("qov_old", "qov_new"):
            assert len((await ask(emulator, "organizations.list", token=token))["results"]) == 1


async def test_the_file_is_made_if_it_is_missing_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    async with Emulator(world="demo", state=path) as emulator:
        assert not path.exists()
        emulator.save()
    assert path.stat().st_mode & 0o777 == 0o600
    assert files(tmp_path) == [path]
    written = json.loads(path.read_text(encoding="utf-8"))
    assert (written["format"], written["version"]) == ("qovery-emulator", 1)
    assert path.read_text(encoding="utf-8").count("\n") > 1000, "a difference is one of lines"


async def test_a_failure_leaves_the_old_file_and_no_other(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    path.mkdir()
    async with Emulator() as emulator:
        with pytest.raises(OSError, match=r"state\.json"):
            emulator.save(path)
        with pytest.raises(ValueError, match=r"path: must be a file, since the emulator was made without state="):
            emulator.save()
    assert files(tmp_path) == [path]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda text: "", "it is no JSON"),
        (lambda text: text[: len(text) // 2], "it is no JSON"),
        (lambda text: "[" * 100_000, "it is no JSON"),
        (lambda text: "{}", "it is no state of an emulator"),
        (lambda text: "[1]", "it is no state of an emulator"),
        (lambda text: text.replace('"version": 1,', '"version": 2,', 1), "it has version 2, and this emulator reads 1"),
        (lambda text: text.replace('"elapsed": ', '"gone": ', 1), "it is broken (KeyError: 'elapsed')"),
        (lambda text: text.replace('"parts"', '"pieces"'), "it is broken (KeyError: 'parts')"),
        (lambda text: text.replace('"parent": "', '"parent": "x', 1), "it is broken (ValueError: member "),
        (lambda text: text.replace('"due": ', '"due": "soon", "x": ', 1), "it is broken (TypeError"),
        (lambda text: text.replace('"step": "acted"', '"step": "danced"', 1), "it is broken (KeyError: 'danced')"),
        (lambda text: text.replace('"what": "part"', '"what": "show"'), "it is broken (KeyError: 'request')"),
        (lambda text: text.replace('"began": "2026', '"began": "soon', 1), "it is broken ("),
    ],
)
async def test_a_file_that_does_not_fit_is_refused(tmp_path: Path, change: Any, said: str) -> None:
    path = tmp_path / "state.json"
    async with Emulator(world="demo", speed=None) as emulator:
        await ask(emulator, "environments.deploy", named(emulator, "shop/staging").id)
        emulator.clock.advance(5)
        emulator.save(path)
    text = change(path.read_text(encoding="utf-8"))
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadStateFile) as refused:
        await Emulator(state=path).start()
    assert str(refused.value).startswith(f"{path}: {said}")
    assert "\n" not in str(refused.value)
    assert path.read_text(encoding="utf-8") == text


async def test_a_place_that_cannot_be_is_refused(tmp_path: Path) -> None:
    for path, said in ((tmp_path / "none" / "f.json", "its folder does not exist"), (tmp_path, "it cannot be read")):
        with pytest.raises(BadStateFile, match=said):
            await Emulator(state=path).start()
    assert file.load(tmp_path / "f.json") is None


async def test_the_console_saves(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    async with visited(state=path) as (_, session):
        assert await act(session, "save", {}) == (200, "The state was saved.")
        assert (await act(session, "save", {}, Origin="https://evil.example"))[0] == 403
    assert path.exists()
    async with visited() as (_, session):
        status, text = await act(session, "save", {})
        assert (status, "start it with --state FILE" in detail(text)) == (409, True)
