"""The committed codegen/api.json is what the importer reads from Qovery's own description."""

from __future__ import annotations

from functools import cache

from codegen import facts
from codegen.changes import changes
from codegen.read import importer
from codegen.read.importer import Import
from tests.support.prism import description

SPEC = description()


@cache
def imported() -> Import:
    return importer.read(str(SPEC))


def test_importing_reproduces_the_facts_byte_for_byte() -> None:
    assert facts.dump(imported().api) == facts.API_JSON.read_text(encoding="utf-8")
    assert changes(facts.read(), imported().api) == []


def test_every_operation_is_named_in_the_table() -> None:
    assert imported().invented_names == {}
    assert len(imported().api.operations) == 554


def test_every_correction_is_still_needed() -> None:
    assert imported().idle_corrections == []
