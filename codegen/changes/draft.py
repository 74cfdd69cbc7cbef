"""How does the draft for CHANGELOG.md read?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from codegen.changes import operations, schemas, streams
from codegen.changes.change import Change, each, order
from codegen.decisions.named import Api
from codegen.facts import ObjectSchema
from codegen.write import layout
from codegen.write.layout import Layout


def changes(before: Api, after: Api) -> list[str]:
    """The lines of the draft, in sections; none only where not one fact differs."""
    then, now = layout.arrange(before), layout.arrange(after)
    found = [
        *operations.changes(before, after),
        *streams.changes(before, after),
        *schemas.changes(before, after, now),
        *_absent(before, after, then, now),
        *_moved(then, now),
        *_around(before, after),
    ]
    sections = {
        "### Breaking": [change.text for change in found if change.breaking],
        "### Added and changed": [change.text for change in found if not change.breaking],
    }
    lines: list[str] = []
    for title, texts in sections.items():
        lines += [*([""] if lines else []), title, "", *(f"- {text}" for text in texts)] if texts else []
    return lines


def _absent(before: Api, after: Api, then: Layout, now: Layout) -> Iterator[Change]:
    """What a request may contain knows `UNSET`; what only comes back does not."""
    for name in sorted(before.schemas.keys() & after.schemas.keys()):
        schema = after.schemas[name]
        optional = isinstance(schema, ObjectSchema) and any(not field.required for field in schema.fields)
        if optional and (sent := name in now.sendable) != (name in then.sendable):
            reads = "`UNSET`, was `None`" if sent else "`None`, was `UNSET`"
            said = "is sent now" if sent else "is no longer sent"
            yield Change(f"`{name}` {said}: an absent attribute reads {reads}.", breaking=True)


def _moved(then: Layout, now: Layout) -> Iterator[Change]:
    ways: dict[tuple[str, str], list[str]] = {}
    for name in sorted(then.module_of.keys() & now.module_of.keys()):
        way = then.module_of[name], now.module_of[name]
        if way[0] != way[1]:
            ways.setdefault(way, []).append(f"`{name}`")
    for (old, new), names in ways.items():
        yield Change(f"Moved {', '.join(names)} from `models.{old}` to `models.{new}`; `models` still has all of them.")


def _around(before: Api, after: Api) -> Iterator[Change]:
    """What differs beside operations and schemas."""
    if before.version != after.version:
        yield Change(f"The API has version {after.version}, was {before.version}.")
    yield from _classless(before.unnamed, after.unnamed)
    old, new = (dict.fromkeys(api.corrected, "") for api in (before, after))
    yield from each("The description", "mistake at", old, new)
    yield from order("The description", "mistakes", before.corrected, after.corrected)
    yield from order("The description", "operations", *([o.id for o in api.operations] for api in (before, after)))


def _classless(old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[Change]:
    found = {
        "new": new.keys() - old.keys(),
        "gone": old.keys() - new.keys(),
        "for another reason": {name for name in old.keys() & new.keys() if old[name] != new[name]},
    }
    said = [f"{how} {', '.join(f'`{name}`' for name in sorted(names))}" for how, names in found.items() if names]
    if said:
        yield Change(f"Declared schemas without a class of their own: {'; '.join(said)}.")
