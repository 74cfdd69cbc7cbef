"""What becomes of a docstring, a type, a link and a list of pages on the site?"""

from __future__ import annotations

from pathlib import Path

import pytest

from codegen.decisions.named import Api
from codegen.facts import EnumSchema, Field, ObjectSchema, UnionSchema
from codegen.site import documents, llms, sections
from codegen.site.least_bodies import LeastBodies, literal
from codegen.site.names import Linker, UnknownName, cell, relative, slug
from codegen.site.navigation import Navigation

NAMES = Linker(
    {
        "Application": "reference/models/applications.md#application",
        "projects.list": "reference/namespaces/projects.md#list",
    },
    frozenset({"T"}),
)
PAGE = "reference/namespaces/applications.md"


def test_a_docstring_has_its_parts() -> None:
    said = sections.read(
        "Do a thing.\n\nMore of it.\n\nArgs:\n    one: The first,\n        of two.\n    **rest: The rest.\n\n"
        "Returns:\n    A thing.\n\n`GET /thing`\nRaises: NotFound, Conflict."
    )
    assert said.summary == "Do a thing."
    assert said.text == "More of it.\n\n`GET /thing`"
    assert said.arguments == {"one": "The first, of two.", "rest": "The rest."}
    assert said.returns == "A thing."
    assert said.raised == {"NotFound": "", "Conflict": ""}
    raised = sections.read("Do it.\n\nRaises:\n    NotFound: there is none: ask\n        again.\n    Conflict: busy.")
    assert raised.raised == {"NotFound": "there is none: ask again.", "Conflict": "busy."}
    assert sections.read("Get.\n\n    `GET /a`\n    `GET /b`, twice\n").text == "- `GET /a`\n- `GET /b`, twice"


def test_a_type_is_written_with_links() -> None:
    link = "../models/applications.md#application"
    assert NAMES.type("list[models.Application] | None", PAGE) == f"`list[`[`models.Application`]({link})`] | None`"
    assert NAMES.type("bodies.ApplicationDict", PAGE) == f"[`bodies.ApplicationDict`]({link})"
    assert NAMES.type('T | Literal["Application"]', PAGE) == '`T | Literal["Application"]`'
    with pytest.raises(UnknownName, match="no page explains Missing"):
        NAMES.type("list[models.Missing]", PAGE)


def test_code_in_prose_is_linked_where_a_page_explains_it() -> None:
    assert (
        NAMES.prose("See `client.projects.list()` and `x`.", PAGE)
        == "See [`client.projects.list()`](projects.md#list) and `x`."
    )
    assert NAMES.prose("`docs/retries.md` has it.", PAGE) == "[docs/retries.md](../../retries.md) has it."


def test_a_link_is_relative() -> None:
    assert relative("a/b.md#c", "a/d.md") == "b.md#c"
    assert relative("a/b.md#c", "a/b.md") == "#c"
    assert relative("b.md", "a/d.md") == "../b.md"
    assert slug("client.a: `b_c` and D") == "clienta-b_c-and-d"
    assert cell("a | b\nc") == r"a \| b c"


def test_the_least_body_has_what_is_required() -> None:
    api = Api(
        operations=[],
        schemas={
            "Mode": EnumSchema(["FAST", "SLOW"]),
            "Inner": ObjectSchema([Field("size", "size", "int", required=True), Field("x", "x", "str")]),
            "Outer": ObjectSchema(
                [Field("mode", "mode", "Mode", required=True), Field("in_", "in", "Inner", required=True)]
            ),
            "Free": ObjectSchema([Field("name", "name", "str"), Field("on", "on", "bool")]),
            "Either": UnionSchema(["Inner", "Free"], tag="kind", mapping={"INNER": "Inner", "FREE": "Free"}),
        },
    )
    bodies = LeastBodies(api)
    assert literal(bodies.of("Outer")) == '{"mode": "FAST", "in": {"size": 1}}'
    assert literal(bodies.of("Free")) == '{"name": "shop"}'
    assert literal(bodies.of("Either")) == '{"kind": "INNER", "size": 1}'
    assert literal(bodies.of("list[Free]")) == '[{"name": "shop"}]'
    assert bodies.change("Free") == {"name": "shop"}
    assert literal([True, 'a"b', 1.5]) == '[True, "a\\"b", 1.5]'


def test_a_page_is_found_whether_or_not_the_table_names_it() -> None:
    pages = ["index.md", "brand-new.md", "retries.md", "cookbook/index.md", "cookbook/a.md", "cookbook/b.md"]
    navigation = Navigation.of(pages)
    assert navigation.sections == {
        "Guides": [["retries.md"], ["brand-new.md"]],
        "Cookbook": [["cookbook/index.md", "cookbook/a.md", "cookbook/b.md"]],
    }
    assert Navigation.of(["start.md", *pages]).sections["Start"] == [["start.md"]]
    blocks = navigation.blocks()
    assert blocks.keys() == {"index.md", "cookbook/index.md"}
    assert "/cookbook/b\n" in blocks["cookbook/index.md"]
    assert ":caption: Guides\n\n/retries\n/brand-new\n" in blocks["index.md"]


def test_llms_txt_has_a_line_for_each_page() -> None:
    pages = {
        "index.md": "# Home\n\nAll of it. More.\n",
        "retries.md": "# Retries\n\n[What](a.md) is `sent`\nagain. Not all.\n",
    }
    text = llms.text(pages, Navigation.of(pages))
    assert text.startswith("# Qovery for Python\n\n> ")
    assert "## Start\n\n- [Home](index.md): All of it.\n" in text
    assert "## Guides\n\n- [Retries](retries.md): What is `sent` again.\n" in text


def test_links_of_documents_lead_to_pages_or_nowhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(documents, "ROOT", tmp_path)
    (tmp_path / "docs").mkdir()
    document = tmp_path / "docs" / "a.md"
    document.write_text(
        "[b](b.md#x), [ex](../examples/e.py), [`t`](../tests/t.py), [out](https://example.com), ![p](p.png)\n"
        "```sh\n[b](b.md)\n```\n"
    )
    places = {"docs/b.md": "b.md", "examples/e.py": "examples/e.md"}
    assert documents.linked(document, "a.md", places) == (
        "[b](b.md#x), [ex](examples/e.md), `t`, [out](https://example.com), ![p](p.png)\n```sh\n[b](b.md)\n```\n"
    )
