"""How do the figures look as bars? An SVG of one panel for each figure, readable on light and dark pages."""

from __future__ import annotations

from collections.abc import Iterator
from xml.sax.saxutils import escape

from peers.measure import Figure, Figures
from peers.roster import OURS, PEERS, Peer

WIDTH, LABEL, BAR, ROW, TITLE, GAP = 760, 290, 380, 20, 30, 14
STYLE = """
text { font: 13px system-ui, sans-serif; fill: #1f2328 }
.title { font-weight: 600 }
.ours { fill: #6340d8 } .bar { fill: #b3bac3 } .base { stroke: #1f2328; stroke-dasharray: 3 3; opacity: .4 }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3 } .ours { fill: #a38bff } .bar { fill: #59626e } .base { stroke: #e6edf3 }
}"""
PANELS = {
    ("start", "async"): "A process with one call (raw aiohttp = 1)",
    ("one cpu", "async"): "One call at a time (raw aiohttp = 1)",
    ("many cpu", "async"): "50 calls at once (raw aiohttp = 1)",
    ("one cpu", "blocking"): "Blocking, one thread (raw urllib3 = 1)",
    ("many cpu", "blocking"): "Blocking, 50 threads (raw urllib3 = 1)",
    ("decode Application", ""): "1,000 Applications decoded (json.loads = 1)",
    ("memory Application", ""): "Memory of 1,000 Applications (dicts = 1)",
    ("raised", ""): "Errors raised for 22 malformed responses",
}


def chart(figures: Figures) -> str:
    """The SVG. Less is better in each panel, most of which show CPU time."""
    body: list[str] = []
    top = GAP
    for (name, calls), title in PANELS.items():
        shown = [peer for peer in PEERS if (peer.calls == calls if calls else peer.decodes)]
        body += panel(title, [(peer, figures[name][peer.module]) for peer in shown], top, unit=name != "raised")
        top += TITLE + ROW * len(shown) + GAP
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {top}" width="{WIDTH}" height="{top}" role="img">'
    words = "<title>CPU time, memory and errors of the clients compared: less is better</title>"
    return "\n".join([head, words, f"<style>{STYLE}\n</style>", *body, "</svg>"]) + "\n"


def panel(title: str, rows: list[tuple[Peer, Figure]], top: int, *, unit: bool) -> Iterator[str]:
    yield f'<text class="title" x="0" y="{top + 16}">{escape(title)}</text>'
    most = max((figure.ratio or 0 for _, figure in rows), default=0) or 1
    for index, (peer, figure) in enumerate(rows):
        y = top + TITLE + index * ROW
        yield f'<text x="{LABEL - 8}" y="{y + 13}" text-anchor="end">{escape(peer.title.replace("`", ""))}</text>'
        length = BAR * (figure.ratio or 0) / most
        if length:
            kind = "ours" if peer.module in OURS else "bar"
            yield f'<rect class="{kind}" x="{LABEL}" y="{y + 2}" width="{length:.1f}" height="{ROW - 5}" rx="2"/>'
        yield f'<text x="{LABEL + length + 6:.1f}" y="{y + 13}">{escape(figure.text)}</text>'
    if unit:
        x = LABEL + BAR / most
        yield f'<line class="base" x1="{x:.1f}" x2="{x:.1f}" y1="{top + TITLE}" y2="{top + TITLE + ROW * len(rows) - 3}"/>'
