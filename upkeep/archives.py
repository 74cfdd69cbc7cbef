"""Which wheel, or which source distribution, does a session test?"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

import nox

PATTERNS = {"wheel": "*.whl", "sdist": "*.tar.gz"}


def built(session: nox.Session, target: str, folder: Path, builder: Iterable[str]) -> Path:
    """The file that `nox -s dist` has built, if QOVERY_DIST says where; else one that is built now."""
    ready = os.environ.get("QOVERY_DIST")
    if ready is None:
        for old in folder.glob(PATTERNS[target]):
            old.unlink()
        session.install(*builder)
        session.run("python", "-m", "hatchling", "build", "--target", target, "--directory", str(folder))
    (file,) = Path(ready or folder).resolve().glob(PATTERNS[target])
    return file
