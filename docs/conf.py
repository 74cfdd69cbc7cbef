"""How does Sphinx build the documentation site? `nox -s docs` writes its pages and runs it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sphinx.application import Sphinx

from qovery_async import __version__

project = "Qovery for Python"
author = "The qovery-sdk contributors"
copyright = author  # noqa: A001  # Sphinx calls it so
version = release = __version__

extensions = ["myst_parser", "sphinx_copybutton"]
nitpicky = True
myst_heading_anchors = 4
html_theme = "furo"
html_title = project
html_favicon = "assets/icon.svg"
html_static_path = ["assets"]
html_css_files = ["site.css"]
html_js_files = ["filter.js"]
html_search_scorer = str(Path(__file__).parent / "assets" / "scorer.js")
html_show_sourcelink = False
html_copy_source = False


def setup(app: Sphinx) -> None:
    app.connect("html-page-context", show_only_the_branch, priority=0)  # before the theme asks for the tree


def show_only_the_branch(_app: Sphinx, _page: str, _template: str, context: dict[str, Any], _tree: object) -> None:
    """The sidebar opens the part that the page is in; all pages in each sidebar would be most of the work of writing it."""
    whole = context["toctree"]
    context["toctree"] = lambda **options: whole(**{**options, "collapse": True})
