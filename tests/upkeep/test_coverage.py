"""Does `nox -s coverage` measure every folder of tests that it can, and name the tests that failed?"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.support import ROOT
from upkeep.coverage import ELSEWHERE, failures, generated, pieces


def test_folders_that_are_left_out_exist() -> None:
    folders = {path.parent.name for path in (ROOT / "tests").glob("*/__init__.py")}
    assert folders >= ELSEWHERE
    assert {"transport", "emulator", "files"} <= {*pieces()}
    assert not ELSEWHERE & {*pieces()}


def test_generated_files_are_left_out_where_they_run() -> None:
    found = {Path(path).relative_to(ROOT).as_posix() for path in generated()}
    assert {"qovery_async/models/projects.py", "qovery_sync/bulk.py"} <= found
    assert "qovery_async/bulk.py" not in found


def test_a_folder_without_tests_is_no_piece() -> None:
    command = [sys.executable, "-m", "upkeep.coverage", "nothing"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stdout.startswith("there is no piece nothing; the pieces are bulk, ")


def test_failed_tests_are_named(tmp_path: Path) -> None:
    assert failures(tmp_path) == []
    (tmp_path / "test_it.py").write_text("def test_late() -> None:\n    assert False\n", encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-o", f"cache_dir={tmp_path / 'cache'}", "--rootdir", str(tmp_path)]
    environ = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}  # they take seconds to import
    subprocess.run(command, cwd=tmp_path, env=environ, capture_output=True, check=False)
    assert failures(tmp_path / "cache") == ["test_it.py::test_late"]
