"""How is a description in OpenAPI 3.0 written in 3.1?"""

from __future__ import annotations

from typing import Any

from qovery_async.codec.plain import is_list, is_object

_FREE = ("example", "examples", "default")


def newer(document: Any) -> Any:
    """The same description in the spelling of 3.1: null is a type, and one value is a `const`."""
    return {**_anything(document), "openapi": "3.1.0"}


def _anything(value: Any) -> Any:
    if is_list(value):
        return [_anything(item) for item in value]
    if not is_object(value):
        return value
    changed = {key: item if key in _FREE else _anything(item) for key, item in value.items()}
    if is_object(value.get("schema")):
        changed["schema"] = _schema(value["schema"])
    if is_object(value.get("schemas")):
        changed["schemas"] = {name: _schema(schema) for name, schema in value["schemas"].items()}
    return changed


def _schema(schema: Any) -> Any:
    if not is_object(schema):
        return schema  # an editor's remark among the properties
    new = dict(schema)
    if {"nullable": True} in new.get("allOf", []):  # which is meant for the whole
        new |= {"nullable": True, "allOf": [part for part in new["allOf"] if part != {"nullable": True}]}
    for key in ("items", "additionalProperties"):
        if key in new:
            new[key] = _schema(new[key])
    for key in ("allOf", "oneOf", "anyOf"):
        if key in new:
            new[key] = [_schema(part) for part in new[key]]
    if "properties" in new:
        new["properties"] = {key: _schema(inner) for key, inner in new["properties"].items()}
    if "example" in new:
        new["examples"] = [new.pop("example")]
    if new.get("format") == "binary":
        del new["format"]
        new["contentMediaType"] = "application/octet-stream"
    if len(values := new.get("enum", [])) == 1:
        del new["enum"]
        new["const"] = values[0]
    return _or_null(new) if new.pop("nullable", False) else new


def _or_null(schema: dict[str, Any]) -> dict[str, Any]:
    if "const" in schema or "$ref" in schema:
        return {"anyOf": [schema, {"type": "null"}]}
    for key in ("oneOf", "anyOf"):
        if key in schema:
            return {**schema, key: [*schema[key], {"type": "null"}]}
    if "enum" in schema:
        schema["enum"] = [*schema["enum"], None]
    return {**schema, "type": [schema.get("type", "object"), "null"]}
