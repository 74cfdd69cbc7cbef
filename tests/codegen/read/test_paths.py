"""What does the importer make of paths, parameters, bodies and responses?"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from codegen.facts import Parameter, ResponseFacts
from codegen.read import importer
from tests.support.descriptions import (
    JSON,
    TEXT,
    Described,
    Read,
    document,
    fields,
    object_,
    operation,
    ref,
    returning,
    thing,
)


class TestReferences:
    def test_lead_into_paths_with_percent_encoding(self, read: Read) -> None:
        shared = {"in": "query", "name": "size", "schema": {"type": "integer"}}
        path = "#/paths/~1thing~1%7BthingId%7D~1part/get/parameters/0"
        id_ = {"in": "path", "name": "thingId", "required": True, "schema": TEXT}
        described = document(
            {
                "/thing/{thingId}/part": {"parameters": [id_], "get": operation("listParts", parameters=[shared])},
                "/thing": {"get": operation(parameters=[{"$ref": path}])},
            }
        )
        (_, borrowed) = read(described).api.operations
        assert borrowed.query == [Parameter("size", "size", "int")]

    def test_are_followed_as_often_as_it_takes(self, read: Read) -> None:
        assert fields(read(thing(object_(a=ref("B")), B=ref("C"), C=TEXT)))["a"].type == "str"

    def test_stop_where_they_go_in_a_circle(self, stopped: Callable[[Described], str]) -> None:
        described = thing(object_(a=ref("B")), B=ref("C"), C=ref("B"))
        assert stopped(described) == "#/components/schemas/Thing/properties/a"


class TestParameters:
    def test_of_the_operation_win_over_those_of_the_path(self, read: Read) -> None:
        loose = {"in": "path", "name": "thingId", "required": True, "schema": {"type": "integer"}}
        exact = {"in": "path", "name": "thingId", "required": True, "schema": TEXT}
        described = document({"/thing/{thingId}": {"parameters": [loose], "get": operation(parameters=[exact])}})
        (found,) = read(described).api.operations
        assert found.path_parameters == [Parameter("thing_id", "thingId", "str", required=True)]

    def test_stand_in_the_order_of_the_path(self, read: Read) -> None:
        ids = [{"in": "path", "name": name, "required": True, "schema": TEXT} for name in ("b", "a")]
        described = document({"/x/{a}/y/{b}": {"get": operation(parameters=ids)}})
        assert [p.name for p in read(described).api.operations[0].path_parameters] == ["a", "b"]

    def test_that_are_keywords_get_an_underscore(self, read: Read) -> None:
        query = [{"in": "query", "name": name, "schema": TEXT} for name in ("from", "pageSize", "type")]
        found = read(document({"/thing": {"get": operation(parameters=query)}})).api.operations[0].query
        assert [(p.name, p.wire) for p in found] == [("from_", "from"), ("page_size", "pageSize"), ("type", "type")]


class TestOperations:
    def test_statuses_may_be_numbers(self, tmp_path: Path) -> None:
        file = tmp_path / "description.yaml"
        file.write_text(
            """
            openapi: 3.0.0
            info: {title: Small, version: 1}
            paths:
              /thing:
                get: {operationId: getThing, responses: {200: {description: ok}, 404: {description: gone}}}
            """,
            encoding="utf-8",
        )
        (found,) = importer.read(str(file), []).operations
        assert (found.responses, found.errors) == ([ResponseFacts(200)], [404])

    def test_envelopes_around_a_list_are_unwrapped(self, read: Read) -> None:
        envelope = object_(results={"type": "array", "items": ref("Thing")})
        described = document({"/thing": {"get": operation(responses=returning(ref("Things")))}}, Things=envelope)
        imported = read(described)
        assert imported.api.operations[0].responses == [ResponseFacts(200, JSON, "Thing", items="results")]
        assert imported.api.unnamed == {"Things": "envelope"}

    def test_envelopes_around_nullable_items_say_so(self, read: Read) -> None:
        envelope = object_(results={"type": "array", "items": ref("Thing")})
        described = document({"/thing": {"get": operation(responses=returning(envelope))}})
        described["components"]["schemas"]["Thing"]["nullable"] = True
        assert read(described).api.operations[0].responses == [
            ResponseFacts(200, JSON, "Thing | None", items="results")
        ]

    def test_envelopes_that_say_the_page_are_paged(self, read: Read) -> None:
        count = {"type": "integer"}
        envelope = object_(page=count, page_size=count, results={"type": "array", "items": ref("Thing")})
        described = document({"/thing": {"get": operation(responses=returning(envelope))}})
        assert read(described).api.operations[0].responses == [
            ResponseFacts(200, JSON, "Thing", items="results", paged=True)
        ]

    def test_envelopes_with_more_in_them_stay_models(self, read: Read) -> None:
        more = object_(results={"type": "array", "items": ref("Thing")}, total={"type": "integer"})
        described = document({"/thing": {"get": operation(responses=returning(ref("Things")))}}, Things=more)
        assert read(described).api.operations[0].responses == [ResponseFacts(200, JSON, "Things")]

    @pytest.mark.parametrize(
        ("schema", "needed"), [(object_(["name"], name=TEXT), True), (object_(name=TEXT), False), (TEXT, True)]
    )
    def test_bodies_that_must_have_keys_cannot_be_left_out(
        self, schema: Described, *, needed: bool, read: Read
    ) -> None:
        body = {"content": {JSON: {"schema": schema}}}
        (found,) = read(document({"/thing": {"post": operation(requestBody=body)}})).api.operations
        assert found.body is not None
        assert found.body.required is needed
