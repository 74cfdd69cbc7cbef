"""What does the reference say of a namespace? A page for each, with all its methods."""

from __future__ import annotations

import inspect
from collections.abc import Iterator

import attrs

from codegen.decisions.named import Api
from codegen.site import sections
from codegen.site.calls import Calls, declared, signature, spelled
from codegen.site.faces import ClientPart, Method
from codegen.site.names import Linker, cell, relative
from codegen.spelling import article, spoken

FOLDER = "reference/namespaces"
INDEX = f"{FOLDER}/index.md"


def page_of(path: str) -> str:
    return f"{FOLDER}/{path}.md"


def anchor(method: Method) -> str:
    return (method.name or "call").lower()


@attrs.frozen
class NamespacePages:
    api: Api
    names: Linker

    def pages(self, places: list[ClientPart]) -> dict[str, str]:
        by_path = {place.path: place for place in places}
        pages = {page_of(place.path): self._page(place, by_path) for place in places}
        return {INDEX: self._index(places)} | pages

    def _index(self, places: list[ClientPart]) -> str:
        lines = [
            "# Namespaces",
            "",
            "All that hangs on a client, `AsyncQovery` as `Qovery`. A namespace is an attribute:",
            "",
            "```python",
            "await client.projects.list()    # AsyncQovery",
            "client.projects.list()          # Qovery",
            "```",
            "",
            "`client.organization` is the same object as `client.organizations`.",
            "",
            "| Namespace | What it is about |",
            "| --- | --- |",
        ]
        for place in places:
            about = sections.read(place.about).summary
            link = f"[`client.{place.path}`]({relative(page_of(place.path), INDEX)})"
            lines.append(f"| {link} | {cell(self.names.prose(about, INDEX))} |")
        return "\n".join([*lines, ""])

    def _page(self, place: ClientPart, by_path: dict[str, ClientPart]) -> str:
        page = page_of(place.path)
        about = sections.read(place.about)
        lines = [f"# `client.{place.path}`", "", self.names.prose(f"{about.summary}\n\n{about.text}".strip(), page), ""]
        if place.children:
            lines += ["| Below it | |", "| --- | --- |"]
            for child in place.children:
                text = cell(self.names.prose(sections.read(by_path[child].about).summary, page))
                lines.append(f"| [`client.{child}`]({relative(page_of(child), page)}) | {text} |")
            lines.append("")
        if len(place.methods) > 1:
            links = ", ".join(f"[`{method.name or 'call'}`](#{anchor(method)})" for method in place.methods)
            lines += [f"Its methods: {links}.", ""]
        if not place.methods:
            lines += [self._first_call(place, by_path), ""]
        for method in place.methods:
            lines += self._method(place.path, method, page)
        return "\n".join(lines)

    def _first_call(self, place: ClientPart, by_path: dict[str, ClientPart]) -> str:
        """An example for a namespace that only holds others."""
        child = by_path[place.children[0]]
        return "\n".join(["```python", Calls(self.api).block(child.path, child.methods[0]), "```"])

    def _method(self, path: str, method: Method, page: str) -> Iterator[str]:
        said = sections.read(method.doc)
        yield from (f"## {method.name or 'call'}", "")
        yield from (self.names.prose(said.summary, page), "")
        if said.text:
            yield from (self.names.prose(said.text, page), "")
        yield from ("```python", signature(path, method), "```", "")
        yield from _table(["Parameter", "Type", "Meaning"], self._parameters(method, said, page))
        returned = spelled(method.signature.return_annotation)
        meaning = f": {self.names.prose(said.returns, page)}" if said.returns else "."
        yield from (f"**Returns** {self.names.type(returned, page)}{meaning}", "")
        if said.raised:
            told = [self.names.link(name, page) + (f": {text}" if text else "") for name, text in said.raised.items()]
            wordy = any(said.raised.values())
            if wordy:
                yield from ("**Raises**", "", *(f"- {self.names.prose(line, page)}" for line in told), "")
            else:
                yield from (f"**Raises** {', '.join(told)}.", "")
        yield from ("**Example**", "", "```python", Calls(self.api).block(path, method), "```", "")

    def _parameters(self, method: Method, said: sections.Said, page: str) -> Iterator[list[str]]:
        for parameter in method.parameters:
            type_ = self.names.type(spelled(parameter.annotation), page)
            note = said.arguments.get(parameter.name) or _usual(parameter)
            _, default, value = declared(parameter).partition(" = ")
            note = (
                f"{note} Default: `{value}`."
                if default and value not in ("None", "UNSET") and "Default" not in note
                else note
            )
            yield [f"`{parameter.name}`", type_, self.names.prose(note, page)]


def _usual(parameter: inspect.Parameter) -> str:
    """What a parameter without a note means: its name and its default say it."""
    optional = parameter.default is not parameter.empty
    if parameter.name == "body":
        return "What is sent." + (" Optional." if optional else "")
    if parameter.kind is parameter.VAR_KEYWORD:
        return "As keywords."
    thing = spoken(parameter.name.removesuffix("_id"))
    text = f"The id of {article(thing)} {thing}." if parameter.name.endswith("_id") else f"The {thing}."
    return text + (" Not sent unless given." if str(parameter.default) == "UNSET" else "")


def _table(header: list[str], rows: Iterator[list[str]]) -> Iterator[str]:
    lines = [f"| {' | '.join(cell(text) for text in row)} |" for row in rows]
    if lines:
        yield from (f"| {' | '.join(header)} |", f"|{' --- |' * len(header)}", *lines, "")
