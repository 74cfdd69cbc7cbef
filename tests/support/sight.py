"""In which places of an error could somebody see a secret: message, frames, causes, pickle?"""

from __future__ import annotations

import pickle
import traceback
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import FrameType
from typing import Any, cast

import attrs

TOKEN = "qov_Zq7/Xk29+Wm4Bv8Hn3JtR6yLd5Pf1Gs0=AcEu"
"""Long, with capitals, and with characters that JSON and addresses may spell in other ways."""

_TESTS = str(Path(__file__).parent.parent)


@attrs.frozen
class Needle:
    """A secret and all its pieces: half a token tells too much already."""

    secret: str = attrs.field(repr=False)
    piece: int = 10

    def stands_in(self, text: str) -> bool:
        folded, secret = text.casefold(), self.secret.casefold()
        size = min(self.piece, len(secret))
        return any(secret[at : at + size] in folded for at in range(len(secret) - size + 1))

    def places_in(self, error: BaseException) -> list[str]:
        """Where a person, an error tracker or another process would find it."""
        return sorted({place for place, text in _shown(error, set()) if self.stands_in(text)})


def _shown(error: BaseException, done: set[int]) -> Iterator[tuple[str, str]]:
    """All texts of an error and of those behind it, each with where it stands."""
    if id(error) in done:
        return
    done.add(id(error))
    kind = type(error).__name__
    yield f"{kind}: message", f"{error} {error!r}"
    for name, value in {"args": error.args, **vars(error)}.items():
        yield from _texts(f"{kind}.{name}", value)
    yield from _pickled(kind, error)
    for frame in _frames(error):
        for name, value in frame.f_locals.items():
            yield from _texts(f"{kind}: {frame.f_code.co_name}: {name}", value)
    yield f"{kind}: traceback", "".join(traceback.format_exception(error))
    for behind in (error.__cause__, error.__context__, *getattr(error, "exceptions", ())):
        if behind is not None:
            yield from _shown(behind, done)


def _frames(error: BaseException) -> list[FrameType]:
    """Without the frames of the test and of its callers: users hold the token themselves."""
    frames = [frame for frame, _ in traceback.walk_tb(error.__traceback__)]
    ours = [at for at, frame in enumerate(frames) if frame.f_globals.get("__name__", "").startswith("qovery_")]
    return [frame for frame in frames[min(ours, default=0) :] if not frame.f_code.co_filename.startswith(_TESTS)]


def _pickled(kind: str, error: BaseException) -> Iterator[tuple[str, str]]:
    try:
        yield f"{kind}: pickle", pickle.dumps(error).decode("latin1")
    except (TypeError, AttributeError, pickle.PicklingError):
        return


def _texts(place: str, value: Any, depth: int = 4) -> Iterator[tuple[str, str]]:
    """What error trackers make of a value: its `repr`, and that of what plain containers hold."""
    try:
        yield place, repr(value)
    except Exception as error:  # noqa: BLE001  # a `repr` that fails shows nothing
        yield place, repr(error)
    inner: list[object] = []
    if isinstance(value, bytes):
        yield place, value.decode("latin1")
    elif isinstance(value, BaseException):
        inner = [value.args, vars(value)]
    elif isinstance(value, Mapping):
        inner = [*value.keys(), *value.values()]
    elif isinstance(value, (list, tuple, set, frozenset)):
        inner = list(cast("Iterable[object]", value))
    for item in inner if depth else []:
        yield from _texts(place, item, depth - 1)
