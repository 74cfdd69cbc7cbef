"""Which facts does the emulator need at run time? The content of qovery_async/emulator/facts/operations.json.

    python -m codegen.write.emulator_facts > qovery_async/emulator/facts/operations.json

Models are not described again, except for the bounds of what requests hold. One operation, and one model, stands on one line.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from codegen import facts
from codegen.decisions import tables
from codegen.decisions.named import Api, Operation
from codegen.facts import Body, Number, ObjectSchema, Parameter, ResponseFacts, UnionSchema
from codegen.write import layout
from codegen.write.layout import Layout


def operations(api: Api, arranged: Layout) -> str:
    lines = [json.dumps(_operation(operation), ensure_ascii=False) for operation in api.operations]
    bounds = [f"{json.dumps(model)}: {json.dumps(found)}" for model, found in _bounds(api, arranged).items()]
    parts = {
        "services": json.dumps(_services(api)),
        "bounds": "{\n" + ",\n".join(bounds) + "\n}",
        "operations": "[\n" + ",\n".join(lines) + "\n]",
    }
    return "{\n" + ",\n".join(f'"{name}": {text}' for name, text in parts.items()) + "\n}\n"


def _services(api: Api) -> Mapping[str, str]:
    """The `service_type` of each type that a service is returned as; older descriptions do not say it."""
    union = api.schemas.get("AnyService")
    return {branch: tag for tag, branch in union.mapping.items()} if isinstance(union, UnionSchema) else {}


def _bounds(api: Api, arranged: Layout) -> Mapping[str, Mapping[str, Mapping[str, Number | str]]]:
    """Of the models that a request can contain: the bounds by model, key and name."""
    found = {
        name: {field.wire: dict(bounds) for field in schema.fields if (bounds := field.bounds.items())}
        for name, schema in api.schemas.items()
        if isinstance(schema, ObjectSchema) and name in arranged.sendable
    }
    return {name: bounds for name, bounds in found.items() if bounds}


def _operation(operation: Operation) -> Mapping[str, Any]:
    return _without_defaults(
        call=operation.call,
        method=operation.method,
        path=operation.path,
        path_types={p.wire: p.type for p in operation.path_parameters if p.type != "str"},
        query=[_parameter(parameter) for parameter in operation.query],
        body=_body(operation.body) if operation.body else {},
        responses=[_response(response) for response in operation.responses],
        errors=operation.errors,
    )


def _parameter(parameter: Parameter) -> Mapping[str, Any]:
    return _without_defaults(wire=parameter.wire, type=parameter.type, required=parameter.required)


def _body(body: Body) -> Mapping[str, Any]:
    media_type = "" if body.media_type == "application/json" else body.media_type
    return _without_defaults(type=body.type, media_type=media_type, required=body.required)


def _response(response: ResponseFacts) -> Mapping[str, Any]:
    return _without_defaults(
        status=response.status,
        media_type=response.media_type,
        type=response.type,
        items=response.items,
        paged=response.paged,
    )


def _without_defaults(**values: str | int | Sequence[Any] | Mapping[str, Any] | None) -> Mapping[str, Any]:
    return {key: value for key, value in values.items() if value}


if __name__ == "__main__":
    named = tables.read().name(facts.read())
    sys.stdout.write(operations(named, layout.arrange(named)))
