"""What the generator's tests share: an import of a small description, and a folder to generate into."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from codegen.read import importer
from codegen.read.description import DescriptionError
from tests.support.descriptions import DECISIONS, Described, Imported, Read
from tests.support.small_package import copied


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
    return copied(tmp_path, monkeypatch)
