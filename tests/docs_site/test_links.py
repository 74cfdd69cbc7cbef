"""Does every link of the site lead somewhere? Those of its pages, of their Markdown twins and of llms.txt."""

from __future__ import annotations

import re

from codegen.site.names import slug
from tests.support.built_site import FOLDER, markdown_links, site, target, twin

ELSEWHERE = {
    "https://github.com/pradyunsg/furo",  # these three are at the foot of each page
    "https://pradyunsg.me",
    "https://www.qovery.com",
    "https://www.sphinx-doc.org/",
}


def test_no_link_of_a_page_is_dead() -> None:
    pages = {(FOLDER / path).resolve(): page for path, page in site().items()}
    dead = list[str]()
    followed = 0
    for path, page in site().items():
        for link in page.links:
            found = target(link, path)
            if found is None:
                continue
            file, anchor = found
            followed += 1
            if not file.exists() or (anchor and file in pages and anchor not in pages[file].anchors):
                dead.append(f"{path}: {link}")
    assert dead == []
    assert followed > 20_000


def test_links_to_other_sites_are_listed() -> None:
    """They are not followed here: look at each of them now and then."""
    assert {link for page in site().values() for link in page.links if re.match(r"https?:", link)} == ELSEWHERE


def test_no_page_asks_another_server() -> None:
    """Links may lead elsewhere; styles, scripts, fonts and pictures are the site's own."""
    loaded = re.compile(r"""<(?:script|img|iframe)[^>]*\ssrc=["']?https?:|<link[^>]*rel=["']?stylesheet[^>]*https?:""")
    assert [path for path in site() if loaded.search((FOLDER / path).read_text(encoding="utf-8"))] == []


def test_no_link_of_a_twin_is_dead() -> None:
    headings = {
        path: {slug(title) for title in re.findall(r"^#+ (.*)$", twin(path), re.MULTILINE)} for path in _twins()
    }
    dead = list[str]()
    for path in headings:
        for link in markdown_links(twin(path)):
            found = target(link, path)
            if found is None:
                continue
            file, anchor = found
            led = file if file != (FOLDER / path).resolve() else file.with_suffix(".md")
            page = led.with_suffix(".html").relative_to(FOLDER.resolve()).as_posix()
            if not led.exists() or (anchor and anchor not in headings.get(page, set())):
                dead.append(f"{path}: {link}")
    assert dead == []


def test_llms_txt_names_every_page() -> None:
    text = (FOLDER / "llms.txt").read_text(encoding="utf-8")
    assert re.match(r"# Qovery for Python\n\n> .+\n", text)
    links = markdown_links(text)
    assert sorted(links) == sorted(path.removesuffix(".html") + ".md" for path in _twins())
    assert [link for link in links if not (FOLDER / link).is_file()] == []
    assert re.findall(r"^## (.+)$", text, re.MULTILINE)[-1] == "Optional"
    assert "\n- [Deployments](deployments.md): `client.deployments` asks for an action" in text


def _twins() -> list[str]:
    return [path for path in site() if (FOLDER / path).with_suffix(".md").exists()]
