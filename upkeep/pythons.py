"""Which Pythons are on this machine, and what is installed for each?"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path

import nox

BIN = "Scripts" if os.name == "nt" else "bin"


def others(session: nox.Session, versions: Iterable[str]) -> dict[str, str]:
    """The interpreters of these versions, without that of the session."""
    ours = session.run("python", "-c", "import sys; print('%d.%d' % sys.version_info[:2])", silent=True)
    found = {version: find(version) for version in versions if version != str(ours).strip()}
    return {version: interpreter for version, interpreter in found.items() if interpreter}


def at(session: nox.Session, folder: Path, interpreters: Mapping[str, str], *requirements: str) -> list[str]:
    """Installs the requirements for each of the interpreters, in an environment of its own; returns their Pythons."""
    made = []
    for version, interpreter in interpreters.items():
        place = folder / f"python-{version}"
        if not place.exists():
            session.run(interpreter, "-m", "venv", str(place), external=True)
        python = str(place / BIN / "python")
        session.run(python, "-m", "pip", "install", "--quiet", *requirements, external=True)
        made.append(python)
    return made


def find(version: str) -> str | None:
    """The interpreter on the path, else the newest of pyenv. A shim of pyenv is not an interpreter."""
    root = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    installed = sorted(root.glob(f"{version}.*/bin/python{version}"), key=_natural)
    found = shutil.which(f"python{version}")
    on_path = found if found and "shims" not in Path(found).parts else None
    return on_path or (str(installed[-1]) if installed else None)


def _natural(path: Path) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", str(path))]
