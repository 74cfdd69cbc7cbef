"""What is a table with a mistake, and what must be said of it? And the small API that it speaks of."""

from __future__ import annotations

import re
from pathlib import Path

import attrs
import pytest

from codegen.decisions.loader import Table
from codegen.decisions.named import Api, Operation
from codegen.facts import EnumSchema, Field, ObjectSchema, Parameter, ResponseFacts

JSON = "application/json"
START = Parameter("start_id", "startId", "str")
LIST = Operation(
    "listThings",
    "GET",
    "/thing",
    [],
    [ResponseFacts(200, JSON, "Thing", items="results")],
    [],
    query=[START],
    call="things.list",
)
CHECK = Operation("checkThing", "POST", "/thing/check", [], [ResponseFacts(204)], [], call="things.check")
READ = Operation(
    "readThing",
    "GET",
    "/thing/text",
    [],
    [ResponseFacts(200, "text/plain", "str")],
    [],
    query=[START],
    call="things.read",
)
API = Api(
    [LIST, CHECK, READ],
    {
        "Thing": ObjectSchema([Field("id", "id", "str"), Field("token", "token", "str")]),
        "Part": ObjectSchema([]),
        "State": EnumSchema(["ON", "OFF"]),
        "Mode": EnumSchema(["ON"]),
    },
    renamed={"ThingListResult": "Thing"},
    joined={"State": EnumSchema(["ON", "OFF"])},
    corrected=["#/components/schemas/Thing"],
)


@attrs.frozen
class Case:
    """What a table holds, and what is said of it; `>` marks the line that is named."""

    table: type[Table]
    text: str
    told: str

    @property
    def file(self) -> str:
        name = re.sub(r"(?<=[a-z])(?=[A-Z])", "-", self.table.__name__).lower()
        return f"{name}.{'csv' if self.table.columns else 'toml'}"

    def written(self, folder: Path) -> Path:
        file = folder / self.file
        file.write_text(self.text.replace(">", ""), encoding="utf-8")
        return file

    @property
    def expected(self) -> str:
        line = next(n for n, text in enumerate(self.text.splitlines(), 1) if text.startswith(">"))
        return f"codegen/decisions/{self.file}:{line}: {self.told}"


def by_table(cases: list[Case]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("case", cases, ids=lambda case: f"{case.file} {case.told[:30]}")
