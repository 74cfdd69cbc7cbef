"""The pictures in the documents are written when asked: `nox -s browser -- --write-picture`."""

from __future__ import annotations

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--write-picture", action="store_true", help="write docs/board.png and docs/console.png anew")
