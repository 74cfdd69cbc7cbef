"""What changed in the streams?"""

from __future__ import annotations

from collections.abc import Iterator

from codegen.changes.change import Change, order
from codegen.changes.operations import parameters
from codegen.decisions.named import Api, NamedStream


def changes(before: Api, after: Api) -> Iterator[Change]:
    was, now = ({stream.path: stream for stream in api.streams} for api in (before, after))
    for path in was.keys() - now.keys():
        yield Change(f"Removed the stream `{path}`.", breaking=True)
    for path in now.keys() - was.keys():
        yield Change(f"Added the stream `{path}`.")
    for path in [path for path in now if path in was]:
        yield from _stream(was[path], now[path])
    yield from order("The description", "streams", [*was], [*now])


def _stream(old: NamedStream, new: NamedStream) -> Iterator[Change]:
    where = f"The stream `{new.path}`"
    if old.frame != new.frame:
        yield Change(f"{where} sends `{new.frame}`, was `{old.frame}`.", breaking=True)
    elif old.declared != new.declared:
        yield Change(f"{where} is declared to send `{new.declared}`, was `{old.declared}`.")
    yield from parameters(where, "parameter", old.parameters, new.parameters)
