"""What did the API look like before? Today's facts, and over them what was different then."""

from __future__ import annotations

from pathlib import Path

import attrs

from codegen import facts
from codegen.decisions.named import Api
from codegen.facts import ApiFacts
from tests.support import ROOT
from tests.support.descriptions import DECISIONS

FILES = sorted((ROOT / "tests" / "drift" / "older").glob("*.json"))
"""What the API once said otherwise of things that it still has: facts of three months."""

TODAY = facts.read()


def then(file: Path) -> ApiFacts:
    older = facts.read(file)
    operations = {operation.id: operation for operation in [*TODAY.operations, *older.operations]}
    return attrs.evolve(
        TODAY, version=older.version, operations=[*operations.values()], schemas={**TODAY.schemas, **older.schemas}
    )


def named(api: ApiFacts) -> Api:
    return DECISIONS.name(api)
