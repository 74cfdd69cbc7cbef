"""How does a string from outside go into a message or a log line?"""

from __future__ import annotations


def one_line(text: str, limit: int = 200) -> str:
    """The string on one line of at most `limit` characters, with nothing that a terminal would obey."""
    words = " ".join(text[: 2 * limit].split())
    line = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in words)
    return line if len(line) <= limit and len(text) <= 2 * limit else f"{line[: limit - 1]}…"
