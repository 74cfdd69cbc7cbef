"""Which operations have pages, and what do they return? Items that fit the facts, each with a key of its own."""

from __future__ import annotations

import random
from collections.abc import Callable
from operator import attrgetter
from typing import Any, TypeVar

from codegen.decisions.tables import Pager
from tests.support.answers import Answers, response
from tests.support.descriptions import DECISIONS, PRECISE
from tests.support.samples import Sample

T = TypeVar("T")

PAGERS = DECISIONS.pagers.pagers
SINGLE = DECISIONS.pagers.single


def pager_calls(style: str) -> list[str]:
    return [call for call, pager in PAGERS.items() if pager.style == style]


def items(call: str, count: int) -> list[dict[str, Any]]:
    """As many items as the operation may return, each with its own key."""
    template = _template(call, PAGERS[call])
    key = PAGERS[call].key
    made: list[dict[str, Any]] = []
    for number in range(count):
        compound: dict[str, Any] | None = template[key] if key == "identifier" else None
        own = f"k{number}" if compound is None else {**compound, "execution_id": f"x{number}"}
        made.append({**template, key: own})
    return made


def body(call: str, page: list[dict[str, Any]], page_size: int) -> dict[str, Any]:
    """One page of an operation."""
    found = response(PRECISE.calls[call])
    beside = {"page": 1, "page_size": page_size} if found and found.paged else {}
    return {**beside, PAGERS[call].items: page}


def iterate(call: str, found: list[Any], **given: Any) -> Callable[[Any], Any]:
    """What collects all that the `iterate...` twin of an operation yields, in a client of either face."""
    namespace, _, name = call.rpartition(".")
    twin = f"{namespace}.{name.replace('list', 'iterate', 1)}"
    values = Sample().path_values(PRECISE.calls[call]) | given

    async def collect(stream: Any) -> None:
        async for item in stream:
            found.append(item)  # noqa: PERF401  # those before an error too

    def start(client: Any) -> Any:
        stream = attrgetter(twin)(client)(**values)
        return collect(stream) if hasattr(stream, "__aiter__") else found.extend(stream)

    return start


def keys(call: str, found: list[Any]) -> list[Any]:
    """The keys of models that came back, as `items` gave them."""
    values = [getattr(item, PAGERS[call].key) for item in found]
    return [value if isinstance(value, str) else value.execution_id for value in values]


def _template(call: str, pager: Pager) -> dict[str, Any]:
    for seed in range(100):
        made = Answers(PRECISE, random.Random(seed)).to(PRECISE.calls[call])
        found = (made.get(pager.items) or [None])[0]
        if found is not None:
            return dict(found)
    raise AssertionError(call)
