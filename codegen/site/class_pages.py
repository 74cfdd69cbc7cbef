"""What does the reference say of the classes, functions and aliases that users import?"""

from __future__ import annotations

import inspect
import posixpath
from collections.abc import Iterator, Mapping

import attrs

from codegen.site import sections
from codegen.site.calls import declared, spelled, written
from codegen.site.faces import Method, method, methods_of
from codegen.site.names import Linker, cell, relative, slug
from codegen.site.public_names import PublicName, attributes_of, source_of_alias
from codegen.spelling import spoken

FOLDER = "reference/classes"
INDEX = f"{FOLDER}/index.md"
# A page, its title, and the rooms of the package that it is about; a room in no line has a page of its own.
PAGES: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "client": ("Classes: clients and their settings", ("client", "config", "transport.response")),
    "errors": ("Classes: errors", ("errors",)),
    "calls": ("Classes: retries, timeouts, pacing and hooks", ("transport.retry", "transport.options", "transport.events", "pacing")),
    "values": ("Classes: models, values and pages", ("vocabulary", "codec", "runtime.pagination", "from_response")),
    "deployments": ("Classes: deployments", ("deployments",)),
    "bulk": ("Classes: many calls at once", ("bulk", "progress", "runtime.crowd")),
    "inventory": ("Classes: inventory", ("inventory",)),
    "handles": ("Classes: handles, and finding by name", ("handles", "directory")),
    "patch": ("Classes: patch", ("runtime.patching",)),
    "variables": ("Classes: variables", ("variables",)),
    "environments": ("Classes: environments as documents", ("environments",)),
    "streams": ("Classes: streams", ("streams", "transport.websocket")),
    "shell": ("Classes: shell", ("shell",)),
    "port_forward": ("Classes: port-forward", ("port_forward",)),
    "webhooks": ("Classes: webhooks", ("webhooks",)),
    "emulator": ("Classes: emulator", ("emulator",)),
}  # fmt: skip


def page_of(one: PublicName) -> str:
    """The page of a name, by the room that it is written in."""
    return f"{FOLDER}/{_key(one)}.md"


def _key(one: PublicName) -> str:
    """The key of its page in `PAGES`, else the room itself."""
    room = one.module.partition(".")[2]
    found = (key for key, (_, rooms) in PAGES.items() for own in rooms if f"{room}.".startswith(f"{own}."))
    return next(found, room.partition(".")[0])


def _title(page: str) -> str:
    key = posixpath.basename(page).removesuffix(".md")
    return PAGES[key][0] if key in PAGES else f"Classes: {spoken(key)}"


def places(names: list[PublicName]) -> dict[str, str]:
    return {one.name: f"{page_of(one)}#{slug(one.name)}" for one in names}


