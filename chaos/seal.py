"""How is garbled text told from intact text? By a checksum at its end."""

from __future__ import annotations

import zlib


def sealed(text: str) -> str:
    # Garbled text may have surrogates, which stand for bytes that are no text.
    return f"{text}-{zlib.crc32(text.encode(errors='surrogatepass')):08x}"


def unsealed(text: str) -> str | None:
    """The text without its checksum, or None if it is garbled."""
    inner, _, _ = text.rpartition("-")
    return inner if text == sealed(inner) else None
