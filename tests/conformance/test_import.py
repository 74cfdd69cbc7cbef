"""The committed codegen/api.json and streams.json are what the importer reads from Qovery's own descriptions."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from codegen import facts
from codegen.changes.draft import changes
from codegen.decisions import tables
from codegen.facts import ApiFacts
from codegen.read import description as reading
from codegen.read import importer
from tests.support.newer_spelling import newer
from tests.support.prism import description, streams_description

SPEC = description()
STREAMS_SPEC = streams_description()
DECISIONS = tables.read()


@cache
def imported() -> ApiFacts:
    return importer.read(str(SPEC), DECISIONS.corrections.correction)


@cache
def streams() -> ApiFacts:
    return importer.read(str(STREAMS_SPEC), DECISIONS.corrections.correction)


def test_importing_reproduces_the_facts_byte_for_byte() -> None:
    assert facts.dump(imported()) == facts.API_JSON.read_text(encoding="utf-8")
    assert facts.dump(streams()) == facts.STREAMS_JSON.read_text(encoding="utf-8")
    both = facts.joined(imported(), streams())
    assert changes(DECISIONS.name(facts.read()), DECISIONS.name(both)) == []


def test_the_same_description_in_openapi_3_1_gives_the_same_facts(tmp_path: Path) -> None:
    older = reading.load(str(SPEC)).value
    rewritten = tmp_path / "description.json"
    rewritten.write_text(json.dumps(newer(older)), encoding="utf-8")
    nulls = rewritten.read_text(encoding="utf-8").count('"null"')
    assert nulls > 100
    assert facts.dump(importer.read(str(rewritten), DECISIONS.corrections.correction)) == facts.dump(imported())


def test_every_operation_is_named_in_the_table() -> None:
    assert DECISIONS.name(imported()).invented == {}
    assert len(imported().operations) == 554


def test_every_correction_is_still_needed() -> None:
    corrected = imported().corrected + streams().corrected
    assert corrected == [correction.at for correction in DECISIONS.corrections.correction]
