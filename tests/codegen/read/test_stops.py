"""The importer reads a description wholly, or stops and says where."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from codegen import __main__ as command
from codegen import facts
from tests.support.descriptions import JSON, TEXT, Described, document, object_, operation, ref, thing


class TestUnderstandsOrStops:
    """No description is half-read: what the importer does not know is named by its JSON pointer."""

    @pytest.mark.parametrize(
        ("schema", "where"),
        [
            pytest.param({"not": {}}, "", id="not"),
            pytest.param({"type": "object", "patternProperties": {}}, "", id="patternProperties"),
            pytest.param({"const": 1}, "/const", id="const of a number"),
            pytest.param({"const": None}, "/const", id="const of null"),
            pytest.param({"type": "file"}, "", id="unknown type"),
            pytest.param({"type": "null"}, "", id="null alone"),
            pytest.param({"type": ["string", "object"]}, "/type", id="text or object"),
            pytest.param({"type": "array", "prefixItems": [TEXT]}, "", id="tuple"),
            pytest.param({"unevaluatedProperties": TEXT}, "/unevaluatedProperties", id="unevaluated properties"),
            pytest.param(False, "", id="schema that nothing fits"),
            pytest.param({"oneOf": [TEXT], "anyOf": [TEXT]}, "", id="two unions at once"),
            pytest.param({"oneOf": []}, "/oneOf", id="union of nothing"),
            pytest.param({"oneOf": [{"type": "array", "items": TEXT}, TEXT]}, "/oneOf/0", id="union with a list"),
            pytest.param({"oneOf": [{"enum": ["A"]}, object_(a=TEXT)]}, "", id="union with an enum"),
            pytest.param({"type": "string", "items": {}}, "", id="text with items"),
            pytest.param({"type": "integer", "enum": [1, 2]}, "/enum", id="enum of numbers"),
            pytest.param({"type": "string", "enum": []}, "/enum", id="enum of nothing"),
            pytest.param({"type": "string", "enum": "a"}, "/enum", id="enum that is no list"),
            pytest.param({"allOf": [TEXT, {"type": "integer"}]}, "", id="allOf of texts"),
            pytest.param(object_(a={"not": {}}), "/properties/a", id="in a property"),
            pytest.param({"type": "array", "items": {"not": {}}}, "/items", id="in items"),
            pytest.param(
                {"type": "object", "additionalProperties": {"not": {}}}, "/additionalProperties", id="in a map"
            ),
            pytest.param({"allOf": [object_(a=TEXT), {"type": "object", "not": {}}]}, "/allOf/1", id="in allOf"),
            pytest.param({"oneOf": [TEXT, {"not": {}}]}, "/oneOf/1", id="in oneOf"),
            pytest.param(
                {**object_(a=TEXT), "additionalProperties": TEXT}, "/additionalProperties", id="fields beside a map"
            ),
            pytest.param({"type": "object", "required": ["a"]}, "/required/0", id="required without properties"),
            pytest.param(object_(["b"], a=TEXT), "/required/0", id="required but not declared"),
            pytest.param(object_(**{"a/b": {"not": {}}}), "/properties/a~1b", id="key with a slash"),
            pytest.param({"allOf": [ref("Thing"), object_(a=TEXT)]}, "", id="part of itself"),
            pytest.param({"oneOf": [ref("Thing"), object_(a=TEXT)]}, "", id="branch of itself"),
            pytest.param({"$ref": "#/components/schemas/Nowhere"}, "", id="reference to nothing"),
            pytest.param({"$ref": "other.yaml#/Thing"}, "", id="reference to another document"),
            pytest.param({"$ref": "#/components/schemas/Thing", "enum": ["A"]}, "", id="reference and values"),
            pytest.param(object_(**{"a.b": TEXT, "a_b": TEXT}), "", id="two keys with one Python name"),
        ],
    )
    def test_schemas(self, schema: Described, where: str, stopped: Callable[[Described], str]) -> None:
        assert stopped(thing(schema)) == f"#/components/schemas/Thing{where}"

    @pytest.mark.parametrize(
        ("members", "where"),
        [
            pytest.param({"callbacks": {}}, "", id="callbacks"),
            pytest.param({"operationId": ""}, "", id="no operationId"),
            pytest.param({"parameters": [{"in": "header", "name": "X", "schema": TEXT}]}, "/parameters/0", id="header"),
            pytest.param({"parameters": [{"in": "cookie", "name": "X", "schema": TEXT}]}, "/parameters/0", id="cookie"),
            pytest.param(
                {"parameters": [{"in": "query", "name": "x", "schema": {"type": "array", "items": TEXT}}]},
                "/parameters/0/schema",
                id="query of a list",
            ),
            pytest.param(
                {"parameters": [{"in": "query", "name": "x", "schema": object_(a=TEXT)}]},
                "/parameters/0/schema",
                id="query of an object",
            ),
            pytest.param(
                {"parameters": [{"in": "query", "name": "x", "schema": {"type": ["string", "integer"]}}]},
                "/parameters/0/schema",
                id="query of a union",
            ),
            pytest.param(
                {"parameters": [{"in": "query", "name": "x", "style": "form", "schema": TEXT}]},
                "/parameters/0",
                id="query with a style",
            ),
            pytest.param({"parameters": [{"in": "query", "name": "x"}]}, "/parameters/0", id="query without schema"),
            pytest.param(
                {"requestBody": {"content": {JSON: {"schema": TEXT}, "text/plain": {"schema": TEXT}}}},
                "/requestBody/content",
                id="two kinds of body",
            ),
            pytest.param({"requestBody": {"content": {JSON: {}}}}, "/requestBody/content/application~1json", id="body"),
            pytest.param({"requestBody": {"description": ""}}, "/requestBody", id="body without content"),
            pytest.param({"responses": {"404": {"description": ""}}}, "/responses", id="no success"),
            pytest.param({"responses": {"default": {"description": ""}}}, "/responses/default", id="default answer"),
            pytest.param({"responses": {"2XX": {"description": ""}}}, "/responses/2XX", id="range of statuses"),
        ],
    )
    def test_operations(self, members: Described, where: str, stopped: Callable[[Described], str]) -> None:
        described = document({"/thing": {"get": operation(**members)}})
        assert stopped(described) == f"#/paths/~1thing/get{where}"

    def test_paths(self, stopped: Callable[[Described], str]) -> None:
        assert stopped(document({"/thing": {"query": operation()}})) == "#/paths/~1thing"
        assert stopped(document({"/thing/{id}": {"get": operation()}})) == "#/paths/~1thing~1{id}/get"

    @pytest.mark.parametrize("version", ["3.2.0", "2.0", "", None])
    def test_versions(self, version: str | None, stopped: Callable[[Described], str]) -> None:
        assert stopped(thing(object_(name=TEXT)) | {"openapi": version}) == "#"

    def test_the_document(self, stopped: Callable[[Described], str]) -> None:
        assert stopped(thing(object_(name=TEXT)) | {"webhooks": {}}) == "#"
        dialect = {"jsonSchemaDialect": "https://example.com/dialect"}
        assert stopped(thing(object_(name=TEXT)) | dialect) == "#/jsonSchemaDialect"

    def test_nothing_is_written_when_it_stops(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        kept = facts.API_JSON.read_bytes()
        file = tmp_path / "description.json"
        file.write_text(json.dumps(thing({"not": {}})), encoding="utf-8")
        monkeypatch.setattr(sys, "argv", ["codegen", "import", str(file)])
        assert command.main() == 1
        assert "stopped at #/components/schemas/Thing: " in capsys.readouterr().err
        assert facts.API_JSON.read_bytes() == kept
