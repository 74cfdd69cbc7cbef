"""What does Qovery's description say of a component, and does a payload fit it?"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import yaml
from openapi_schema_validator import OAS30Validator

from codegen.decisions import tables
from codegen.read import corrections
from codegen.read.description import Node
from qovery_async.codec.plain import is_list, is_object
from tests.support import payloads
from tests.support.descriptions import PRECISE
from tests.support.payloads import Payloads
from tests.support.prism import description

SPEC = description()

# Marks of direction, and that the items of a list differ, are no facts of ours: they change no name and no type.
_REMARKS = ("uniqueItems", "readOnly", "writeOnly")


def _without_remarks(value: Any, *, names: bool = False) -> Any:
    """The description without these; below `properties` a key is a name, whatever it says."""
    if is_list(value):
        return [_without_remarks(item) for item in value]
    if not is_object(value):
        return value
    return {
        key: _without_remarks(item, names=key == "properties" and not names)
        for key, item in value.items()
        if names or key not in _REMARKS
    }


PUBLISHED = _without_remarks(yaml.load(SPEC.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader))
COMPONENTS: dict[str, Any] = PUBLISHED["components"]["schemas"]
DECLARED = [name for name in COMPONENTS if name in PRECISE.schemas]
MODELS = {name: payloads.MODELS[name] for name in DECLARED if name in payloads.MODELS}

# What no payload can satisfy, because the description contradicts itself.
UNDECLARED = "requires keys that nothing declares (codegen/decisions/corrections.toml)"
_OVERLAP = "what fits one branch of its `oneOf` fits another too, which `oneOf` forbids"
CONTRADICTIONS = {
    "ApplicationGitRepositoryRequest": UNDECLARED,
    "ContainerImageCheckRequest": UNDECLARED,
    "CostRange": UNDECLARED,
    "DockerfileCheckResponse": UNDECLARED,
    "EnvironmentLog": UNDECLARED,
    "EnvironmentTotalNumber": UNDECLARED,
    "HelmGitRepositoryRequest": UNDECLARED,
    "OrganizationEditRequest": UNDECLARED,
    "ServiceTotalNumber": UNDECLARED,
    "ClusterRequest": _OVERLAP,
    "DeploymentHistoryServiceDetails": _OVERLAP,
    "HelmDefaultValuesRequest": _OVERLAP,
    "HelmPortRequest": _OVERLAP,
    "HelmRequest": _OVERLAP,
}


def _mended() -> Any:
    """The description as it must be meant, for what cannot be checked against the published one."""
    mended = copy.deepcopy(PUBLISHED)
    corrections.apply(Node(mended, "#", mended), tables.read().corrections.correction)

    def loosen(value: Any) -> None:
        if is_object(value) and is_list(value.get("oneOf")):
            value["anyOf"] = value.pop("oneOf")
        for inner in value.values() if is_object(value) else value if is_list(value) else ():
            loosen(inner)

    for name, reason in CONTRADICTIONS.items():
        if reason is _OVERLAP:
            loosen(mended["components"]["schemas"][name])
    return mended


MENDED = _mended()


def referred(value: Any) -> Iterator[str]:
    """The components that a piece of the description names."""
    if is_object(value):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"].rpartition("/")[2]
        for inner in value.values():
            yield from referred(inner)
    elif is_list(value):
        for inner in value:
            yield from referred(inner)


def reached(value: Any) -> set[str]:
    """The components that a piece of the description leads to, on whichever way."""
    left, found = [*referred(value)], set[str]()
    while left:
        name = left.pop()
        if name in COMPONENTS and name not in found:
            found.add(name)
            left += referred(COMPONENTS[name])
    return found


SPOILT = {name for name in COMPONENTS if {name, *reached(COMPONENTS[name])} & CONTRADICTIONS.keys()}


def complaints(name: str, payload: object, *, about: Any = None) -> list[str]:
    """What the validator says; against the published description unless that contradicts itself."""
    document = about or (MENDED if name in SPOILT else PUBLISHED)
    schema = {"$ref": f"#/components/schemas/{name}", "components": document["components"]}
    return [f"{error.json_path}: {error.message}" for error in OAS30Validator(schema).iter_errors(payload)]


FULL = Payloads(optional="all", nulls="none", surprises=False, api=PRECISE)
BARE = Payloads(optional="none", nulls="none", surprises=False, api=PRECISE)
SOME = Payloads(optional="some", nulls="none", surprises=False, api=PRECISE)
