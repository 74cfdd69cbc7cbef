"""How is one generated module written: its header, its imports, its body?"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import jinja2

_IMPORTS = {
    "date": "datetime",
    "datetime": "datetime",
    "Annotated": "typing",
    "Any": "typing",
    "Final": "typing",
    "Literal": "typing",
    "NotRequired": "typing",
    "TypeAlias": "typing",
    "TYPE_CHECKING": "typing",
    "TypedDict": "typing",
    "Unpack": "typing",
    "Iterator": "collections.abc",
    "Mapping": "collections.abc",
    "Sequence": "collections.abc",
    "define": "qovery_async.codec.definition",
    "partial": "functools",
    "bodies": "qovery_async",
    "models": "qovery_async",
    "patching": "qovery_async.runtime",
    "deprecated_call": "qovery_async.runtime.deprecation",
    "Items": "qovery_async.runtime.pagination",
    "after_last": "qovery_async.runtime.pagination",
    "growing": "qovery_async.runtime.pagination",
    "next_token": "qovery_async.runtime.pagination",
    "Page": "qovery_async.runtime.pagination",
    "Call": "qovery_async.transport.request",
    "UNSET": "qovery_async.vocabulary",
    "ByKey": "qovery_async.vocabulary",
    "ByTag": "qovery_async.vocabulary",
    "Model": "qovery_async.vocabulary",
    "OpenEnum": "qovery_async.vocabulary",
    "UnknownVariant": "qovery_async.vocabulary",
    "Unset": "qovery_async.vocabulary",
    "Wire": "qovery_async.vocabulary",
    "resolve_recursion": "qovery_async.vocabulary",
}


class Writer:
    """Fills templates and finds out which imports the outcome needs."""

    def __init__(self) -> None:
        self._templates = jinja2.Environment(
            loader=jinja2.FileSystemLoader(Path(__file__).parent / "templates"),
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
            undefined=jinja2.StrictUndefined,
            autoescape=False,  # noqa: S701  # Python is written, not HTML
        )

    def fill(self, template: str, **values: Any) -> str:
        return self._templates.get_template(template).render(**values)

    def module(self, title: str, body: str, others: Mapping[str, str], exports: Sequence[str] = ()) -> str:
        """A module with just the imports that its body needs; `others` says where more names are from."""
        # Neither docstrings nor the members of enums, which may be called like a model, use a name.
        code = re.sub(r'"""(?:.|\n)*?"""|^    [A-Z]\w* = [\'"].*$', "", body, flags=re.MULTILINE)
        used = set(re.findall(r"\b\w+\b", code))
        sources: dict[str, list[str]] = {}
        for name, source in (_IMPORTS | dict(others)).items():
            if name.split()[-1] in used:
                sources.setdefault(source, []).append(name)
        plain = [name for name in ("builtins",) if re.search(rf"\b{name}\.", code)]
        return self.fill(
            "module.jinja",
            title=title,
            body=body,
            sources=sources,
            plain=plain,
            exports=exports,
            # Models are read by the codec at run time, so their annotations are real objects.
            postponed=not exports,
        )
