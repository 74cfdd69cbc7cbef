"""Which sentence says the bounds of a value, where they do not go without saying?"""

from __future__ import annotations

from codegen.facts import Bounds, Number


def said(bounds: Bounds) -> str:
    """`From 3000 to 16000.`, or nothing.

    That no number of things is negative goes without saying. A regular expression is no sentence: a note has to say it.
    """
    sentences = [
        _numbers(bounds.minimum or None, bounds.maximum),
        f"More than {bounds.exclusive_minimum}." if bounds.exclusive_minimum is not None else "",
        f"Less than {bounds.exclusive_maximum}." if bounds.exclusive_maximum is not None else "",
        _many(bounds.min_length, bounds.max_length, "characters"),
        _many(bounds.min_items, bounds.max_items, "items"),
    ]
    return " ".join(filter(None, sentences))


def _numbers(least: Number | None, most: Number | None, unit: str = "") -> str:
    if least is not None and most is not None:
        return f"From {least} to {most}{unit}."
    if most is not None:
        return f"At most {most}{unit}."
    return f"At least {least}{unit}." if least is not None else ""


def _many(least: int | None, most: int | None, things: str) -> str:
    return "Not empty." if least == 1 and most is None else _numbers(least or None, most, f" {things}")
