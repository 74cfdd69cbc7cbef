"""Which hand-written classes stand on the client, and which have a blocking twin?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import attrs

from codegen.decisions.loader import Place, Table
from codegen.decisions.named import Api

_ROOT = Path(__file__).parents[2]


@attrs.frozen
class Capabilities(Table):
    modules: list[str]
    mount: dict[str, str]
    by_hand: dict[str, str]

    @property
    def sources(self) -> list[str]:
        """The hand-written modules whose classes get a twin."""
        return list(dict.fromkeys([*self.modules, *(dotted.rpartition(".")[0] for dotted in self.mount.values())]))

    def idle(self, api: Api) -> Iterator[tuple[Place, str]]:  # noqa: ARG002  # these rows are about hand-written code
        for number, module in enumerate(self.modules):
            if not _path(module).exists():
                yield ("modules", number), f"there is no module {module}"
        for section in ("mount", "by_hand"):
            for key, dotted in getattr(self, section).items():
                for class_ in [dotted] if section == "mount" else [key, dotted]:
                    if not _is_there(class_):
                        yield (section, key), f"there is no class {class_}"


def _path(module: str) -> Path:
    return _ROOT / f"{module.replace('.', '/')}.py"


def _is_there(dotted: str) -> bool:
    module, _, name = dotted.rpartition(".")
    path = _path(module)
    return path.exists() and re.search(rf"^class {name}\b", path.read_text(encoding="utf-8"), re.MULTILINE) is not None
