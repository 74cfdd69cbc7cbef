"""What the generator's tests share: an import of a small description, and a folder to generate into."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import attrs
import pytest

from codegen.decisions import tables
from codegen.decisions.capabilities import Capabilities
from codegen.read import importer
from codegen.read.description import DescriptionError
from codegen.write import emit
from tests.support import ROOT
from tests.support.descriptions import DECISIONS, Described, Imported, Read


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Imports a description, through a file as from the command line."""

    def read_(described: Described) -> Imported:
        file = tmp_path / "description.json"
        file.write_text(json.dumps(described), encoding="utf-8")
        return Imported(importer.read(str(file), DECISIONS.corrections.correction))

    return read_


@pytest.fixture
def stopped(read: Read) -> Callable[[Described], str]:
    """Where the import of a description stops, as a JSON pointer."""

    def stopped_(described: Described) -> str:
        with pytest.raises(DescriptionError) as caught:
            read(described)
        assert str(caught.value).startswith(f"{caught.value.where}: ")
        return caught.value.where

    return stopped_


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of both packages without their generated folders, which the generator writes into."""
    generated = shutil.ignore_patterns("__pycache__", "models", "resources")
    for name in ("qovery_async", "qovery_sync"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=generated)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    monkeypatch.setattr(emit, "_ROOT", tmp_path)
    # Of the hand-written modules, those that need no namespace that a small API lacks.
    decisions = tables.read()
    few = Capabilities(["qovery_async.runtime.root"], {}, decisions.capabilities.by_hand)
    monkeypatch.setattr(tables, "read", lambda: attrs.evolve(decisions, capabilities=few))
    return tmp_path
