"""Does the example notebook run in a kernel, with both clients, and show tables?"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

from qovery_async.emulator import Emulator
from tests.support import ROOT
from tests.support.server import in_thread

SECONDS = 120
"""No cell takes as long; starting a kernel on a busy machine takes a while."""


@pytest.fixture
def emulator(monkeypatch: pytest.MonkeyPatch) -> Iterator[Emulator]:
    with in_thread(Emulator(world="demo")) as running:
        monkeypatch.setenv("QOVERY_API_URL", running.url)
        monkeypatch.setenv("QOVERY_API_TOKEN", running.token)
        monkeypatch.setenv("PYTHONPATH", str(ROOT))
        monkeypatch.setenv("PYDEVD_DISABLE_FILE_VALIDATION", "1")
        yield running


def executed(notebook: Any) -> list[dict[str, Any]]:
    """What each cell of code shows: the forms of its last value, and what it prints."""
    NotebookClient(notebook, timeout=SECONDS, startup_timeout=SECONDS, kernel_name="python3").execute(
        env={**os.environ}
    )
    shown: list[dict[str, Any]] = []
    for each in notebook.cells:
        if each.cell_type == "code":
            forms: dict[str, Any] = {}
            for output in each.outputs:
                forms.update(output.get("data", {}))
                forms[output.get("name", output.output_type)] = output.get("text", "")
            shown.append(forms)
    return shown


@pytest.mark.slow
def test_the_example_runs_and_shows_tables(emulator: Emulator) -> None:
    notebook = nbformat.read(ROOT / "examples" / "explore.ipynb", as_version=4)
    nbformat.validate(notebook)
    assert all(each.outputs == [] for each in notebook.cells if each.cell_type == "code")
    projects, environments, inventory, status, plan, closed = executed(notebook)
    assert "<caption>Project: 4</caption>" in projects["text/html"]
    assert "<td>shop</td>" in projects["text/html"]
    assert "<th>cluster_name</th>" in environments["text/html"]
    assert "<td>production</td>" in environments["text/html"]
    assert "<th>Service</th>" in inventory["text/html"]
    assert "<caption>EnvironmentStatus</caption>" in status["text/html"]
    assert "<td>LOG_LEVEL</td>" in plan["text/html"]
    assert closed == {}
    everything = str([projects, environments, inventory, status, plan])
    assert "stderr" not in everything
    assert emulator.token not in everything


@pytest.mark.slow
def test_an_error_in_a_cell_is_the_sdks_own_and_the_client_goes_on(emulator: Emulator) -> None:
    cells = [
        "from qovery_sync import Qovery, NotFound\nclient = Qovery()",
        "try:\n    client.projects.get('00000000-0000-4000-8000-000000000000')\nexcept Exception as error:\n    print(type(error).__name__)",
        "import asyncio\nprint(len(await asyncio.to_thread(client.projects.list)), len(client.projects.list()))",
        "client.tokens.check().works",
    ]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(text) for text in cells])
    _, refused, counted, works = executed(notebook)
    assert refused["stdout"] in ("NotFound\n", "Forbidden\n")
    assert counted["stdout"] == "4 4\n"
    assert works["text/plain"] == "True"


@pytest.mark.slow
def test_a_traceback_in_a_notebook_has_no_token(emulator: Emulator) -> None:
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell("from qovery_sync import Qovery\nQovery().projects.get('nope')")]
    )
    with pytest.raises(CellExecutionError) as failed:
        executed(notebook)
    assert "projects.get" in str(failed.value)
    assert emulator.token not in str(failed.value)
