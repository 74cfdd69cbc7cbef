"""Which hand-written classes stand on the client, and which have a blocking twin? Data: capabilities.toml."""

from __future__ import annotations

import tomllib
from pathlib import Path

import attrs

TABLE = Path(__file__).parent / "capabilities.toml"


@attrs.frozen
class Capabilities:
    mount: dict[str, str]
    modules: list[str]
    by_hand: dict[str, str]

    @classmethod
    def read(cls, path: Path = TABLE) -> Capabilities:
        return cls(**tomllib.loads(path.read_text(encoding="utf-8")))

    @property
    def sources(self) -> list[str]:
        """The hand-written modules that are derived from."""
        return list(dict.fromkeys([*self.modules, *(dotted.rpartition(".")[0] for dotted in self.mount.values())]))
