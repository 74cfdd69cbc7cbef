"""How is text put into HTML? Escaped, always: names come from whoever uses the emulator."""

from __future__ import annotations

import html

EMPTY = frozenset({"input", "link", "meta"})
"""Elements without an end tag."""


class Markup(str):
    """Text that is HTML already. Everything else is escaped where it is put into an element."""

    __slots__ = ()


Child = str | None


def element(tag: str, /, *children: Child, **attributes: str | bool | None) -> Markup:
    """An element. `class_` and `for_` are the attributes of these names, `aria_label` is `aria-label`.

    An attribute with False or None is left out, and one with True has no value. None is no child.
    """
    words = [tag]
    for key, value in attributes.items():
        if value is None or value is False:
            continue
        written = key.rstrip("_").replace("_", "-")
        words.append(written if value is True else f'{written}="{html.escape(value)}"')
    start = f"<{' '.join(words)}>"
    return Markup(start if tag in EMPTY else f"{start}{together(*children)}</{tag}>")


def together(*children: Child) -> Markup:
    """Several pieces of HTML or text, one after another."""
    return Markup("".join(_escaped(child) for child in children if child is not None))


def _escaped(child: str) -> str:
    return child if isinstance(child, Markup) else html.escape(child)
