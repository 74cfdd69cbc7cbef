"""Which streams are there, and what does each send? The description of the WebSockets, completed by stream-paths.toml."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import attrs

from codegen.decisions.loader import Place, SchemaName, Table
from codegen.decisions.named import Api, NamedStream
from codegen.facts import Parameter, StreamFacts, references
from codegen.spelling import snake


@attrs.frozen
class LeftOut:
    """A path that the description leaves out. Without a `frame`, its frames are bytes."""

    required: list[str]
    optional: list[str] = attrs.Factory(list)
    frame: SchemaName = ""


@attrs.frozen
class StreamPaths(Table):
    names: dict[str, str]
    frames: dict[str, str]
    paths: dict[str, LeftOut]

    def of(self, declared: Sequence[StreamFacts]) -> list[NamedStream]:
        """All streams; without declared ones, as in a description of operations alone, there are none."""
        found = [
            self._stream(each.path, each.parameters, self.frames.get(each.path, each.frame), each.frame)
            for each in declared
        ]
        known = {stream.path for stream in found}
        for path, given in self.paths.items() if declared else ():
            if path not in known:
                parameters = [
                    Parameter(name, name, "str", required=name in given.required)
                    for name in (*given.required, *given.optional)
                ]
                found.append(self._stream(path, parameters, given.frame or "bytes", ""))
        return found

    def idle(self, api: Api) -> Iterator[tuple[Place, str]]:
        known = {stream.path for stream in api.streams}
        for section in ("names", "frames"):
            for path in [path for path in getattr(self, section) if path not in known]:
                yield (section, path), f"there is no stream {path}"
        for path, frame in self.frames.items():
            for name in [name for name in references(frame) if name not in api.schemas]:
                yield ("frames", path), f"the API has no schema {name!r}"

    def _stream(self, path: str, parameters: list[Parameter], frame: str, declared: str) -> NamedStream:
        return NamedStream(path, parameters, frame, name=self.names.get(path, snake(path)), declared=declared)
