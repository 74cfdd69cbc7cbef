"""Where is the project, what does it say of itself, and how is it installed for a session of nox?"""

from __future__ import annotations

import os
import tomllib
from pathlib import Path

import nox

ROOT = Path(__file__).parent.parent
SPEC = Path(os.environ.get("QOVERY_SPEC", ROOT.parent / "shared" / "spec" / "openapi.yaml"))
"""Qovery's API description, which is not in the repository."""
NOT_ALONE = ("browser", "conformance", "docs_site", "frameworks", "notebooks", "packaging", "servers")
"""Folders whose tests need other programs, or a network."""
QUICK, SLOW = "not slow", "slow"
"""They share the tests out: a test of more than two seconds is marked `slow`."""
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def install(session: nox.Session, *groups: str) -> None:
    session.install("-e", ".", *(word for group in groups for word in nox.project.dependency_groups(PYPROJECT, group)))
