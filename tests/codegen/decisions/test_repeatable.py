"""Which operations may be sent twice? Those named in the table, and no others."""

from __future__ import annotations

import attrs

from codegen import facts
from codegen.decisions import repeatable
from codegen.write import emit
from tests.support.small_package import GET, api


class TestRepeatable:
    def test_operations_all_say_why(self) -> None:
        assert all(reason.endswith(".") for reason in repeatable.read().values())

    def test_operations_are_those_named_and_no_others(self) -> None:
        files = emit.files(facts.read())
        written = sum(text.count("repeatable=True") for path, text in files.items() if "resources" in path)
        assert written == len(repeatable.read())

    def test_operations_that_are_not_there_or_need_no_entry_are_told(self) -> None:
        post = attrs.evolve(GET, call="things.check", method="POST")
        reasons = dict.fromkeys(["things.check", "things.get", "things.gone"], "a reason")
        assert repeatable.unknown(reasons, api([GET, post], {})) == ["things.get", "things.gone"]
