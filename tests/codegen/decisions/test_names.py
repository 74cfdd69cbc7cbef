"""How are operations named: from the table, else by convention, and never two alike?"""

from __future__ import annotations

import pytest

from codegen import facts
from codegen.decisions.convention import Convention
from tests.support.descriptions import DECISIONS, TEXT, Read, document, object_, operation, ref, returning


class TestNames:
    def test_of_new_operations_are_made_up_by_convention_and_reported(self, read: Read) -> None:
        id_ = {"in": "path", "name": "rocketId", "required": True, "schema": TEXT}
        rockets = object_(results={"type": "array", "items": ref("Thing")})
        described = document(
            {
                "/rocket": {
                    "get": operation("listRockets", responses=returning(rockets)),
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
        api = read(described).named
        assert api.invented == {o.id: o.call for o in api.operations}
        assert api.invented["listRockets"] == "rockets.list"
        assert api.invented["getRocket"] == "rockets.get"
        assert api.invented["createRocket"] == "rockets.create"
        assert api.invented["editRocket"] == "rockets.update"
        assert api.invented["deleteRocket"] == "rockets.delete"
        assert api.invented["launchRocket"] == "rockets.launch"

    def test_of_operations_that_answer_a_bare_list_say_list(self, read: Read) -> None:
        bare = returning({"type": "array", "items": ref("Thing")})
        api = read(document({"/rocket": {"get": operation("listRockets", responses=bare)}})).named
        assert api.invented["listRockets"].endswith(".list")

    def test_of_new_operations_follow_what_others_are_called(self, read: Read) -> None:
        id_ = {"in": "path", "name": "rocketId", "required": True, "schema": TEXT}
        described = document({"/rocket/{rocketId}/deploy": {"parameters": [id_], "post": operation("deployRocket")}})
        assert read(described).named.invented == {"deployRocket": "rockets.deploy"}

    def test_in_the_table_are_taken_from_it(self, read: Read) -> None:
        api = read(document({"/organization": {"get": operation("listOrganization")}})).named
        assert api.operations[0].call == "organizations.list"
        assert api.invented == {}

    def test_are_never_given_twice(self, read: Read) -> None:
        paths = {f"/{scope}/rocket": {"get": operation(f"{scope}Rocket")} for scope in ("account", "admin")}
        assert len(set(read(document(paths)).named.invented.values())) == 2

    @pytest.mark.slow
    def test_would_mostly_be_found_without_their_row(self, capsys: pytest.CaptureFixture[str]) -> None:
        rows = DECISIONS.names.rows
        routes = [(row.http_method, row.path) for row in rows]
        lists = {o.id: any(response.items for response in o.responses) for o in facts.read().operations}
        missed = []
        for row in rows:
            others = [other for other in rows if other is not row]
            taken = {other.call for other in others}
            call = Convention(others).call(
                row.http_method, row.path, lists=lists[row.operation_id], routes=routes, taken=taken
            )
            missed += [(row.call, call)] if call != row.call else []
        share = 1 - len(missed) / len(rows)
        with capsys.disabled():
            print(f"\nnamed by convention as in the table: {share:.1%} of {len(rows)}")
        assert share >= 0.75, missed
