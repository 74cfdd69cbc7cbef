"""What did the API look like before? Today's facts, and over them what was different then."""

from __future__ import annotations

from pathlib import Path

import attrs

from codegen import facts
from codegen.decisions.named import Api
from codegen.facts import ApiFacts
from tests.support import ROOT
from tests.support.answers import response
from tests.support.descriptions import DECISIONS
from tests.support.other_facts import excerpt, reached

FILES = sorted((ROOT / "tests" / "drift" / "older").glob("*.json"))
"""Facts of three months: what the API said otherwise of things that it still has."""

TODAY = facts.read()


def then(file: Path) -> ApiFacts:
    """The facts of a month, less what was removed since; what is new is there too."""
    older = facts.read(file)
    operations = {operation.id: operation for operation in [*TODAY.operations, *older.operations]}
    schemas = {**TODAY.schemas, **older.schemas}
    return attrs.evolve(TODAY, version=older.version, operations=[*operations.values()], schemas=schemas)


def changed(file: Path) -> ApiFacts:
    """The operations whose responses looked otherwise in a month."""
    api, older = then(file), facts.read(file)
    kept = [
        operation
        for operation in api.operations
        if response(operation)
        and (operation in older.operations or older.schemas.keys() & reached(api, operation.responses))
    ]
    return excerpt(api, kept)


def named(api: ApiFacts) -> Api:
    return DECISIONS.name(api)
