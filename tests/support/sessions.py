"""Which sessions does nox have here?"""

from __future__ import annotations

import re

from tests.support import ROOT

SOURCES = ("noxfile.py", "upkeep/measuring.py")


def sessions() -> set[str]:
    """Their names, as `nox -s` takes them."""
    text = "".join((ROOT / source).read_text(encoding="utf-8") for source in SOURCES)
    named = re.findall(r'^@nox\.session(?:\((?:.*name="([\w-]+)")?.*\))?\ndef (\w+)', text, re.MULTILINE)
    return {name or function for name, function in named}
