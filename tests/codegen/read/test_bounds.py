"""Which bounds of the values of a field are facts, and how are they said?"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from codegen import facts
from codegen.decisions.bounds import said
from codegen.facts import Bounds, ObjectSchema
from codegen.write import layout
from codegen.write.emulator_facts import operations
from tests.support.descriptions import (
    DECISIONS,
    TEXT,
    Described,
    Read,
    document,
    fields,
    object_,
    operation,
    ref,
    thing,
)

SMALL: Described = {"type": "integer", "minimum": 1, "maximum": 9}
WITHIN = Bounds(minimum=1, maximum=9)


class TestBounds:
    @pytest.mark.parametrize(
        ("schema", "bounds"),
        [
            (TEXT, Bounds()),
            (SMALL, WITHIN),
            ({**SMALL, "nullable": True}, WITHIN),
            ({**TEXT, "minLength": 1, "maxLength": 5, "pattern": "^a"}, Bounds(min_length=1, max_length=5, pattern="^a")),
            ({"type": "array", "items": TEXT, "minItems": 1, "maxItems": 2}, Bounds(min_items=1, max_items=2)),
            ({"type": "number", "exclusiveMinimum": 0.5}, Bounds(exclusive_minimum=0.5)),
            ({"type": "integer", "maximum": 9, "exclusiveMaximum": True}, Bounds(exclusive_maximum=9)),
            ({"type": "integer", "maximum": 9, "exclusiveMaximum": False}, Bounds(maximum=9)),
            (ref("Small"), WITHIN),
            ({"allOf": [ref("Small")], "nullable": True, "maximum": 5}, Bounds(minimum=1, maximum=5)),
            ({"oneOf": [ref("Small"), {"type": "null"}]}, WITHIN),
            ({"type": "array", "items": SMALL}, Bounds()),
            (object_(inner=SMALL), Bounds()),
        ],
        ids=str,
    )  # fmt: skip
    def test_of_a_field_are_facts(self, schema: Described, bounds: Bounds, read: Read) -> None:
        assert fields(read(thing(object_(field=schema), Small=SMALL)))["field"].bounds == bounds

    @pytest.mark.parametrize("pattern", ["(", "[a", r"\p{L}"])
    def test_stop_at_a_pattern_that_python_does_not_have(
        self, pattern: str, stopped: Callable[[Described], str]
    ) -> None:
        described = thing(object_(field={**TEXT, "pattern": pattern}))
        assert stopped(described) == "#/components/schemas/Thing/properties/field/pattern"

    @pytest.mark.parametrize(
        ("bounds", "sentence"),
        [
            (Bounds(), ""),
            (Bounds(minimum=0), ""),
            (Bounds(minimum=1), "At least 1."),
            (Bounds(maximum=5), "At most 5."),
            (Bounds(minimum=3000, maximum=16000), "From 3000 to 16000."),
            (Bounds(exclusive_minimum=0), "More than 0."),
            (Bounds(exclusive_maximum=0.5), "Less than 0.5."),
            (Bounds(min_length=1), "Not empty."),
            (Bounds(max_length=255), "At most 255 characters."),
            (Bounds(min_length=1, max_length=128), "From 1 to 128 characters."),
            (Bounds(min_items=2), "At least 2 items."),
            (Bounds(min_items=0, max_items=9, pattern="^a"), "At most 9 items."),
        ],
        ids=str,
    )
    def test_are_said_where_they_do_not_go_without_saying(self, bounds: Bounds, sentence: str) -> None:
        assert said(bounds) == sentence

    def test_of_what_is_sent_are_all_that_the_emulator_gets(self, read: Read) -> None:
        content: Any = {"content": {"application/json": {"schema": ref("Sent")}}}
        paths = {"/thing": {"post": operation("createThing", requestBody=content)}}
        sent, shown = object_(size=SMALL, part=ref("Part")), object_(size=SMALL)
        api = read(document(paths, Thing=shown, Sent=sent, Part=object_(**{"a.b": {**TEXT, "maxLength": 5}}))).named
        written = operations(api, layout.arrange(api))
        assert '"Sent": {"size": {"minimum": 1, "maximum": 9}}' in written
        assert '"Part": {"a.b": {"max_length": 5}}' in written
        assert '"Thing": {' not in written

    def test_of_todays_description_are_there(self) -> None:
        schema = DECISIONS.name(facts.read()).schemas["ClusterRequest"]
        assert isinstance(schema, ObjectSchema)
        found = {field.name: field.bounds for field in schema.fields if field.bounds.items()}
        assert found["disk_iops"] == Bounds(minimum=3000, maximum=16000)
