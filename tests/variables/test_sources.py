"""Which place is meant, and where can what is desired come from?"""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import pytest

from qovery_async import (
    AliasOf,
    AsyncQovery,
    ConfigurationError,
    MountedFile,
    NotFound,
    NothingFound,
    SecretValue,
    VariablesError,
)
from qovery_async.emulator import Emulator
from tests.support.both_faces import play
from tests.support.server import Ask
from tests.support.variable_world import Places, build

pytestmark = pytest.mark.anyio


class TestParents:
    async def test_are_found_with_their_scope(self, ask: Ask, emulator: Emulator, places: Places) -> None:
        def script(client: Any) -> Generator[Any, Any, Any]:
            scopes = []
            for place in places.all():
                plan = yield client.variables.plan(place.id.upper(), {"X": "x"})
                scopes.append((plan.parent.scope, plan.parent.noun, plan.parent.path))
            return scopes

        scopes, asked = await play(ask, emulator, script)
        assert scopes == [
            ("PROJECT", "project", "shop"),
            ("ENVIRONMENT", "environment", "shop/production"),
            ("APPLICATION", "service", "shop/production/storefront"),
        ]
        assert asked == ["services.list", "variables.list"] * 3

    async def test_of_every_kind_of_service(self, ask: Ask, emulator: Emulator) -> None:
        kinds = {kind: emulator.state.every(kind)[0].id for kind in ("container", "job", "helm", "terraform")}

        def script(client: Any) -> Generator[Any, Any, Any]:
            for kind, id_ in kinds.items():
                plan = yield client.variables.plan(id_, {"X": kind})
                assert plan.parent.scope == kind.upper()
                yield client.variables.apply(plan)

        await play(ask, emulator, script)
        for kind, id_ in kinds.items():
            assert Places(emulator).shown(emulator.state.get(kind, id_)) == {"X": kind}

    async def test_as_handles_ask_for_nothing_more(self, ask: Ask, emulator: Emulator, places: Places) -> None:
        def script(client: Any) -> Generator[Any, Any, Any]:
            yield client.project(places.project.id).variables.plan({"X": "1"})
            yield client.variables.plan(client.environment(places.environment.id), {"X": "1"})
            service = yield client.find.service(places.application.id)
            plan = yield service.variables.plan({"X": "1"})
            yield service.variables.apply(plan)
            inventory = yield client.inventory()
            (same,) = [each for each in inventory.services if each.id == service.id]
            found = yield client.variables.drift(same, {"X": "1"})
            return found

        drift, asked = await play(ask, emulator, script)
        assert drift.changes == ()
        assert asked[:5] == ["variables.list", "variables.list", "services.list", "variables.list", "variables.create"]
        assert asked[-1] == "variables.list"

    async def test_are_not_looked_for_where_the_scope_is_given(
        self, ask: Ask, emulator: Emulator, places: Places
    ) -> None:
        def script(client: Any) -> Generator[Any, Any, Any]:
            return (yield client.variables.export(places.environment.id, scope="ENVIRONMENT"))

        assert (await play(ask, emulator, script))[1] == ["variables.list"]

    async def test_without_services_take_one_list_more(self, ask: Ask, emulator: Emulator) -> None:
        async with AsyncQovery(emulator.token, base_url=emulator.url) as client:
            project = await client.projects.create({"name": "empty"})

        def script(client: Any) -> Generator[Any, Any, Any]:
            return (yield client.variables.plan(project.id, {"X": "1"}))

        plan, _ = await play(ask, emulator, script)
        assert str(plan) == 'Variables of project empty: 1 change\n  + X = "1"'

    async def test_of_another_organization_of_no_kind_or_of_another_scope(
        self, ask: Ask, emulator: Emulator, places: Places
    ) -> None:
        database = emulator.state.every("database")[0].id
        unknown = database[:-4] + "0000"

        def script(client: Any) -> Generator[Any, Any, Any]:
            for error, message, parent, options in (
                (NothingFound, "has the id", unknown, {}),
                (ConfigurationError, "is of kind DATABASE, which has no variables", database, {}),
                (ConfigurationError, "a cluster, which has no variables", emulator.state.every("cluster")[0].id, {}),
                (ConfigurationError, "client.find finds a handle by name", "shop/production", {}),
                (ConfigurationError, "given by its id or its handle", None, {}),
                (ConfigurationError, "scope must be one of APPLICATION, .*, got 'application'", database,
                 {"scope": "application"}),
                (ConfigurationError, "scope must be one of", places.project.id, {"scope": "BUILT_IN"}),
                (ConfigurationError, "scope='JOB' is wrong: project .* has the scope PROJECT",
                 client.project(places.project.id), {"scope": "JOB"}),
                (NotFound, "does not exist", places.project.id, {"scope": "JOB"}),
            ):  # fmt: skip
                with pytest.raises(error, match=message) as refused:
                    yield client.variables.plan(parent, {"A": "1"}, **options)
                if error is NotFound:
                    assert refused.value.__notes__[-1] == (
                        "scope='JOB' was given: leave it out to look up the kind of the id."
                    )

        await play(ask, emulator, script)


