"""Which operations may be repeated although their method does not say so? Data: repeatable.toml."""

from __future__ import annotations

import tomllib
from pathlib import Path

from codegen.facts import Api

REPEATABLE = Path(__file__).parent / "repeatable.toml"


def read(path: Path = REPEATABLE) -> dict[str, str]:
    """The calls, each with the reason."""
    reasons: dict[str, str] = tomllib.loads(path.read_text(encoding="utf-8"))["repeatable"]
    return reasons


def unknown(repeatable: dict[str, str], api: Api) -> list[str]:
    """Entries that name no POST or PATCH."""
    calls = {operation.call for operation in api.operations if operation.method in ("POST", "PATCH")}
    return [call for call in repeatable if call not in calls]
