"""Which operations may be sent twice? Those named in the table, and no others."""

from __future__ import annotations

import attrs

from codegen import facts
from codegen.decisions.tables import Repeatable
from codegen.write import emit
from tests.support.descriptions import DECISIONS
from tests.support.small_package import GET, api


class TestRepeatable:
    def test_operations_all_say_why(self) -> None:
        assert all(reason.endswith(".") for reason in DECISIONS.repeatable.repeatable.values())

    def test_operations_are_those_named_and_no_others(self) -> None:
        files = emit.files(DECISIONS.name(facts.read()))
        written = sum(text.count("repeatable=True") for path, text in files.items() if "resources" in path)
        assert written == len(DECISIONS.repeatable.repeatable)

    def test_operations_that_are_not_there_or_need_no_entry_are_told(self) -> None:
        post = attrs.evolve(GET, call="things.check", method="POST")
        table = Repeatable(dict.fromkeys(["things.check", "things.get"], "a reason"))
        assert [place for place, _ in table.idle(api([GET, post], {}))] == [("repeatable", "things.get")]