@attrs.frozen
class ClassPages:
    names: Linker

    def pages(self, public: list[PublicName]) -> dict[str, str]:
        by_page: dict[str, list[PublicName]] = {}
        for one in sorted(public, key=lambda one: [*PAGES, _key(one)].index(_key(one))):
            by_page.setdefault(page_of(one), []).append(one)
        for ones in by_page.values():
            ones.sort(key=_order)
        pages = {page: self._page(page, ones) for page, ones in by_page.items()}
        return {INDEX: self._index(by_page)} | pages

    def _index(self, by_page: dict[str, list[PublicName]]) -> str:
        lines = [
            "# Classes and functions",
            "",
            "What is written by hand: clients, errors, options, and what capabilities take and return. All of it can be",
            "imported from `qovery_async` and, where it has a blocking form or waits for nothing, from `qovery_sync`:",
            "",
            "```python",
            "from qovery_sync import NotFound, Qovery, RetryPolicy",
            "```",
            "",
            "| Page | Names |",
            "| --- | --- |",
        ]
        for page, ones in by_page.items():
            title = _title(page)
            names = ", ".join(self.names.link(one.name, INDEX) for one in ones)
            lines.append(f"| [{title}]({relative(page, INDEX)}) | {cell(names)} |")
        return "\n".join([*lines, ""])

    def _page(self, page: str, ones: list[PublicName]) -> str:
        lines = [f"# {_title(page)}", ""]
        for package in dict.fromkeys(one.package for one in ones):
            first = next(one.name for one in ones if one.package == package)
            lines += ["```python", f"from {package} import {first}", "```", ""]
        for one in ones:
            lines += [f"## {one.name}", "", *self._one(one, page)]
        return "\n".join(lines)

    def _one(self, one: PublicName, page: str) -> Iterator[str]:
        if one.is_class:
            yield from self._class(one, page)
        elif inspect.isfunction(one.value):
            yield from self._said(method(one.value, one.name), one.name, page)
        else:
            value, text = source_of_alias(one)
            yield from ("```python", f"{one.name} = {value}" if value else one.name, "```", "")
            yield from ([self.names.prose(text, page), ""] if text else [])

    def _class(self, one: PublicName, page: str) -> Iterator[str]:
        class_: type = one.value
        said = sections.read(inspect.getdoc(class_) or "")
        bases = [base for base in class_.__bases__ if base.__name__ in self.names.places]
        yield from self._text(said, page)
        if bases:
            links = ", ".join(self.names.link(base.__name__, page) for base in bases)
            yield from (f"Based on {links}, and has all that is there.", "")
        if made := _constructor(class_):
            yield from ("```python", written(one.name, made), "```", "")
        notes = {**said.attributes, **said.arguments}
        declares = attributes_of(class_, self.names.places)
        arguments = [
            (p.name, spelled(p.annotation), notes.get(p.name) or declares.get(p.name, ("", ""))[1], _default(p))
            for p in (made.parameters if made else [])
        ]
        yield from self._table("Argument", arguments, page)
        taken = [name for name, *_ in arguments]
        others = [
            (name, type_, notes.get(name) or text, "") for name, (type_, text) in declares.items() if name not in taken
        ]
        yield from self._table("Attribute", others, page)
        yield from self._raised(said, page)
        for own in methods_of(class_, self.names.places):
            if own.name:
                yield from (f"### {one.name}.{own.name}", "", *self._said(own, own.name, page))

    def _said(self, own: Method, name: str, page: str) -> Iterator[str]:
        said = sections.read(own.doc)
        yield from ("```python", written(name, own), "```", "")
        yield from self._text(said, page)
        by_name = {p.name: p for p in own.parameters}
        rows = [
            (name, spelled(by_name[name].annotation), text, _default(by_name[name]))
            for name, text in said.arguments.items()
        ]
        yield from self._table("Argument", rows, page)
        if said.returns:
            yield from (f"**Returns** {self.names.prose(said.returns, page)}", "")
        yield from self._raised(said, page)

    def _text(self, said: sections.Said, page: str) -> Iterator[str]:
        for text in filter(None, [said.summary, said.text]):
            yield from (self.names.prose(text, page), "")

    def _raised(self, said: sections.Said, page: str) -> Iterator[str]:
        if said.raised:
            told = [self.names.link(name, page) + (f": {text}" if text else "") for name, text in said.raised.items()]
            yield from ("**Raises**", "", *(f"- {self.names.prose(line, page)}" for line in told), "")

    def _table(self, title: str, rows: list[tuple[str, str, str, str]], page: str) -> Iterator[str]:
        if rows:
            yield from (f"| {title} | Type | Meaning |", "| --- | --- | --- |")
        for name, type_, note, default in rows:
            said = f" Default: `{default}`." if default not in ("", "None", "UNSET") and "Default" not in note else ""
            text = cell(self.names.prose(note, page) + said)
            yield f"| `{name}` | {cell(self.names.type(spelled(type_), page))} | {text} |"
        yield from [""] if rows else []


def _order(one: PublicName) -> tuple[int, int]:
    """Clients before their settings, bases before what is based on them."""
    rooms = PAGES[_key(one)][1] if _key(one) in PAGES else ()
    within = f"{one.module}.".partition(".")[2]
    room = next((number for number, own in enumerate(rooms) if within.startswith(f"{own}.")), 0)
    return room, len(one.value.__mro__) if one.is_class else 0


def _default(parameter: inspect.Parameter) -> str:
    return declared(parameter).partition(" = ")[2]


def _constructor(class_: type) -> Method | None:
    """How users make one: for what has arguments of its own; errors and handles are made by the SDK."""
    if issubclass(class_, BaseException) or getattr(class_, "_is_protocol", False) or "__init__" not in vars(class_):
        return None
    if not hasattr(class_, "__attrs_attrs__") and class_.__module__.startswith(
        ("qovery_async.handles", "qovery_async.streams")
    ):
        return None
    made = method(class_.__init__, "__init__")
    return (
        made
        if made.parameters and not any(p.name.startswith("_") or p.name == "core" for p in made.parameters)
        else None
    )
