"""What happens when a newer description no longer has what a table speaks of?"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from codegen import __main__ as command
from codegen import facts

THING = {"type": "object", "properties": {"name": {"type": "string"}}}


def description(*, schema: dict[str, Any], **ids: str) -> dict[str, Any]:
    """One with the operations that stand at these paths."""
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}}
    responses = {"200": {"description": "", "content": content}}
    paths = {f"/{path}": {"get": {"operationId": id_, "responses": responses}} for path, id_ in ids.items()}
    return {
        "openapi": "3.0.3",
        "info": {"title": "Small", "version": "2"},
        "paths": paths,
        "components": {"schemas": {"Thing": schema}},
    }


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Runs the command on a description, with facts of its own to write."""
    monkeypatch.setattr(facts, "API_JSON", tmp_path / "api.json")
    monkeypatch.setattr(facts, "STREAMS_JSON", tmp_path / "streams.json")

    def run_(described: dict[str, Any]) -> int:
        file = tmp_path / "description.json"
        file.write_text(json.dumps(described), encoding="utf-8")
        monkeypatch.setattr("sys.argv", ["codegen", "import", str(file)])
        return command.main()

    return run_


def test_the_import_goes_on_and_lists_the_rows(run: Any, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(description(schema=THING, organization="listOrganization")) == 0
    told = capsys.readouterr().out.splitlines()
    assert facts.read(facts.API_JSON).operations[0].id == "listOrganization"
    warned = [line for line in told if line.startswith("matches nothing any more, remove it: codegen/decisions/")]
    for part in (
        ": rows: the API has no operation 'listQoveryIps', no GET /ips",
        ": pagers.events.list: the API has no operation 'events.list'",
        ": hidden.models: the API has no schema 'CreditCardRequest'",
        ": correction: nothing to correct at #/components/schemas/CostRange, as of the last import",
    ):
        assert any(part in line for line in warned), part
    assert not any("'listOrganization'" in line for line in warned)


def test_generating_from_it_stops_at_the_same_rows(run: Any, capsys: pytest.CaptureFixture[str]) -> None:
    run(description(schema=THING, organization="listOrganization"))
    listed = [
        line.removeprefix("matches nothing any more, remove it: ") for line in capsys.readouterr().out.splitlines()
    ]
    assert command.generate(facts.read(facts.API_JSON), check=True) == 1
    told = capsys.readouterr().err.splitlines()
    assert len(told) > 500
    assert [line for line in told if line not in listed] == []


def test_an_operation_with_a_new_id_keeps_its_name_and_its_row_is_told(
    run: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    run(description(schema=THING, organization="listOrganization"))
    capsys.readouterr()
    assert run(description(schema=THING, organization="listOrganizations")) == 0
    told = capsys.readouterr().out.splitlines()
    assert told[:3] == [
        "### Added and changed",
        "",
        "- `organizations.list` has the id `listOrganizations`, was `listOrganization`.",
    ]
    assert (
        "codegen/decisions/names.csv is out of date: organizations.list: listOrganization, GET /organization"
        " is now listOrganizations, GET /organization"
    ) in told
    assert not any("named by convention" in line for line in told)


def test_an_undecided_secret_is_told_and_stops_the_generator(run: Any, capsys: pytest.CaptureFixture[str]) -> None:
    secret = {"type": "object", "properties": {"api_secret": {"type": "string"}}}
    assert run(description(schema=secret, organization="listOrganization")) == 0
    where = "named like a secret, add it to codegen/decisions/secrets.toml as hidden or shown: Thing.api_secret"
    assert where in capsys.readouterr().out
    assert command.generate(facts.read(facts.API_JSON), check=True) == 1
    assert where in capsys.readouterr().err
