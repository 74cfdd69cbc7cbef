"""Which facts does a description hold, once it is corrected?"""

from __future__ import annotations

from codegen.decisions.tables import Correction
from codegen.facts import ApiFacts, OperationFacts, StreamFacts
from codegen.read import corrections, description
from codegen.read.description import Node
from codegen.read.operations import OperationReader
from codegen.read.schemas import SchemaReader


def read(source: str, to_correct: list[Correction]) -> ApiFacts:
    """The facts of a description: of operations, or of streams where its servers are WebSockets."""
    root = description.load(source)
    has_streams = _has_streams(root)
    ours = [correction for correction in to_correct if correction.of == ("streams" if has_streams else "api")]
    idle = corrections.apply(root, ours)
    schemas = SchemaReader(root)
    operations = OperationReader(root, schemas).read_all()
    if has_streams:
        schemas.read_declared()  # some frames are sent on paths that are declared as text
    return ApiFacts(
        version=str(root.child("info").value["version"]),
        operations=[] if has_streams else operations,
        schemas=schemas.finish(),
        unnamed=schemas.unnamed(),
        corrected=[correction.at for correction in ours if correction not in idle],
        streams=[_stream(operation) for operation in operations] if has_streams else [],
    )


def _has_streams(root: Node) -> bool:
    servers = root.get("servers")
    addresses = [server.child("url").value for server in servers.elements()] if servers else []
    return any(address.startswith(("ws:", "wss:")) for address in addresses)


def _stream(operation: OperationFacts) -> StreamFacts:
    (response,) = operation.responses
    return StreamFacts(operation.path, operation.query, str(response.type))