class TestSources:
    async def test_another_place_with_its_aliases_and_files(self, ask: Ask, emulator: Emulator, places: Places) -> None:
        build(places)
        places.emulator.state.remove(
            next(each for each in places.application.of_kind("variable") if each.value["key"] == "S")
        )
        other = places.environment.of_kind("application")[1]

        def script(client: Any) -> Generator[Any, Any, Any]:
            source = yield client.find.service(places.application.id)
            plan = yield client.variables.plan(other.id, [source, {"A": "mine"}])
            yield client.variables.apply(plan)
            by_id = yield client.variables.plan(other.id, [places.application.id, {"A": "mine"}])
            return by_id

        by_id, _ = await play(ask, emulator, script)
        assert by_id.changes == ()
        assert places.shown(other) == {**places.shown(places.application), "A": "mine"}

    async def test_secrets_of_another_place_are_kept_where_they_are_and_asked_for_elsewhere(
        self, ask: Ask, emulator: Emulator, places: Places
    ) -> None:
        build(places)
        other = places.environment.of_kind("application")[1]

        def script(client: Any) -> Generator[Any, Any, Any]:
            source = client.service(places.application.id)
            with pytest.raises(VariablesError, match="S is a secret of another place, whose value cannot be read"):
                yield client.variables.plan(other.id, source)
            plan = yield client.variables.plan(other.id, [source, {"S": SecretValue("of my own")}])
            yield client.variables.apply(plan)
            return (yield client.variables.plan(other.id, source))

        plan, _ = await play(ask, emulator, script)
        assert (plan.changes, plan.uncompared) == ((), ("S",))
        assert places.shown(other)["S"] == "*of my own"

    @pytest.mark.parametrize(
        ("desired", "message"),
        [
            ("prod.env", r"for a file, give Path\('prod.env'\)"),
            ("TOKEN=hush", "got str$"),
            (None, "got NoneType"),
            ([{"A": "1"}, 7], "got int"),
            ({"A": 7}, "the value of A must be a string, SecretValue, AliasOf or MountedFile, got int"),
            ({"A": None}, "got NoneType"),
            ({"": "x"}, "a key must be a non-empty string, got ''"),
            ({7: "x"}, "a key must be a non-empty string, got 7"),
        ],
    )
    async def test_of_no_kind_are_refused_before_a_request(
        self, ask: Ask, emulator: Emulator, places: Places, desired: Any, message: str
    ) -> None:
        def script(client: Any) -> Generator[Any, Any, Any]:
            with pytest.raises(ConfigurationError, match=message) as refused:
                yield client.variables.plan(places.project.id, desired)
            assert "hush" not in str(refused.value)

        assert (await play(ask, emulator, script))[1] == []

    @pytest.mark.parametrize(
        ("options", "message"),
        [
            ({"inherited": "ignore"}, "inherited must be 'override' or 'error'"),
            ({"secrets": "maybe"}, "secrets must be 'write' or 'keep'"),
            ({"secret_keys": "A"}, "secret_keys must be a list of keys"),
        ],
    )
    async def test_options_are_checked(self, emulator: Emulator, places: Places, options: Any, message: str) -> None:
        async with AsyncQovery(emulator.token, base_url=emulator.url) as client:
            with pytest.raises(ConfigurationError, match=message):
                await client.variables.plan(places.project.id, {"A": "1"}, **options)

    def test_values_are_checked_where_they_are_made(self) -> None:
        for make, message in (
            (lambda: SecretValue(7), "the value of a secret must be a string, got int"),  # type: ignore[arg-type]
            (lambda: AliasOf(" "), "key must be a non-empty string"),
            (lambda: MountedFile("x", ""), "mount_path must be"),
        ):
            with pytest.raises(ConfigurationError, match=message):
                make()
