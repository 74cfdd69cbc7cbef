"""Which sessions does nox have here? As a program, could `nox -s ...` run these? It starts none, and not nox either."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from itertools import takewhile

from tests.support import ROOT

SOURCES = ("noxfile.py", "upkeep/measuring.py")


def sessions() -> set[str]:
    """Their names, as `nox -s` takes them."""
    text = "".join((ROOT / source).read_text(encoding="utf-8") for source in SOURCES)
    named = re.findall(r'^@nox\.session(?:\((?:.*name="([\w-]+)")?.*\))?\ndef (\w+)', text, re.MULTILINE)
    return {name or function for name, function in named}


def refusal(arguments: Sequence[str]) -> str | None:
    """What is wrong with the arguments of `nox`: sessions to run, and what follows `--` for them."""
    option, *names = takewhile(lambda word: word != "--", arguments)
    if option not in ("-s", "-l"):
        return f"nox {' '.join(arguments)}: only `nox -s SESSION` and `nox -l` can be checked"
    missing = [name for name in names if name not in sessions()]
    return f"Sessions not found: {', '.join(missing)}" if missing else None


if __name__ == "__main__":
    sys.exit(refusal(sys.argv[1:]))
