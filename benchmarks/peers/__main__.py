"""How does the client compare with what a user could take instead?

    python -m peers --description openapi.yaml --folder SCRATCH [--rounds 15] [--calls 500] [--write]

The peers are built into the scratch folder, where they stay for the next run. `--write` draws docs/peers.svg and writes the
tables into docs/performance.md.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from server import serving

from peers.build import build
from peers.chart import chart
from peers.measure import measure
from peers.table import tables

DOCS = Path(__file__).parent.parent.parent / "docs"
BEGIN, END = "<!-- peers: begin -->", "<!-- peers: end -->"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--description", type=Path, required=True)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--calls", type=int, default=500)
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    missing = build(given.description, given.folder)
    with serving() as url:
        figures = measure(url, given.folder, missing, given.rounds, given.calls)
    text = tables(figures, missing)
    print(text)
    if given.write:
        (DOCS / "peers.svg").write_text(chart(figures), encoding="utf-8")
        page = DOCS / "performance.md"
        before, _, rest = page.read_text(encoding="utf-8").partition(BEGIN)
        _, _, after = rest.partition(END)
        page.write_text(f"{before}{BEGIN}\n\n{text}\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
