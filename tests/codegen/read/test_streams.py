"""A description whose servers are WebSockets is read as streams."""

from __future__ import annotations

from typing import Any

from codegen.facts import StreamFacts
from tests.support.descriptions import TEXT, Read, document, object_, operation, ref

PARAMETERS = [
    {"name": "service", "in": "path", "required": True, "schema": TEXT},
    {"name": "limit", "in": "path", "required": True, "schema": {"type": ["integer", "null"]}},
]


def described(**members: Any) -> dict[str, Any]:
    found = document({"/things": {"get": operation(parameters=PARAMETERS)}}, Left=object_(inner=ref("Thing")))
    return {**found, "openapi": "3.1.0", "servers": [{"url": "wss://ws.example.com"}], **members}


class TestStreams:
    def test_take_their_parameters_in_the_query(self, read: Read) -> None:
        facts = read(described()).api
        assert facts.operations == []
        (stream,) = facts.streams
        assert isinstance(stream, StreamFacts)
        assert (stream.path, stream.frame) == ("/things", "Thing")
        assert [(p.wire, p.type) for p in stream.parameters] == [("service", "str"), ("limit", "int")]

    def test_can_leave_out_what_may_be_null(self, read: Read) -> None:
        (stream,) = read(described()).api.streams
        assert [(p.name, p.required) for p in stream.parameters] == [("service", True), ("limit", False)]

    def test_have_models_for_all_that_is_declared(self, read: Read) -> None:
        assert [*read(described()).api.schemas] == ["Left", "Thing"]

    def test_are_operations_where_no_server_is_a_websocket(self, read: Read) -> None:
        facts = read(described(servers=[{"url": "https://api.example.com"}])).api
        assert (len(facts.operations), facts.streams) == (1, [])
        assert [*facts.schemas] == ["Thing"]
