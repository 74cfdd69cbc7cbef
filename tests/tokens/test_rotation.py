"""What does a rotation do where nothing fails, and with wrong arguments? In both faces."""

from __future__ import annotations

import asyncio
from collections.abc import Generator
from typing import Any

import pytest

from qovery_async import AsyncQovery, ConfigurationError, RotatedToken
from tests.support.both_faces import organization, play
from tests.support.old_tokens import Old, old, rotate
from tests.support.server import Ask

__all__ = ["old"]

pytestmark = pytest.mark.anyio


async def test_the_new_token_has_the_same_role_and_the_old_one_is_revoked(ask: Ask, old: Old) -> None:
    kept: list[str] = []
    rotated, operations = await play(ask, old.emulator, rotate(old.id, kept.append))
    assert operations == [
        "api_tokens.list", "api_tokens.create", "organizations.list", "api_tokens.delete", "organizations.list",
    ]  # fmt: skip
    (token,) = kept
    assert (old.sees(token), old.sees(old.text)) == (True, False)
    (entity,) = [one for one in old.emulator.state.every("apiToken") if one.id == rotated.new_id]
    assert (entity.value["role_id"], entity.value["description"]) == (old.role_id, "of the pipeline")
    assert rotated == RotatedToken(
        old_id=old.id, new_id=entity.id, name=entity.value["name"], role_name="DevOps", switched=False
    )
    assert rotated.name.startswith("ci (rotated 20")


async def test_a_name_does_not_grow(ask: Ask, old: Old) -> None:
    first, _ = await play(ask, old.emulator, rotate(old.id, lambda _: None))
    second, _ = await play(ask, old.emulator, rotate(first.new_id, lambda _: None))
    assert old.listed() == {second.new_id: second.name}
    assert len(second.name) == len(first.name)
    assert second.name != first.name


async def test_a_store_may_be_async(old: Old) -> None:
    kept: list[str] = []

    async def store(token: str) -> str:
        await asyncio.sleep(0)
        kept.append(token)
        return "whatever it returns is ignored"

    async with AsyncQovery(old.emulator.token, base_url=old.emulator.url) as client:
        rotated = await client.tokens.rotate(old.id, store=store)
        async with AsyncQovery(kept[0], base_url=old.emulator.url) as another:
            assert (await another.tokens.check()).works
        assert [*old.listed()] == [rotated.new_id]


async def test_a_client_whose_own_token_it_was_sends_the_new_one(ask: Ask, old: Old) -> None:
    kept: list[str] = []

    def script(client: Any) -> Generator[Any, Any, tuple[RotatedToken, Any]]:
        rotated = yield client.tokens.rotate(old.id, store=kept.append)
        projects = yield client.with_options(timeout=5).projects.list()
        return rotated, projects

    (rotated, projects), _ = await play(ask, old.emulator, script, token=old.text)
    assert (rotated.switched, len(projects)) == (True, 4)
    assert (old.sees(kept[0]), old.sees(old.text)) == (True, False)


async def test_a_token_function_is_asked_for_the_new_one(ask: Ask, old: Old) -> None:
    kept = [old.text]
    rotated, _ = await play(ask, old.emulator, rotate(old.id, kept.append), token=lambda: kept[-1])
    assert rotated.switched
    assert old.sees(kept[-1])


@pytest.mark.parametrize("given", [True, False])
async def test_the_organization_is_given_or_looked_up(old: Old, given: bool) -> None:  # noqa: FBT001
    async with AsyncQovery(old.emulator.token, base_url=old.emulator.url) as client:
        more = {"organization_id": organization(old.emulator)} if given else {}
        rotated = await client.tokens.rotate(old.id, store=lambda _: None, **more)
        assert [*old.listed()] == [rotated.new_id]


async def test_a_wrong_argument_changes_nothing(ask: Ask, old: Old) -> None:
    before = old.listed()
    for id_, store, said in [
        ("another", lambda _: None, "has no API token with this id; client.api_tokens.list() has them"),
        (old.text, lambda _: None, "has no API token with this id"),
        (old.id, "a file", "store must be a function that takes the new token, got str"),
    ]:
        with pytest.raises(ConfigurationError, match=said.replace("(", r"\(").replace(")", r"\)")) as raised:
            await play(ask, old.emulator, rotate(id_, store))  # type: ignore[arg-type]
        assert old.text not in str(raised.value)
    assert old.listed() == before


async def test_a_policy_token_is_made_by_hand(ask: Ask, old: Old) -> None:
    async with AsyncQovery(old.emulator.token, base_url=old.emulator.url) as client:
        made = await client.policy_api_tokens.create({"name": "p", "opa_policy": "allow := true"})
    with pytest.raises(ConfigurationError, match="It is a policy API token: make the new one"):
        await play(ask, old.emulator, rotate(made.id, lambda _: None))
