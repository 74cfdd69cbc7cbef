"""What does the console's page look like before anything has changed? Its parts stand in it, as its forms do."""

from __future__ import annotations

from collections.abc import Mapping

from qovery_async.emulator.console.control import KINDS
from qovery_async.emulator.console.markup import Markup, element

BASE = "/_emulator"
_SECTIONS: Mapping[str, str] = {
    "organization": "Environments",
    "clock": "Clock",
    "requests": "Requests",
    "faults": "Faults",
}
_ADVANCES = (("1", "1 s"), ("10", "10 s"), ("60", "1 min"), ("3600", "1 h"), ("86400", "1 day"))


def page(title: str, find: str, parts: Mapping[str, Markup]) -> str:
    """The whole page, which works without its script, too."""
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("title", f"{title} - Qovery emulator"),
        element("link", rel="icon", href="data:,"),
        element("link", rel="stylesheet", href=f"{BASE}/console.css"),
        element("script", src=f"{BASE}/console.js", defer=True),
    )
    top = element(
        "header",
        element("h1", title, element("span", "Qovery emulator", class_="about")),
        element(
            "nav",
            *(element("a", text, href=f"#{name}-title") for name, text in _SECTIONS.items()),
            aria_label="Sections",
        ),
        element("p", "Not live", id="link", role="status"),
        class_="top",
    )
    body = element(
        "body", top, element("main", _organization(find, parts), _clock(parts), _requests(parts), _faults(parts))
    )
    return f"<!DOCTYPE html>\n{element('html', head, body, lang='en')}\n"


def _clock(parts: Mapping[str, Markup]) -> Markup:
    buttons = [element("button", text, type="submit", name="seconds", value=value) for value, text in _ADVANCES]
    own = [
        _field("Seconds", "seconds", type="number", min="0", step="any", required=True),
        element("button", "Advance", type="submit"),
    ]
    return _section(
        "clock",
        _part("clock", parts),
        _form("clock", element("span", "Advance by", id="advance"), *buttons, aria_labelledby="advance"),
        _form("clock", *own),
        element("output", id="clock-said"),
    )


def _faults(parts: Mapping[str, Markup]) -> Markup:
    kinds = [element("option", text, value=kind) for kind, (text, _) in KINDS.items()]
    fields = [
        element("label", "What happens", element("select", *kinds, name="kind")),
        _field("Amount", "amount", type="number", min="0", step="any"),
        _field("For seconds", "seconds", type="number", min="0", step="any", placeholder="no end"),
        _field("Operations", "call", placeholder="projects.*, or empty for all", autocomplete="off"),
        _field("Share", "probability", type="number", min="0", max="1", step="any", placeholder="1"),
        _field("At most", "count", type="number", min="1", placeholder="any"),
    ]
    return _section(
        "faults",
        _part("faults", parts),
        _form("faults", *fields, element("button", "Inject", type="submit"), class_="fields"),
        _form("faults/clear", element("button", "Remove all faults", type="submit")),
        element("output", id="faults-said"),
    )


def _organization(find: str, parts: Mapping[str, Markup]) -> Markup:
    field = _field("Find", "find", type="search", value=find, maxlength="100", placeholder="shop staging")
    return _section(
        "organization",
        element("form", field, element("button", "Find", type="submit"), action="/", method="get", role="search"),
        _part("organization", parts),
    )


def _requests(parts: Mapping[str, Markup]) -> Markup:
    scrolled = element(
        "div", _part("requests", parts), class_="scrolled", tabindex="0", role="group", aria_label="The latest requests"
    )
    return _section("requests", scrolled)


def _field(label: str, name: str, **attributes: str | bool) -> Markup:
    return element("label", label, element("input", name=name, **attributes))


def _section(name: str, *children: Markup) -> Markup:
    heading = element("h2", _SECTIONS[name], id=f"{name}-title")
    return element("section", heading, *children, aria_labelledby=f"{name}-title", class_=name)


def _part(name: str, parts: Mapping[str, Markup]) -> Markup:
    return element("div", parts[name], id=name)


def _form(path: str, *children: Markup, **attributes: str) -> Markup:
    return element("form", *children, action=f"{BASE}/{path}", method="post", **attributes)
