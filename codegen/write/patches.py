"""What does `patch` of a namespace look like, and which rules does it go by?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import attrs

from codegen.decisions.named import Api, Operation
from codegen.decisions.pairs import Walk
from codegen.decisions.patches import Patches
from codegen.facts import ObjectSchema, UnionSchema
from codegen.write.bodies import patch_name
from codegen.write.docstrings import Words
from codegen.write.module import Writer

_TABLE_IMPORTS = dict.fromkeys(("NeverBack", "Conversion"), "qovery_async.runtime.patching.rules")
_PUBLIC_IMPORTS = {
    "Never": "typing",
    "TypeVar": "typing",
    "overload": "typing",
    "request_of": "qovery_async.runtime.patching.request",
}
_DEFAULTED = "/organization/{organizationId}/"


def patch(namespace: str, update: Mapping[str, Any], api: Api, patches: Patches, words: Words) -> dict[str, Any] | None:
    """The values that the template needs to write `patch` and `patch_preview`; `update` are those of that method."""
    row = patches.patched.get(namespace)
    operation: Operation = update["operation"]
    read = api.calls.get(f"{namespace}.{row.read}") if row else None
    if row is None or read is None or operation.body is None:
        return None
    defaulted = operation.path.startswith(_DEFAULTED)
    keys = _keys(operation.body.type, api)
    if keys & {"on_conflict", "organization_id"}:
        raise ValueError(f"{namespace}.patch: a key of the body has the name of a parameter")
    parameters = [p.name for p in operation.path_parameters if not (defaulted and p.name == "organization_id")]
    # They are positional only, and a keyword may have the same name.
    path = [f"{name}_" if name in keys else name for name in parameters]
    wanted = {p.name for p in read.path_parameters}
    known = [given for name, given in zip(parameters, path, strict=True) if name in wanted]
    listed = row.read == "list"
    return {
        "path": path,
        "read_path": [*known, path[-1]] if listed else known,
        "target": operation.body.type,
        "type": patch_name(operation.body.type),
        "returns": update["reader"].returns,
        "defaulted": defaulted,
        "reader": _partial("self." + read.name, known, defaulted=defaulted),
        "writer": _partial("self.update", path, defaulted=defaulted),
        "listed": read.call if listed else "",
        "into": row.into,
        "docstring": words.patch(operation, read, _refused(operation.body.type, api, patches)),
        "preview": words.preview(operation, read),
    }


def _partial(function: str, arguments: list[str], *, defaulted: bool) -> str:
    given = [*arguments, *(["organization_id=organization_id"] if defaulted else [])]
    return f"partial({', '.join([function, *given])})" if given else function


def _refused(body: str, api: Api, patches: Patches) -> list[str]:
    """The values without which a patch may be refused."""
    names = {body, *_branches(body, api)}
    return [row.path for row in patches.hidden if row.model in names and row.left_out != "kept"]


def _keys(body: str, api: Api) -> set[str]:
    """The keys that a body can have."""
    schemas = [api.schemas[name] for name in _branches(body, api)]
    return {field.wire for schema in schemas if isinstance(schema, ObjectSchema) for field in schema.fields}


def _branches(name: str, api: Api) -> list[str]:
    schema = api.schemas[name]
    return schema.branches if isinstance(schema, UnionSchema) else [name]


@attrs.frozen
class PatchFiles:
    """The generated files that `patch` and `to_request` need beside the methods of namespaces."""

    api: Api
    patches: Patches
    writer: Writer

    def files(self) -> dict[str, str]:
        walk = Walk(self.patches, self.api)
        list(walk.all())
        found = {"sources": walk.sources(), "not_null": walk.not_null()}
        body = self.writer.fill("patch_tables.jinja", patches=self.patches, requests=self._requests(), **found)
        tables = self.writer.module("What is needed to turn a response into a request?", body, _TABLE_IMPORTS)
        body = self.writer.fill("to_request.jinja", pairs=sorted(self._pairs().items()))
        public = self.writer.module("Which request has what a response has?", body, _PUBLIC_IMPORTS)
        return {"qovery_async/runtime/patching/tables.py": tables, "qovery_async/from_response.py": public}

    def _requests(self) -> dict[str, str]:
        """The body of `update` for each model of a response."""
        return {name: target for name, target, _ in self._updates()}

    def _pairs(self) -> dict[str, str]:
        """What that body is, as an annotation."""
        return {name: " | ".join(f"models.{model}" for model in models) for name, _, models in self._updates()}

    def _updates(self) -> Iterator[tuple[str, str, list[str]]]:
        """Each model of a response, the body of its `update`, and the models that the body can then be."""
        for namespace in self.patches.patched:
            for source, target in self.patches.bodies(namespace, self.api, "update"):
                for name in _branches(source, self.api):
                    decided, models = self.patches.branches(name), _branches(target, self.api)
                    if decided:
                        models = [model for model in models if model in decided]
                    if models:
                        yield name, target, models
