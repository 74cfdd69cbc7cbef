"""Which facts does the emulator need at run time? The content of qovery_async/emulator/facts/operations.json.

    python -m codegen.write.emulator_facts > qovery_async/emulator/facts/operations.json

Models are not described again; one operation stands on one line.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from codegen import facts
from codegen.decisions import tables
from codegen.decisions.named import Api, Operation
from codegen.facts import Body, Parameter, ResponseFacts, UnionSchema


def operations(api: Api) -> str:
    lines = [json.dumps(_operation(operation), ensure_ascii=False) for operation in api.operations]
    return f'{{\n"services": {json.dumps(_services(api))},\n"operations": [\n' + ",\n".join(lines) + "\n]\n}\n"


def _services(api: Api) -> Mapping[str, str]:
    """The `service_type` of each type that a service is returned as; older descriptions do not say it."""
    union = api.schemas.get("AnyService")
    return {branch: tag for tag, branch in union.mapping.items()} if isinstance(union, UnionSchema) else {}


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
    sys.stdout.write(operations(tables.read().name(facts.read())))
