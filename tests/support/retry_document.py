"""What docs/retries.md says, and the requests with which tests try it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from qovery_async import RetryPolicy

TEXT = Path(__file__).parent.joinpath("../../docs/retries.md").read_text()
QUICK = RetryPolicy(base=0.001)
JSON = "application/json"


def table(title: str) -> list[dict[str, str]]:
    """The rows of the table whose first column has this title."""
    block = next(block for block in TEXT.split("\n\n") if block.startswith(f"| {title} |"))
    titles, _, *rows = [[cell.strip() for cell in line.strip("| ").split(" | ")] for line in block.splitlines()]
    return [dict(zip(titles, row, strict=True)) for row in rows]


def request(method: str) -> Callable[[Any], Any]:
    body = {} if method in ("GET", "DELETE") else {"json": {"name": "shop"}}
    return lambda client: client.request(method, "/x", **body)
