"""Are the tables that docstrings are made from about something, and complete?"""

from __future__ import annotations

import re
from typing import Any

import attrs
import pytest

from codegen import facts
from codegen.docstrings import Words
from codegen.idle_words import idle

API = facts.read()
WORDS = Words.read()


class TestTables:
    """Each row speaks of something that is there, and changes something."""

    def test_hold_no_idle_row(self) -> None:
        assert idle(WORDS, API) == []

    @pytest.mark.parametrize(
        ("table", "row", "told"),
        [
            ("notes", {"projects.gett": "Note."}, "notes: projects.gett"),
            ("notes", {"*.gett": "Note."}, "notes: *.gett"),
            ("returns", {"projects.gett": "Note."}, "returns: projects.gett"),
            ("replaced_by", {"projects.get": "projects.gett"}, "replaced_by: projects.gett"),
            ("parameters", {"page_sise": "Note."}, "parameters: page_sise"),
            ("plain", ["page_sise"], "plain: page_sise"),
            ("parameters_of", {"projects.gett": {"project_id": "Note."}}, "parameters_of: projects.gett project_id"),
            ("parameters_of", {"projects.get": {"projectid": "Note."}}, "parameters_of: projects.get projectid"),
            ("fields", {"cpuu": "Note."}, "fields: cpuu"),
            ("fields_of", {("Projects", "name"): "Note."}, "fields_of: Projects name"),
            ("fields_of", {("Project", "nam"): "Note."}, "fields_of: Project nam"),
            ("namespaces", {"projekts": "Projects: groups."}, "namespaces: projekts"),
        ],
    )
    def test_rows_about_nothing_are_told(self, table: str, row: Any, told: str) -> None:
        kept = getattr(WORDS, table)
        more = [*kept, *row] if isinstance(row, list) else {**kept, **row}
        assert idle(attrs.evolve(WORDS, **{table: more}), API) == [told]

    @pytest.mark.parametrize(
        ("table", "row", "told"),
        [
            ("calls", {"projects.gett": "Get a project"}, "calls: projects.gett"),
            ("calls", {"projects.get": "Get a project"}, "calls: projects.get"),
            ("methods", {"gett": "Get {a_thing}"}, "methods: gett"),
            ("things", {"projekts": WORDS.sentences.things["network"]}, "things: projekts"),
        ],
    )
    def test_phrases_about_nothing_are_told(self, table: str, row: Any, told: str) -> None:
        sentences = attrs.evolve(WORDS.sentences, **{table: {**getattr(WORDS.sentences, table), **row}})
        assert idle(attrs.evolve(WORDS, sentences=sentences), API) == [told]

    def test_decide_of_each_query_parameter_whether_it_needs_a_note(self) -> None:
        undecided = {
            f"{operation.call} {parameter.name}"
            for operation in API.operations
            for parameter in operation.query
            if not WORDS.arguments(operation, [parameter.name]) and parameter.name not in WORDS.plain
        }
        assert undecided == set()

    def test_hold_sentences(self) -> None:
        notes = [*WORDS.notes.values(), *WORDS.returns.values(), *WORDS.parameters.values(), *WORDS.fields.values()]
        notes += [*WORDS.fields_of.values(), *(note for own in WORDS.parameters_of.values() for note in own.values())]
        assert [note for note in notes if not note.rstrip().endswith(".") or not re.match(r"\s*[A-Z0-9`]", note)] == []
