"""How do the figures look as tables?"""

from __future__ import annotations

import platform
from collections.abc import Iterable
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from textwrap import fill

from peers.measure import DECODED, Figure, Figures
from peers.roster import OURS, PEERS, Peer

NONE = Figure(None, "")
CALLS = {
    "start": "process with one call",
    "one cpu": "one at a time",
    "one elapsed": "(elapsed)",
    "many cpu": "50 at once",
    "many elapsed": "(elapsed)",
}
DECODING = {
    **{f"decode {model}": f"1,000 {model}s" for model in DECODED},
    "memory Application": "memory of the Applications",
    "raised": "raised for 22 malformed",
}


def tables(figures: Figures, missing: dict[str, str]) -> str:
    """All tables in Markdown, with what they were measured on."""
    parts = [
        about(),
        table("async", CALLS, (peer for peer in PEERS if peer.calls == "async"), figures),
        table("blocking, with 1 and 50 threads", CALLS, (peer for peer in PEERS if peer.calls == "blocking"), figures),
        table("decoding", DECODING, (peer for peer in PEERS if peer.decodes), figures),
        *(f"Missing: {name}: {why}" for name, why in missing.items()),
    ]
    return "\n\n".join(parts) + "\n"


def table(what: str, columns: dict[str, str], peers: Iterable[Peer], figures: Figures) -> str:
    lines = [[what, *columns.values()], ["---"] * (len(columns) + 1)]
    for peer in peers:
        cells = [peer.title, *(figures[column].get(peer.module, NONE).text for column in columns)]
        lines.append([f"**{cell}**" if cell and peer.module in OURS else cell for cell in cells])
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def about() -> str:
    """When, where and with which versions."""
    named = [peer.package for peer in PEERS if peer.package] + ["attrs", "cattrs", "httpx", "pydantic"]
    versions = ", ".join(f"{name} {version}" for name in named if (version := _version(name)))
    today = f"{datetime.now(UTC):%Y-%m-%d}"
    return fill(f"Measured on {today} with Python {platform.python_version()} on {_machine()}: {versions}.", 118)


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return ""


def _machine() -> str:
    """The processor, as Linux names it."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.machine()
    names = [line.partition(": ")[2] for line in lines if line.startswith("model name")]
    return f"{len(names)} cores of {names[0]}" if names else platform.machine()
