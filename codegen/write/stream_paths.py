"""Which parameters does the handshake of each stream take? The content of qovery_async/streams/paths.py."""

from __future__ import annotations

from codegen.decisions.named import Api
from codegen.write.module import Writer

PATH = "qovery_async/streams/paths.py"


def files(api: Api, writer: Writer) -> dict[str, str]:
    if not api.streams:
        return {}
    return {PATH: writer.fill("stream_paths.jinja", streams=api.streams)}
