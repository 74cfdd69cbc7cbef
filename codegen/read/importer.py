"""Which facts does a description hold, once it is corrected?"""

from __future__ import annotations

from codegen.decisions.tables import Correction
from codegen.facts import ApiFacts
from codegen.read import corrections, description
from codegen.read.operations import OperationReader
from codegen.read.schemas import SchemaReader


def read(source: str, to_correct: list[Correction]) -> ApiFacts:
    root = description.load(source)
    idle = corrections.apply(root, to_correct)
    schemas = SchemaReader(root)
    operations = OperationReader(root, schemas).read_all()
    return ApiFacts(
        version=str(root.child("info").value["version"]),
        operations=operations,
        schemas=schemas.finish(),
        unnamed=schemas.unnamed(),
        corrected=[correction.at for correction in to_correct if correction not in idle],
    )
