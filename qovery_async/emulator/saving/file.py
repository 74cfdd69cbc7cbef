"""What is in the file of a saved emulator, and how is it written so that it is never half there?

The file has tokens and secret values as they are, so only its owner may read it.
"""

from __future__ import annotations

import json
import os
import tempfile
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import attrs

from qovery_async.codec.plain import is_object
from qovery_async.emulator.saving.plain import Json

FORMAT: Final = "qovery-emulator"
VERSION: Final = 1
"""The version of what is in a file. Another one is refused, since no version is read but this one."""
_ODD: Final = "surrogatepass"
"""Clients may send halves of characters, and get them back."""


class BadStateFile(ValueError):
    """A file of `Emulator(state=...)` that cannot be read, with its path and the reason."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path}: {reason}")


@attrs.frozen(kw_only=True)
class Saved:
    """An emulator in a file: what it was made of, its time, and what each of its parts knew."""

    seed: int
    token: str
    now: datetime
    elapsed: float
    parts: Json


def load(path: Path) -> Saved | None:
    """What is in a file, or None if there is none.

    Raises:
        BadStateFile: It is not a file of this version, or it is broken.
    """
    try:
        text = path.read_text(encoding="utf-8", errors=_ODD)
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise BadStateFile(path, f"it cannot be read: {error}") from None
    try:
        found: Any = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadStateFile(path, f"it is no JSON ({error}); delete it to start anew") from None
    if not is_object(found) or found.get("format") != FORMAT:
        raise BadStateFile(path, "it is no state of an emulator; name another file")
    if found.get("version") != VERSION:
        advice = "use the version of the SDK that wrote it, or delete it to start anew"
        raise BadStateFile(
            path, f"it has version {found.get('version')!r}, and this emulator reads {VERSION}; {advice}"
        )
    try:
        clock = found["clock"]
        return Saved(
            seed=int(found["seed"]),
            token=str(found["token"]),
            now=datetime.fromisoformat(clock["now"]),
            elapsed=float(clock["elapsed"]),
            parts=found["parts"],
        )
    except Exception as error:
        raise broken(path, error) from error


def broken(path: Path, error: Exception) -> BadStateFile:
    """The error for a file whose content does not fit together."""
    return BadStateFile(path, f"it is broken ({type(error).__name__}: {error}); delete it to start anew")


def save(path: Path, saved: Saved) -> None:
    """Writes a file anew. Whoever reads it meanwhile finds the old one, and a failure leaves the old one."""
    content = {
        "format": FORMAT,
        "version": VERSION,
        "seed": saved.seed,
        "token": saved.token,
        "clock": {"now": saved.now.isoformat(), "elapsed": saved.elapsed},
        "parts": saved.parts,
    }
    text = json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False)
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", errors=_ODD) as file:
            file.write(f"{text}\n")
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
