"""What must change in the description before openapi-python-client can read it?

Its models import modules that it does not write where an object that may be null is declared inside another, and it leaves
out operations whose parameters refer to those of another path. So the objects get names of their own, and the
parameters are copied. Nothing is added or left out.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

Json = Any


def hoisted(description: Json) -> Json:
    """A copy in which each object inside another has a name, and no reference goes into a path."""
    made = copy.deepcopy(description)
    schemas: dict[str, Json] = made["components"]["schemas"]
    named: dict[str, Json] = {}
    for name, schema in schemas.items():
        for holder, key, path in _objects(schema, name):
            inner, title = holder[key], _free(path, {**schemas, **named})
            may_be_null = inner.pop("nullable", False)
            named[title] = inner
            reference = {"$ref": f"#/components/schemas/{title}"}
            holder[key] = {"oneOf": [reference, {"type": "null"}]} if may_be_null else reference
    schemas |= named
    operations: list[Json] = [part for path in made["paths"].values() for part in path.values() if "responses" in part]
    for operation in operations:
        operation["parameters"] = [_copied(made, parameter) for parameter in operation.get("parameters", ())]
    return made


def _objects(schema: Json, path: str) -> Iterator[tuple[Json, str, str]]:
    """Each property that is an object with properties of its own, the inner ones first: its holder, key and path."""
    properties: dict[str, Json] = schema.get("properties", {})
    for key, inner in properties.items():
        yield from _objects(inner, f"{path}_{key}")
        if "properties" in inner:
            yield properties, key, f"{path}_{key}"
    if "items" in schema:
        yield from _objects(schema["items"], f"{path}_item")
    for part in (part for word in ("allOf", "oneOf", "anyOf") for part in schema.get(word, ())):
        yield from _objects(part, path)


def _free(name: str, taken: dict[str, Json]) -> str:
    name = "".join(word[:1].upper() + word[1:] for word in name.split("_"))
    while name in taken:
        name += "Part"
    return name


def _copied(description: Json, parameter: Json) -> Json:
    """The parameter itself, where the reference to it leads into a path."""
    address = parameter.get("$ref", "")
    if not address.startswith("#/paths/"):
        return parameter
    for step in address[2:].split("/"):
        step = step.replace("~1", "/").replace("~0", "~").replace("%7B", "{").replace("%7D", "}")  # noqa: PLW2901
        description = description[int(step) if isinstance(description, list) else step]
    return description
