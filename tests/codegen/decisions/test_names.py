"""How are operations named: from the table, else by convention, and never two alike?"""

from __future__ import annotations

import pytest

from codegen import facts
from codegen.decisions.naming import NamingTable
from tests.support.descriptions import TEXT, Read, answering, document, object_, operation, ref


class TestNames:
    def test_of_new_operations_are_made_up_by_convention_and_reported(self, read: Read) -> None:
        id_ = {"in": "path", "name": "rocketId", "required": True, "schema": TEXT}
        rockets = object_(results={"type": "array", "items": ref("Thing")})
        described = document(
            {
                "/rocket": {
                    "get": operation("listRockets", responses=answering(rockets)),
                    "post": operation("createRocket"),
                },
                "/rocket/{rocketId}": {
                    "parameters": [id_],
                    "get": operation("getRocket"),
                    "put": operation("editRocket"),
                    "delete": operation("deleteRocket"),
                },
                "/rocket/{rocketId}/launch": {"parameters": [id_], "post": operation("launchRocket")},
            }
        )
        imported = read(described)
        assert imported.invented_names == {o.id: o.call for o in imported.api.operations}
        assert imported.invented_names["listRockets"] == "rockets.list"
        assert imported.invented_names["getRocket"] == "rockets.get"
        assert imported.invented_names["createRocket"] == "rockets.create"
        assert imported.invented_names["editRocket"] == "rockets.update"
        assert imported.invented_names["deleteRocket"] == "rockets.delete"
        assert imported.invented_names["launchRocket"] == "rockets.launch"

    def test_of_operations_that_answer_a_bare_list_say_list(self, read: Read) -> None:
        bare = answering({"type": "array", "items": ref("Thing")})
        imported = read(document({"/rocket": {"get": operation("listRockets", responses=bare)}}))
        assert imported.invented_names["listRockets"].endswith(".list")

    def test_of_new_operations_follow_what_others_are_called(self, read: Read) -> None:
        id_ = {"in": "path", "name": "rocketId", "required": True, "schema": TEXT}
        described = document({"/rocket/{rocketId}/deploy": {"parameters": [id_], "post": operation("deployRocket")}})
        assert read(described).invented_names == {"deployRocket": "rockets.deploy"}

    def test_in_the_table_are_taken_from_it(self, read: Read) -> None:
        imported = read(document({"/organization": {"get": operation("listOrganization")}}))
        assert imported.api.operations[0].call == "organizations.list"
        assert imported.invented_names == {}

    def test_are_never_given_twice(self, read: Read) -> None:
        paths = {f"/{scope}/rocket": {"get": operation(f"{scope}Rocket")} for scope in ("account", "admin")}
        imported = read(document(paths))
        assert len(set(imported.invented_names.values())) == 2

    def test_would_mostly_be_found_without_their_row(self, capsys: pytest.CaptureFixture[str]) -> None:
        table = NamingTable.read()
        routes = [(row.method, row.path) for row in table.rows]
        lists = {o.id: any(answer.items for answer in o.answers) for o in facts.read().operations}
        missed = []
        for row in table.rows:
            others = NamingTable([other for other in table.rows if other is not row])
            call = others.call(row.operation_id, row.method, row.path, lists=lists[row.operation_id], routes=routes)
            missed += [(row.call, call)] if call != row.call else []
        share = 1 - len(missed) / len(table.rows)
        with capsys.disabled():
            print(f"\nnamed by convention as in the table: {share:.1%} of {len(table.rows)}")
        assert share >= 0.75, missed
