"""Is what the description writes down several times one class, and is nothing joined that only looks alike?"""

from __future__ import annotations

import attrs
import pytest

from codegen import facts
from codegen.decisions.enums import Apart, Enums, One
from codegen.decisions.named import Api
from codegen.facts import EnumSchema, Field, ObjectSchema, OperationFacts, Parameter, ResponseFacts
from qovery_async import models
from tests.support.descriptions import DECISIONS

MODES = One("Mode", ["Mode", "CreateMode"], "One mode.")


def named(*one: One, apart: tuple[Apart, ...] = (), **schemas: facts.Schema) -> Api:
    query = [Parameter("mode", "mode", "CreateMode")]
    operation = OperationFacts("getThing", "GET", "/thing", [], [ResponseFacts(204)], [], query=query)
    thing = ObjectSchema([Field("modes", "modes", "list[CreateMode]")])
    read = facts.ApiFacts("1", [operation], {"Thing": thing, **schemas}, {})
    return attrs.evolve(DECISIONS, enums=Enums([*one], [*apart])).name(read)


class TestEnumsThatAreOne:
    def test_have_all_values_in_one_class_that_is_named_everywhere(self) -> None:
        api = named(MODES, CreateMode=EnumSchema(["ON", "NEW"]), Mode=EnumSchema(["OFF", "ON"]))
        assert api.schemas == {
            "Mode": EnumSchema(["OFF", "ON", "NEW"]),
            "Thing": ObjectSchema([Field("modes", "modes", "list[Mode]")]),
        }
        assert api.operations[0].query[0].type == "Mode"

    def test_keep_what_each_had(self) -> None:
        found = {"CreateMode": EnumSchema(["ON"]), "Mode": EnumSchema(["OFF", "ON"])}
        assert named(MODES, **found).joined == found

    def test_may_have_a_name_that_none_of_them_has(self) -> None:
        row = attrs.evolve(MODES, name="State")
        assert named(row, CreateMode=EnumSchema(["A"]), Mode=EnumSchema(["A"])).schemas["State"] == EnumSchema(["A"])

    @pytest.mark.parametrize("other", [ObjectSchema([]), EnumSchema(["B"])])
    def test_do_not_take_the_name_of_another_schema(self, other: facts.Schema) -> None:
        row = attrs.evolve(MODES, name="State")
        api = named(row, CreateMode=EnumSchema(["A"]), Mode=EnumSchema(["A"]), State=other)
        assert (api.schemas["State"], [*api.schemas]) == (other, ["CreateMode", "Mode", "State", "Thing"])
        assert len([*Enums([row], []).idle(api)]) == 2


class TestDecisions:
    def test_are_asked_for_where_values_are_the_same(self) -> None:
        alike = {"CreateMode": EnumSchema(["A", "B"]), "Mode": EnumSchema(["B", "A"]), "Tag": EnumSchema(["A"])}
        api = named(**alike, OtherTag=EnumSchema(["A"]))
        assert Enums([], []).undecided(api) == ["CreateMode, Mode"]
        assert Enums([], [Apart(["Mode", "CreateMode"], "R.")]).undecided(api) == []
        assert Enums([MODES], []).undecided(named(MODES, **alike)) == []

    def test_all_say_why(self) -> None:
        rows = [*DECISIONS.enums.one, *DECISIONS.enums.apart]
        assert [row.reason for row in rows if not row.reason.endswith(".")] == []

    def test_leave_one_class_for_the_mode_of_an_environment(self) -> None:
        """What was read can be sent, for type checkers too."""
        assert not hasattr(models, "CreateEnvironmentModeEnum")
        read = attrs.fields_dict(models.Environment)["mode"].type
        for name in ("CreateEnvironmentRequest", "EnvironmentEditRequest"):
            (sent,) = [f.type for f in attrs.fields(getattr(models, name)) if f.name == "mode"]
            assert str(read.__name__) in str(sent)
            assert "mode: Any but `PREVIEW`." in getattr(models, name).__doc__
