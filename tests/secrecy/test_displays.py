"""Do notebooks and `rich` show secrets of models, which their `repr` masks?"""

from __future__ import annotations

import io
from typing import Any

import pytest
from rich.console import Console

from qovery_async import AsyncQovery, Page, SecretValue, UnknownVariant, from_dict, models, table
from qovery_async.secrecy.masking import SecretText
from qovery_async.variables.changes import VariableChange
from qovery_async.variables.parents import VariablesParent
from qovery_async.variables.plan import VariablesPlan

SECRET = "qov_Zq7Xk29Wm4Bv8Hn3JtR6yLd5"
TOKEN = from_dict(
    models.OrganizationApiTokenCreate, {"id": "1", "created_at": "2026-01-01T00:00:00Z", "name": "ci", "token": SECRET}
)
EXTRA = from_dict(models.ReferenceObject, {"id": "1", "password": SECRET, "url": f"https://u:{SECRET}@host"})
UNKNOWN = UnknownVariant({"type": "NEW", "api_key": SECRET})
PLAN = VariablesPlan(
    parent=VariablesParent(id="s1", scope="APPLICATION"),
    changes=(VariableChange(action="create", key="API_TOKEN", is_secret=True, value=SecretText(SECRET)),),
)
SHOWN: dict[str, Any] = {
    "model": TOKEN, "extra": EXTRA, "unknown": UNKNOWN, "list": [TOKEN, EXTRA, UNKNOWN], "page": Page([TOKEN, EXTRA]),
    "table": table([TOKEN, EXTRA, UNKNOWN]), "columns": table([TOKEN, UNKNOWN], "name", "token"),
    "dict": {"a": TOKEN}, "client": AsyncQovery(SECRET), "value": SecretValue(SECRET), "plan": PLAN, "changes": PLAN.changes,
}  # fmt: skip


# Objects that are no models: what masks them is their names, and what stands beside.
CHANGES = [
    VariableChange(action="create", key="API_TOKEN", value=SECRET),
    VariableChange(action="create", key="PLAIN", is_secret=True, value=SECRET),
]
SHOWN |= {
    "unknown column": table([UNKNOWN, UnknownVariant({"key": "DB_PASSWORD", "value": SECRET})], "api_key", "value", "key"),
    "changes": table(CHANGES, "key", "value"), "chosen": table(CHANGES),
    "nested": table([Page([TOKEN])], "items"),
}  # fmt: skip


def printed(value: object, **options: Any) -> str:
    console = Console(file=io.StringIO(), width=300, force_terminal=False)
    console.print(value, **options)
    output: Any = console.file
    return str(output.getvalue())


@pytest.mark.parametrize("value", SHOWN.values(), ids=SHOWN)
def test_nothing_shows_a_secret(value: Any) -> None:
    texts = [printed(value), str(value), repr(value)]
    if hasattr(type(value), "_repr_html_"):
        texts.append(value._repr_html_())
    assert [text for text in texts if SECRET[:12] in text] == []


def test_a_traceback_with_locals_shows_none() -> None:
    def fail(token: object, page: object, unknown: object) -> None:
        raise LookupError

    console = Console(file=io.StringIO(), width=300)
    try:
        fail(TOKEN, Page([TOKEN]), UNKNOWN)
    except LookupError:
        console.print_exception(show_locals=True)
    output: Any = console.file
    text = output.getvalue()
    assert "token=***" in text.replace(" ", "")
    assert SECRET[:12] not in text
