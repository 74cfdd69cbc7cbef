"""Could `pip install ...` do what a document says? Exits with a message if not; installs nothing."""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Sequence

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.support import ROOT

PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
EXTRAS = {*PYPROJECT["project"]["optional-dependencies"]}
GROUPS = [word for group in PYPROJECT["dependency-groups"].values() for word in group if isinstance(word, str)]
OTHERS = {canonicalize_name(Requirement(word).name) for word in GROUPS}
"""What the project itself installs. Its own name is not among them: it is installed from a checkout."""


def refusal(arguments: Sequence[str]) -> str | None:
    command, *words = arguments
    if command != "install" or not words:
        return f"pip {' '.join(arguments)}: only `pip install WHAT` can be checked"
    for word in words:
        if word.startswith("."):
            requirement = Requirement(f"checkout{word[1:]}")
            if not requirement.extras <= EXTRAS:
                return f"{word}: the extras are {sorted(EXTRAS)}"
        elif canonicalize_name(Requirement(word).name) not in OTHERS:
            return f"{word}: neither this checkout nor among {sorted(OTHERS)}"
    return None


if __name__ == "__main__":
    sys.exit(refusal(sys.argv[1:]))
