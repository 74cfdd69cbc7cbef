"""Which files does the site begin with? The pages as Sphinx reads them, and their twins as assistants do.

`source/` is what Sphinx reads. `beside/` is copied into the site as it is: each page as plain Markdown beside its HTML,
the pictures, and `llms.txt`.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from codegen import facts
from codegen.decisions import tables
from codegen.site import class_pages, documents, faces, llms, model_pages, namespace_pages, operation_index
from codegen.site.class_pages import ClassPages
from codegen.site.model_pages import ModelPages
from codegen.site.names import Linker
from codegen.site.namespace_pages import NamespacePages
from codegen.site.navigation import START, Navigation
from codegen.site.public_names import inner_types, public_names
from codegen.write import layout
from codegen.write.bodies import BodyFiles, patch_name, replaced
from codegen.write.docstrings import Uses
from codegen.write.module import Writer

VARIABLES = {"A", "K", "P", "R", "R1", "R2", "R3", "R4", "R5", "S", "T"}
"""Type variables."""


def write(folder: Path) -> None:
    """Writes both folders anew."""
    pages = reference() | documents.pages()
    navigation = Navigation.of(pages)
    blocks = navigation.blocks()
    pages[START] += navigation.listed({page: llms.title_of(text) for page, text in pages.items()})
    for part in ("source", "beside"):
        shutil.rmtree(folder / part, ignore_errors=True)
    for page, text in pages.items():
        _write(folder / "source" / page, text + blocks.get(page, ""))
        _write(folder / "beside" / page, text)
    for place, picture in documents.pictures().items():
        for part in ("source", "beside"):
            (folder / part / place).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(picture, folder / part / place)
    _write(folder / "beside" / "llms.txt", llms.text(pages, navigation))


def reference() -> dict[str, str]:
    """The pages that facts and docstrings make."""
    decisions = tables.read()
    api = decisions.name(facts.read())
    arranged = layout.arrange(api)
    all_places = faces.places()
    public = public_names()
    methods = {
        f"{place.path}.{method.name}"
        if method.name
        else place.path: f"{namespace_pages.page_of(place.path)}#{namespace_pages.anchor(method)}"
        for place in all_places
        for method in place.methods
    }
    namespaces = {place.path: namespace_pages.page_of(place.path) for place in all_places}
    models = model_pages.places(arranged)
    patches = {patch_name(name): models[name] for name in BodyFiles(api, arranged, Writer(), replaced(api)).patched}
    named = patches | models | class_pages.places(public) | namespaces | methods
    names = Linker(named, frozenset(VARIABLES | inner_types()))
    return {
        **operation_index.page(api, names),
        **NamespacePages(api, names).pages(all_places),
        **ModelPages(api, arranged, decisions, names, Uses.of(api, arranged.part_of)).pages(),
        **ClassPages(names).pages(public),
    }


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
