"""Which facts does an operation of the description hold?"""

from __future__ import annotations

import re

from codegen.facts import Body, ObjectSchema, OperationFacts, Parameter, ResponseFacts, UnionSchema
from codegen.read.description import METHODS, Node
from codegen.read.schemas import SchemaReader
from codegen.spelling import parameter, pascal

_PAGING = {"page", "page_size"}


class OperationReader:
    def __init__(self, root: Node, schemas: SchemaReader) -> None:
        self._root = root
        self._schemas = schemas

    def read_all(self) -> list[OperationFacts]:
        found = []
        for path, place in self._root.child("paths").items():
            item = place.resolve()
            item.only("summary", "description", "parameters", "servers", *METHODS)
            for method in METHODS:
                if (node := item.get(method)) is not None:
                    found.append((path, method.upper(), item, node))
        return [self._operation(*place) for place in found]

    def _operation(self, path: str, method: str, item: Node, node: Node) -> OperationFacts:
        node.only(
            "operationId", "tags", "summary", "description", "externalDocs",
            "parameters", "requestBody", "responses", "deprecated", "security",
        )  # fmt: skip
        id_ = node.value.get("operationId")
        if not id_:
            raise node.fail("the operationId is missing")
        given = self._parameters(item) | self._parameters(node)
        in_path = {name: entry for (place, name), entry in given.items() if place == "path"}
        in_query = [entry for (place, _), entry in given.items() if place == "query"]
        for (place, name), entry in given.items():
            if place not in ("path", "query"):
                raise entry.fail(f"the parameter {name!r} is sent in {place}, expected path or query")
        responses, errors = self._responses(node, id_)
        return OperationFacts(
            id=id_,
            method=method,
            path=path,
            path_parameters=[
                self._parameter(self._declared(in_path, name, node), id_) for name in re.findall(r"{([^}]*)}", path)
            ],
            query=[self._parameter(entry, id_) for entry in in_query],
            body=self._body(node, id_),
            responses=responses,
            errors=errors,
            deprecated=bool(node.value.get("deprecated", False)),
        )

    def _parameters(self, node: Node) -> dict[tuple[str, str], Node]:
        listed = node.get("parameters")
        entries = [entry.resolve() for entry in listed.elements()] if listed else []
        return {(entry.child("in").value, entry.child("name").value): entry for entry in entries}

    def _declared(self, in_path: dict[str, Node], name: str, node: Node) -> Node:
        if name not in in_path:
            raise node.fail(f"the path parameter {name!r} is not declared")
        return in_path[name]

    def _parameter(self, node: Node, operation: str) -> Parameter:
        node.only("in", "name", "required", "schema", "description", "example", "examples", "deprecated")
        schema = node.get("schema")
        if schema is None:
            raise node.fail("the schema of the parameter is missing")
        wire = node.value["name"]
        typed = self._schemas.read(schema, f"{pascal(operation)}{pascal(wire)}")
        named = self._schemas.schemas.get(typed.expression)
        if typed.expression.startswith(("list[", "dict[")) or isinstance(named, ObjectSchema | UnionSchema):
            raise schema.fail("a parameter must be a scalar or an enum")
        return Parameter(
            name=parameter(wire),
            wire=wire,
            type=typed.expression,
            required=bool(node.value.get("required", False)) and not typed.nullable,
            deprecated=bool(node.value.get("deprecated", False)),
        )

    def _body(self, node: Node, id_: str) -> Body | None:
        place = node.get("requestBody")
        if place is None:
            return None
        place = place.resolve()
        place.only("description", "content", "required")
        contents = list(place.child("content").items())
        if len(contents) != 1:
            raise place.child("content").fail("a request body must have exactly one media type")
        media_type, content = contents[0]
        hint = f"{pascal(id_)}Request"
        schema = self._schema(media_type, content)
        typed = self._schemas.read(schema, hint)
        fields = self._schemas.fields(schema, hint)
        # Few bodies are marked as required; one that must have keys cannot be left out.
        needed = typed.expression != "dict[str, Any]" and (fields is None or any(field.required for field in fields))
        required = bool(place.value.get("required", False)) or needed
        return Body(type=typed.expression, media_type=media_type, required=required)

    def _schema(self, media_type: str, content: Node) -> Node:
        content.only("schema", "example", "examples")
        schema = content.get("schema")
        if schema is None and media_type == "application/octet-stream":  # as 3.1 describes a file
            return Node(content.document, content.where, {"type": "string", "format": "binary"})
        if schema is None:
            raise content.fail("the schema of the body is missing")
        return schema

    def _responses(self, node: Node, id_: str) -> tuple[list[ResponseFacts], list[int]]:
        responses, errors = [], []
        for code, place in node.child("responses").items():
            if re.fullmatch(r"[345]\d\d", code):
                errors.append(int(code))
            elif re.fullmatch(r"2\d\d", code):
                responses += self._response(int(code), place.resolve(), id_)
            else:
                raise place.fail(f"unknown status {code!r}, expected 2xx to 5xx")
        if not responses:
            raise node.child("responses").fail("a 2xx response is missing")
        return responses, sorted(errors)

    def _response(self, status: int, node: Node, id_: str) -> list[ResponseFacts]:
        node.only("description", "content", "headers", "links")
        contents = node.get("content")
        if contents is None or not contents.value:
            return [ResponseFacts(status)]
        return [
            self._content(status, media_type, self._schema(media_type, content), id_)
            for media_type, content in contents.items()
        ]

    def _content(self, status: int, media_type: str, schema: Node, id_: str) -> ResponseFacts:
        hint = f"{pascal(id_)}Response"
        fields = self._schemas.fields(schema, hint) or []
        by_wire = {field.wire: field for field in fields}
        paging = by_wire.keys() >= _PAGING
        results = by_wire.get("results")
        alone = set(by_wire) - (_PAGING if paging else set()) == {"results"}
        if results is not None and alone and results.type.startswith("list["):
            item = results.type.removeprefix("list[").removesuffix("]")
            return ResponseFacts(status, media_type, item, items="results", paged=paging)
        return ResponseFacts(status, media_type, self._schemas.read(schema, hint).expression)
