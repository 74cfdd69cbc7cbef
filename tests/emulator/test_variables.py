"""Where are variables and secrets seen, what overrides them, and which values are never returned?"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import attrs
import pytest

from qovery_async import AsyncQovery, BadRequest, Conflict, NotFound
from qovery_async.emulator import Emulator
from qovery_async.models import APIVariableScopeEnum, VariableResponse

pytestmark = pytest.mark.anyio


@attrs.frozen
class Scopes:
    """An application, and what it is in."""

    client: AsyncQovery
    project: str
    environment: str
    application: str

    async def create(self, key: str, scope: str, *, is_secret: bool = False, value: str = "v") -> VariableResponse:
        parent = getattr(self, scope.lower())
        body = {"key": key, "value": value, "is_secret": is_secret}
        return await self.client.variables.create({**body, "variable_scope": scope, "variable_parent_id": parent})

    async def seen(self, scope: str = "APPLICATION", **query: Any) -> dict[str, VariableResponse]:
        """What counts at a scope, by key: the narrowest."""
        return {variable.key: variable for variable in reversed(await self.listed(scope, **query))}

    async def listed(self, scope: str = "APPLICATION", **query: Any) -> list[VariableResponse]:
        parent = getattr(self, scope.lower())
        return await self.client.variables.list(parent_id=parent, scope=APIVariableScopeEnum(scope), **query)


@pytest.fixture
def scopes(emulator: Emulator, client: AsyncQovery) -> Scopes:
    application = emulator.state.every("application")[0]
    chain = {entity.kind: entity.id for entity in application.ancestors()}
    return Scopes(client, chain["project"], chain["environment"], chain["application"])


async def test_lists_hold_what_is_inherited(scopes: Scopes) -> None:
    await scopes.create("A", "PROJECT")
    await scopes.create("B", "ENVIRONMENT")
    await scopes.create("C", "APPLICATION")
    assert {"A", "B", "C", "QOVERY_ENVIRONMENT_ID"} <= (await scopes.seen()).keys()
    at_project = await scopes.seen("PROJECT")
    assert "A" in at_project
    assert not {"B", "C"} & at_project.keys()
    assert {v.variable_type for k, v in (await scopes.seen()).items() if k.startswith("QOVERY_")} == {"BUILT_IN"}


async def test_a_secret_is_never_told(scopes: Scopes) -> None:
    made = await scopes.create("PASSWORD", "APPLICATION", is_secret=True, value="hush")
    assert made.value is None
    assert (await scopes.seen(is_secret=True))["PASSWORD"].value is None
    assert "PASSWORD" not in await scopes.seen(is_secret=False)
    (older,) = [s for s in await scopes.client.applications.secrets.list(scopes.application) if s.key == "PASSWORD"]
    assert "value" not in older.extra


async def test_a_taken_key_says_who_has_it(scopes: Scopes) -> None:
    await scopes.create("A", "PROJECT")
    with pytest.raises(Conflict) as caught:
        await scopes.create("A", "APPLICATION")
    assert isinstance(caught.value.body, dict)
    holder = caught.value.body["existing_variable"]
    assert (holder["project_id"], holder["environment_id"], holder["service_id"]) == (scopes.project, None, None)


async def test_an_override_is_listed_beside_what_it_overrides(scopes: Scopes) -> None:
    original = await scopes.create("A", "PROJECT", value="wide")
    body = {"value": "narrow", "override_scope": "APPLICATION", "override_parent_id": scopes.application}
    made = await scopes.client.variables.create_override(original.id, body)
    assert made.overridden_variable
    assert (made.variable_type, made.overridden_variable.value) == ("OVERRIDE", "wide")
    assert ((await scopes.seen())["A"].value, (await scopes.seen("ENVIRONMENT"))["A"].value) == ("narrow", "wide")
    assert [(v.scope, v.value) for v in await scopes.listed() if v.key == "A"] == [
        ("APPLICATION", "narrow"),
        ("PROJECT", "wide"),
    ]
    with pytest.raises(BadRequest, match="key"):
        await scopes.client.variables.update(made.id, {"key": "B", "value": "x"})


async def test_an_alias_follows_what_it_stands_for(scopes: Scopes) -> None:
    original = await scopes.create("A", "PROJECT", value="one")
    body = {"key": "B", "alias_scope": "APPLICATION", "alias_parent_id": scopes.application}
    made = await scopes.client.variables.create_alias(original.id, body)
    assert (made.variable_type, made.value) == ("ALIAS", "one")
    await scopes.client.variables.update(original.id, {"key": "A", "value": "two"})
    assert (await scopes.seen())["B"].value == "two"
    await scopes.client.variables.delete(original.id)
    assert not {"A", "B"} & (await scopes.seen()).keys()


async def test_links_go_from_wider_to_narrower_scopes(scopes: Scopes) -> None:
    narrow = await scopes.create("A", "APPLICATION")
    above = {"alias_scope": "PROJECT", "alias_parent_id": scopes.project}
    with pytest.raises(BadRequest, match="higher scope"):
        await scopes.client.variables.create_alias(narrow.id, {"key": "B", **above})
    beside = {"value": "w", "override_scope": "APPLICATION", "override_parent_id": scopes.application}
    with pytest.raises(BadRequest, match="lower scope"):
        await scopes.client.variables.create_override(narrow.id, beside)


async def test_a_link_needs_a_variable_of_its_own_place(emulator: Emulator, scopes: Scopes) -> None:
    narrow = await scopes.create("A", "APPLICATION")
    elsewhere = next(e for e in emulator.state.every("project") if e.id != scopes.project).id
    with pytest.raises(NotFound, match=narrow.id):
        await scopes.client.variables.create_alias(
            narrow.id, {"key": "B", "alias_scope": "PROJECT", "alias_parent_id": elsewhere}
        )
    wide = await scopes.create("W", "PROJECT")
    here = {"value": "w", "override_scope": "APPLICATION", "override_parent_id": scopes.application}
    await scopes.client.variables.create_override(wide.id, here)
    with pytest.raises(Conflict):
        await scopes.client.variables.create_override(wide.id, here)


async def test_a_built_in_variable_is_overridden_where_it_is(scopes: Scopes) -> None:
    built_in = next(v for v in (await scopes.seen()).values() if v.scope == "BUILT_IN")
    here = {"override_scope": "ENVIRONMENT", "override_parent_id": scopes.environment}
    made = await scopes.client.variables.create_override(built_in.id, {"value": "mine", **here})
    assert (made.key, made.value, made.scope) == (built_in.key, "mine", "ENVIRONMENT")


async def test_an_alias_has_neither_an_alias_nor_a_value_of_its_own(scopes: Scopes) -> None:
    original = await scopes.create("A", "APPLICATION", value="one")
    here = {"alias_scope": "APPLICATION", "alias_parent_id": scopes.application}
    alias = await scopes.client.variables.create_alias(original.id, {"key": "B", **here})
    with pytest.raises(BadRequest, match="is an alias already"):
        await scopes.client.variables.create_alias(alias.id, {"key": "C", **here})
    with pytest.raises(BadRequest, match="value"):
        await scopes.client.variables.update(alias.id, {"key": "B", "value": "two"})
    assert (await scopes.client.variables.update(alias.id, {"key": "B2", "value": "one"})).key == "B2"


async def test_what_sees_a_changed_variable_is_out_of_date(emulator: Emulator, scopes: Scopes) -> None:
    async def status() -> str:
        return str((await scopes.client.applications.get_status(scopes.application)).service_deployment_status)

    assert await status() == "UP_TO_DATE"
    other = next(e for e in emulator.state.every("application") if e.id != scopes.application)
    where: dict[str, Any] = {"service_id": other.id, "service_type": "APPLICATION"}
    sent = {"name": "A", "value": "x", "scope": "APPLICATION", "is_secret": False}
    await scopes.client.variables.import_many({"overwrite": False, "vars": [sent]}, **where)
    assert await status() == "UP_TO_DATE"
    await scopes.create("B", "PROJECT")
    assert await status() == "OUT_OF_DATE"


async def test_every_variable_says_when_it_changed(scopes: Scopes) -> None:
    assert all(variable.updated_at for variable in await scopes.listed())


async def test_what_is_built_in_stays(scopes: Scopes) -> None:
    built_in = (await scopes.seen())["QOVERY_ENVIRONMENT_ID"]
    assert built_in.value == scopes.environment
    with pytest.raises(BadRequest, match="built in"):
        await scopes.client.variables.delete(built_in.id)


async def test_the_older_paths_show_the_same(scopes: Scopes) -> None:
    older = scopes.client.environments.environment_variables
    made = await older.create(scopes.environment, {"key": "A", "value": "x"})
    assert (await scopes.seen())["A"].id == made.id
    changed = await older.update(scopes.environment, made.id, {"key": "A", "value": "y"})
    assert (changed.scope, changed.value) == ("ENVIRONMENT", "y")
    narrow = scopes.client.applications.environment_variables
    override = await narrow.create_override(scopes.application, made.id, {"value": "z"})
    assert (override.scope, override.value) == ("APPLICATION", "z")
    with pytest.raises(NotFound):
        await scopes.client.environments.secrets.delete(scopes.environment, made.id)
    with pytest.raises(NotFound):
        await narrow.delete(scopes.application, made.id)
    await older.delete(scopes.environment, made.id)
    assert "A" not in await scopes.seen()


async def test_many_at_once(scopes: Scopes) -> None:
    await scopes.create("A", "APPLICATION", value="old")
    sent = [
        {"name": "A", "value": "new", "scope": "APPLICATION", "is_secret": False},
        {"name": "B", "value": "x", "scope": "PROJECT", "is_secret": True},
    ]
    where: dict[str, Any] = {"service_id": scopes.application, "service_type": "APPLICATION"}
    kept = await scopes.client.variables.import_many({"overwrite": False, "vars": sent}, **where)
    assert [one.name for one in kept.successful_imported_variables] == ["B"]
    done = await scopes.client.variables.import_many({"overwrite": True, "vars": sent}, **where)
    assert done.total_variables_to_import == 2
    assert (await scopes.seen())["A"].value == "new"
    assert "B" in await scopes.seen("PROJECT", is_secret=True)
    lost: Any = {"name": "C", "value": "x", "scope": "CONTAINER", "is_secret": False}
    with pytest.raises(BadRequest, match="'C' has a scope that the service is not in: CONTAINER"):
        await scopes.client.variables.import_many({"overwrite": False, "vars": [lost]}, **where)


async def test_an_update_is_younger_than_the_creation() -> None:
    async with (
        Emulator(world="demo", speed=None) as emulator,
        AsyncQovery(emulator.token, base_url=emulator.url) as client,
    ):
        project = emulator.state.every("project")[0].id
        where = {"variable_scope": "PROJECT", "variable_parent_id": project}
        made = await client.variables.create({"key": "A", "value": "1", "is_secret": False, **where})
        emulator.clock.advance(60)
        updated = await client.variables.update(made.id, {"key": "A", "value": "2"})
        assert updated.created_at == made.created_at == made.updated_at
        assert updated.updated_at == made.created_at + timedelta(seconds=60)
