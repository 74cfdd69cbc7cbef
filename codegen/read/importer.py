"""What does a description say, once corrected and named? Its facts, and what to report."""

from __future__ import annotations

import tomllib
from pathlib import Path

import attrs

from codegen.decisions.naming import NamingTable
from codegen.facts import Api
from codegen.read import corrections, description
from codegen.read.corrections import Correction
from codegen.read.operations import OperationReader
from codegen.read.schemas import SchemaReader

SCHEMA_NAMES = Path(__file__).parents[1] / "decisions" / "schema-names.toml"


@attrs.frozen
class Import:
    api: Api
    invented_names: dict[str, str]
    idle_corrections: list[Correction]


def read(source: str) -> Import:
    root = description.load(source)
    idle = corrections.apply(root, corrections.read())
    names = NamingTable.read()
    given = tomllib.loads(SCHEMA_NAMES.read_text(encoding="utf-8"))["names"]
    schemas = SchemaReader(root, given)
    operations = OperationReader(root, schemas, names).read_all()
    api = Api(
        version=str(root.child("info").value["version"]),
        operations=operations,
        schemas=schemas.finish(),
        unnamed=schemas.unnamed(),
    )
    return Import(api, names.invented, idle)
