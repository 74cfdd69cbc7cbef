"""What becomes of a public name when the API renames, moves or drops an operation?"""

from __future__ import annotations

import attrs
import pytest

from codegen import facts
from codegen.changes.draft import changes
from codegen.decisions import tables
from codegen.decisions.named import Api
from codegen.decisions.naming import Names, Row
from codegen.decisions.tables import Decisions, SchemaNames
from codegen.facts import Body, Field, ObjectSchema, OperationFacts, ResponseFacts, UnionSchema

GET = OperationFacts(
    "getRocket", "GET", "/rocket/{rocketId}", [], [ResponseFacts(200, "application/json", "Rocket")], []
)
LAUNCH = OperationFacts("launchRocket", "POST", "/rocket/{rocketId}/launch", [], [ResponseFacts(204)], [])
ROWS = [
    Row("getRocket", "rockets.get", "GET", "/rocket/{rocketId}"),
    Row("launchRocket", "rockets.start", "POST", "/rocket/{rocketId}/launch"),
]


def described(*operations: OperationFacts, **schemas: facts.Schema) -> facts.ApiFacts:
    return facts.ApiFacts("1", list(operations), {"Rocket": ObjectSchema([]), **schemas}, {})


@pytest.fixture
def decisions() -> Decisions:
    return attrs.evolve(tables.read(), names=Names(ROWS), schema_names=SchemaNames({}))


def calls(api: Api) -> dict[str, str]:
    return {operation.id: operation.call for operation in api.operations}


class TestAnOperation:
    def test_whose_id_is_new_keeps_its_name(self, decisions: Decisions) -> None:
        renamed = attrs.evolve(LAUNCH, id="startRocket", path="/rocket/{id}/launch")
        api = decisions.name(described(GET, renamed))
        assert calls(api) == {"getRocket": "rockets.get", "startRocket": "rockets.start"}
        assert api.invented == {}
        assert [*decisions.names.idle(api)] == []
        assert [*decisions.names.outdated(api)] == [
            "rockets.start: launchRocket, POST /rocket/{rocketId}/launch is now startRocket, POST /rocket/{id}/launch"
        ]

    def test_whose_path_is_new_keeps_its_name(self, decisions: Decisions) -> None:
        api = decisions.name(described(GET, attrs.evolve(LAUNCH, path="/v2/launch/{rocketId}")))
        assert calls(api)["launchRocket"] == "rockets.start"

    def test_that_takes_the_path_of_another_does_not_take_its_name(self, decisions: Decisions) -> None:
        moved = attrs.evolve(LAUNCH, path="/v2/launch/{rocketId}")
        other = attrs.evolve(LAUNCH, id="orbitRocket")
        api = decisions.name(described(GET, moved, other))
        assert calls(api)["launchRocket"] == "rockets.start"
        assert calls(api)["orbitRocket"] != "rockets.start"

    def test_that_is_gone_frees_its_name(self, decisions: Decisions) -> None:
        names = Names([*ROWS, Row("dropOldRocket", "rockets.delete", "DELETE", "/old-rocket/{rocketId}")])
        delete = OperationFacts("deleteRocket", "DELETE", "/rocket/{rocketId}", [], [ResponseFacts(204)], [])
        api = attrs.evolve(decisions, names=names).name(described(GET, LAUNCH, delete))
        assert api.invented == {"deleteRocket": "rockets.delete"}
        assert [place for place, _ in names.idle(api)] == [("rows", 2)]

    def test_that_stays_keeps_its_name_from_new_ones(self, decisions: Decisions) -> None:
        names = Names([*ROWS, Row("dropRocket", "rockets.delete", "DELETE", "/old-rocket/{rocketId}")])
        drop = OperationFacts("dropRocket", "DELETE", "/old-rocket/{rocketId}", [], [ResponseFacts(204)], [])
        delete = OperationFacts("deleteRocket", "DELETE", "/rocket/{rocketId}", [], [ResponseFacts(204)], [])
        api = attrs.evolve(decisions, names=names).name(described(GET, drop, delete))
        assert api.invented == {"deleteRocket": "rockets.delete_rocket"}

    def test_is_renamed_by_its_row_alone(self, decisions: Decisions) -> None:
        read = described(GET, LAUNCH)
        row = attrs.evolve(ROWS[1], call="rockets.launch")
        after = attrs.evolve(decisions, names=Names([ROWS[0], row])).name(read)
        assert calls(after)["launchRocket"] == "rockets.launch"
        assert changes(decisions.name(read), after) == [
            "### Breaking",
            "",
            "- Renamed `rockets.start` to `rockets.launch`.",
        ]


class TestChanges:
    def test_tell_of_a_new_id(self, decisions: Decisions) -> None:
        before = decisions.name(described(GET, LAUNCH))
        after = decisions.name(described(GET, attrs.evolve(LAUNCH, id="startRocket")))
        assert changes(before, after)[2:] == ["- `rockets.start` has the id `startRocket`, was `launchRocket`."]

    def test_tell_what_else_became_of_an_operation_with_a_new_id(self, decisions: Decisions) -> None:
        before = decisions.name(described(GET, LAUNCH))
        renamed = attrs.evolve(LAUNCH, id="startRocket", path="/rocket/{id}/launch", deprecated=True)
        assert changes(before, decisions.name(described(GET, renamed)))[2:] == [
            "- `rockets.start` has the id `startRocket`, was `launchRocket`.",
            "- `rockets.start` is now `POST /rocket/{id}/launch`, was `POST /rocket/{rocketId}/launch`.",
            "- Deprecated `rockets.start`.",
        ]


class TestASchema:
    def test_is_renamed_wherever_it_is_named(self, decisions: Decisions) -> None:
        sent = attrs.evolve(LAUNCH, body=Body("list[RocketListResult]"))
        read = described(
            GET,
            sent,
            RocketListResult=ObjectSchema([Field("next", "RocketListResult", "dict[str, RocketListResult]")]),
            Any_=UnionSchema(["Rocket", "RocketListResult"], "t", {"B": "RocketListResult"}, {"": "RocketListResult"}),
        )
        api = attrs.evolve(decisions, schema_names=SchemaNames({"RocketListResult": "Booster"})).name(read)
        assert api.operations[1].body == Body("list[Booster]")
        assert api.schemas == {
            "Any_": UnionSchema(["Rocket", "Booster"], "t", {"B": "Booster"}, {"": "Booster"}),
            "Booster": ObjectSchema([Field("next", "RocketListResult", "dict[str, Booster]")]),
            "Rocket": ObjectSchema([]),
        }

    def test_does_not_take_the_name_of_another(self, decisions: Decisions) -> None:
        table = SchemaNames({"RocketListResult": "Rocket"})
        api = attrs.evolve(decisions, schema_names=table).name(described(GET, RocketListResult=ObjectSchema([])))
        assert [*api.schemas] == ["Rocket", "RocketListResult"]
        assert [text for _, text in table.idle(api)] == ["Rocket is taken"]


def test_what_was_read_holds_no_public_names() -> None:
    text = facts.API_JSON.read_text(encoding="utf-8")
    assert "call" not in {field.name for field in attrs.fields(facts.OperationFacts)}
    assert [call for call in tables.read().name(facts.read()).calls if f'"{call}"' in text] == []
