"""The committed codegen/api.json is what the importer reads from Qovery's own description."""

from __future__ import annotations

from functools import cache

from codegen import facts
from codegen.changes import changes
from codegen.decisions import tables
from codegen.facts import ApiFacts
from codegen.read import importer
from tests.support.prism import description

SPEC = description()
DECISIONS = tables.read()


@cache
def imported() -> ApiFacts:
    return importer.read(str(SPEC), DECISIONS.corrections.correction)


def test_importing_reproduces_the_facts_byte_for_byte() -> None:
    assert facts.dump(imported()) == facts.API_JSON.read_text(encoding="utf-8")
    assert changes(DECISIONS.name(facts.read()), DECISIONS.name(imported())) == []


def test_every_operation_is_named_in_the_table() -> None:
    assert DECISIONS.name(imported()).invented == {}
    assert len(imported().operations) == 554


def test_every_correction_is_still_needed() -> None:
    assert imported().corrected == [correction.at for correction in DECISIONS.corrections.correction]
