"""Nothing is generated before it is decided."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import attrs
import pytest

from codegen import __main__ as command
from codegen import facts
from codegen.decisions.tables import Pagers
from tests.support.descriptions import DECISIONS, TEXT, object_, thing
from tests.support.small_package import model


class TestDecisions:
    """Nothing is generated before it is decided."""

    def test_are_all_made(self) -> None:
        api = DECISIONS.name(facts.read())
        assert command.undecided(DECISIONS, facts.read()) == []
        assert DECISIONS.dead(api) == []

    def test_that_lack_stop_the_generator(self, package: Path, capsys: pytest.CaptureFixture[str]) -> None:
        kept = facts.read()
        new = attrs.evolve(kept, schemas={**kept.schemas, "New": model(api_secret="str")})
        assert command.generate(new, check=False) == 1
        (line,) = capsys.readouterr().err.splitlines()
        assert "codegen/decisions/secrets.toml" in line
        assert line.endswith(": New.api_secret")
        assert not (package / "qovery_async" / "models").exists()

    def test_about_pages_are_made_for_all_that_looks_as_if_it_had_some(self) -> None:
        """It says which page it returns, takes what names one, or takes their size."""
        for call in ("helms.list_deployment_history", "jobs.list_commits", "events.list"):
            pagers, single = ({**table} for table in (DECISIONS.pagers.pagers, DECISIONS.pagers.single))
            assert (pagers.pop(call, None) is None) != (single.pop(call, None) is None)
            lacking = attrs.evolve(DECISIONS, pagers=Pagers(pagers, single))
            (line,) = command.undecided(lacking, facts.read())
            assert line.endswith(f"add it to codegen/decisions/pagers.toml as pagers or single: {call}")

    def test_about_what_is_gone_stop_the_generator(self, package: Path, capsys: pytest.CaptureFixture[str]) -> None:
        kept = facts.read()
        ids = ("listDirectoriesFromGitRepository", "getClusterKubeconfig")
        schemas = {name: schema for name, schema in kept.schemas.items() if name != "Referral"}
        gone = [operation for operation in kept.operations if operation.id not in ids]
        assert command.generate(attrs.evolve(kept, operations=gone, schemas=schemas), check=True) == 1
        told = capsys.readouterr().err
        tables_told = {line.partition(":")[0].rpartition("/")[2] for line in told.splitlines()}
        assert tables_told == {"names.csv", "parameters.toml", "phrases.toml", "repeatable.toml", "secrets.toml"}
        for gone_name in ("Referral", "invitation_link", "clusters.kubeconfig.get", "git.list_directories"):
            assert gone_name in told

    def test_that_lack_are_told_by_the_import(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        file = tmp_path / "description.json"
        file.write_text(json.dumps(thing(object_(api_secret=TEXT))), encoding="utf-8")
        monkeypatch.setattr(sys, "argv", ["codegen", "import", "--dry-run", str(file)])
        assert command.main() == 0
        assert (
            "named like a secret, add it to codegen/decisions/secrets.toml as hidden or shown: Thing.api_secret"
            in capsys.readouterr().out
        )


class TestNotes:
    def test_are_decided_for_each_query_parameter(self) -> None:
        """A parameter has a note, or its name says all."""
        api, parameters = DECISIONS.name(facts.read()), DECISIONS.parameters
        undecided = {
            f"{operation.call} {parameter.name}"
            for operation in api.operations
            for parameter in operation.query
            if parameter.name not in {*parameters.parameters, *parameters.plain}
            and parameter.name not in parameters.parameters_of.get(operation.call, {})
            and not parameter.deprecated
        }
        assert undecided == set()

    def test_are_sentences(self) -> None:
        notes = [*DECISIONS.notes.notes.values(), *DECISIONS.notes.returns.values()]
        notes += DECISIONS.pagers.single.values()
        notes += [*DECISIONS.parameters.parameters.values(), *DECISIONS.fields.fields.values()]
        notes += [note for own in DECISIONS.parameters.parameters_of.values() for note in own.values()]
        notes += [note for row in DECISIONS.fields.fields_of for note in row.notes.values()]
        assert [note for note in notes if not note.rstrip().endswith(".") or not re.match(r"\s*[A-Z0-9`]", note)] == []
