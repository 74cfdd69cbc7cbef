"""The pictures of the site are taken when asked: `nox -s docs -- --write-pictures`."""

from __future__ import annotations

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--write-pictures", action="store_true", help="write docs/pictures/ anew")
