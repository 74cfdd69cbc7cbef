"""Is all that the SDK has on the site: each operation, each model with its fields, each page that was written?"""

from __future__ import annotations

import re

from codegen import facts
from codegen.decisions import tables
from codegen.decisions.named import Api
from codegen.facts import EnumSchema, ObjectSchema
from codegen.site import faces
from codegen.site.names import cell
from codegen.site.public_names import public_names
from codegen.write.layout import arrange
from tests.support import ROOT
from tests.support.built_site import FOLDER, MADE_BY_SPHINX, site, target, twin

WITHOUT_EXAMPLE = {
    "changelog.html": "a list of changes",
    "chaos.html": "what was thrown at the SDK, and what came of it",
    "migrating/old-package-calls.html": "a table of old and new calls",
    "releasing.html": "a checklist",
    "security.html": "a list of promises, each with its test",
}
"""The pages without a block of code, and why."""


def api() -> Api:
    return tables.read().name(facts.read())


def rows(page: str) -> list[list[str]]:
    """The rows of all tables of a twin."""
    lines = [line for line in twin(page).splitlines() if line.startswith("| ")]
    return [[one.strip() for one in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines]


def test_the_index_has_every_operation_in_both_styles() -> None:
    table = {row[0]: row[1:] for row in rows("reference/operations.html")}
    assert len(table) - 2 == len(api().operations) == 554
    places = {place.path for place in faces.places()}
    for operation in api().operations:
        request = cell(f"`{operation.method} {operation.path}")
        (row,) = (row for first, row in table.items() if first.startswith((f"[{request}`]", f"[{request} (")))
        assert row[0].startswith(f"`await client.{operation.call}(")
        assert row[1] == row[0].replace("await ", "")
        assert operation.namespace in places
    assert "client.environments.deploy(environment_id)" in site()["reference/operations.html"].text


def test_each_namespace_has_a_page_with_each_method() -> None:
    assert faces.missing_in_blocking() == []
    for place in faces.places():
        headings = re.findall(r"^## (.+)$", twin(f"reference/namespaces/{place.path}.html"), re.MULTILINE)
        assert headings == [method.name or "call" for method in place.methods]
    methods = {f"{place.path}.{method.name}" for place in faces.places() for method in place.methods}
    assert {operation.call for operation in api().operations} - methods == set()


def test_each_model_has_each_field_with_type_and_need() -> None:
    named = api()
    for name, module in arrange(named).module_of.items():
        page = f"reference/models/{module}.html"
        section = re.split(rf"^## {name}$", twin(page), flags=re.MULTILINE)[1].partition("\n## ")[0]
        table = [line for line in section.splitlines() if line.startswith("| `")]
        schema = named.schemas[name]
        if isinstance(schema, ObjectSchema):
            needed = [(field.name, "yes" if field.required else "no") for field in schema.fields]
            parts = [re.split(r"(?<!\\)\|", line) for line in table]
            found = [(re.sub(r"[` ]|\(.*\)", "", part[1]), part[3].strip()) for part in parts]
            assert sorted(found) == sorted(needed), name
            assert all(part[2].strip() for part in parts), name
        elif isinstance(schema, EnumSchema):
            assert [line.split("`")[1].replace("\\|", "|") for line in table] == schema.values, name
    assert len(named.schemas) == 874


def test_each_name_that_users_import_is_explained() -> None:
    headings = {
        heading
        for path in site()
        if path.startswith("reference/classes/")
        for heading in re.findall(r"^## (.+)$", twin(path), re.MULTILINE)
    }
    assert {one.name for one in public_names()} - headings == set()


def test_each_document_is_a_page() -> None:
    documents = {
        path.relative_to(ROOT / "docs").with_suffix(".html").as_posix() for path in (ROOT / "docs").rglob("*.md")
    }
    assert documents - site().keys() == set()


def test_each_page_has_a_twin() -> None:
    assert {path for path in site() if not (FOLDER / path).with_suffix(".md").exists()} == MADE_BY_SPHINX


def test_each_page_stands_in_the_navigation() -> None:
    """In its own sidebar, which opens the part that it is in; the parts are those of the start page."""
    for path, page in site().items():
        if path not in {"index.html", *MADE_BY_SPHINX}:
            led = {found[0] for link in page.navigation if (found := target(link, path))}
            assert (FOLDER / path).resolve() in led, path
    parts = re.findall(r'<span class="caption-text">([^<]+)', (FOLDER / "index.html").read_text(encoding="utf-8"))
    written = {"Start": ("start.html",), "Cookbook": ("cookbook/index.html",), "Migrating": ("migrating/index.html",)}
    expected = [
        "Start",
        "Guides",
        "Cookbook",
        "Migrating",
        "Examples",
        "Reference",
        "Emulator",
        "Performance",
        "Contributing",
    ]
    there = [part for part in expected if all(path in site() for path in written.get(part, ()))]
    assert [part for part in parts if part in there] == there


def test_each_page_has_an_example() -> None:
    without = {path for path, page in site().items() if not page.examples} - MADE_BY_SPHINX
    assert without - WITHOUT_EXAMPLE.keys() == set()
    assert (WITHOUT_EXAMPLE.keys() & site().keys()) - without == set()


def test_the_search_knows_where_to_look() -> None:
    index = (FOLDER / "searchindex.js").read_text(encoding="utf-8")
    for title in ("client.environments", "Operations", "Models: applications", "Classes: errors"):
        assert f'"{title}"' in index
