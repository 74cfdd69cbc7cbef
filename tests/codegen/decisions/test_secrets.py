"""Is it decided of everything that looks like a secret whether it is one?"""

from __future__ import annotations

from pathlib import Path
from types import MappingProxyType

import attrs

from codegen import facts
from codegen.decisions.named import Api
from codegen.decisions.secrecy import Decision, Secrets, TextDecision
from codegen.facts import Field, ObjectSchema, ResponseFacts
from tests.support.descriptions import DECISIONS, JSON, Described
from tests.support.small_package import GET, api, model, round_trip


class TestSecrets:
    """What is one is data, and nothing that looks like one goes undecided."""

    everywhere = Decision(["password"], "a reason")
    flagged = Decision(["value"], "a reason", flag="is_secret")
    of_one = Decision(["value"], "a reason", models=["Secret"])
    texts = TextDecision(["things.get"], hidden=True, reason="a reason")
    secrets = Secrets([everywhere, flagged, of_one], [], [])
    models = MappingProxyType(
        {
            "Login": model(password="str", name="str"),
            "Variable": model(value="str", is_secret="bool"),
            "Secret": model(value="str"),
        }
    )

    def api(self, **more: facts.Schema) -> Api:
        return api([], {**self.models, **more})

    def test_of_a_model_are_those_decided_for_all_for_it_or_for_its_flag(self) -> None:
        found = {name: self.secrets.of_model(name, schema) for name, schema in self.models.items()}
        assert {name: (hidden.attributes, hidden.flag) for name, hidden in found.items()} == {
            "Login": (("password",), ""),
            "Variable": (("value",), "is_secret"),
            "Secret": (("value",), ""),
        }
        assert self.secrets.undecided(self.api()) == []
        assert [*self.secrets.idle(self.api())] == []

    def test_are_asked_for_where_a_name_says_so(self) -> None:
        door = model(api_key="str", token_id="str", has_password="bool", credentials="list[Login]")
        box = model(extra_secrets="dict[str, Any]", tokens="dict[str, int]")
        assert self.secrets.undecided(self.api(Door=door, Box=box)) == ["Door.api_key", "Box.extra_secrets"]

    def test_are_asked_for_where_the_name_is_one_in_another_model(self) -> None:
        more = self.api(Label=model(value="str"), Number=model(value="int"))
        assert self.secrets.undecided(more) == ["Label.value"]

    def test_are_asked_for_where_a_flag_says_that_there_are_some(self) -> None:
        (found,) = self.secrets.undecided(self.api(Entry=model(text="str", sensitive="bool")))
        assert found.startswith("Entry: ")

    def test_decided_twice_are_asked_for_again(self) -> None:
        twice = Secrets([self.of_one], [attrs.evolve(self.of_one)], [])
        assert twice.undecided(api([], {"Secret": model(value="str")})) == ["Secret.value"]

    def test_what_is_said_of_one_model_goes_before_what_is_said_of_all(self) -> None:
        shown = Decision(["password"], "a reason", models=["Login"])
        secrets = Secrets([self.everywhere], [shown], [])
        schemas = {"Login": model(password="str"), "Other": model(password="str")}
        assert secrets.of_model("Login", schemas["Login"]).attributes == ()
        assert secrets.undecided(api([], {**schemas})) == []

    def test_that_are_not_there_are_told(self) -> None:
        wrong = attrs.evolve(self.of_one, attributes=["value", "valeu"], models=["Secret", "Other"])
        secrets = Secrets([wrong], [], [self.texts])
        told = secrets.idle(api([GET], {"Secret": model(value="str"), "Other": model(name="str")}))
        assert [text.split()[0] for _, text in told] == ["valeu", "Other", "things.get"]

    def test_may_be_whole_texts(self) -> None:
        text = attrs.evolve(GET, responses=[ResponseFacts(200, "text/plain", "str")])
        named = attrs.evolve(text, call="things.list", responses=[ResponseFacts(200, JSON, "str", items="results")])
        assert Secrets([], [], []).undecided(api([text, named], {})) == ["things.get"]
        assert Secrets([], [], [self.texts]).undecided(api([text, named], {})) == []
        assert Secrets([], [], [self.texts]).is_text(text)

    def test_all_say_why(self) -> None:
        secrets = DECISIONS.secrets
        assert all(row.reason.endswith(".") for row in [*secrets.hidden, *secrets.shown, *secrets.text])

    def test_become_part_of_the_model(self, package: Path) -> None:
        schemas: dict[str, facts.Schema] = {
            "Thing": ObjectSchema([Field("password", "pass.word", "str"), Field("parts", "parts", "list[Part]")]),
            "Part": model(value="str", is_secret="bool"),
        }
        payload: Described = {"pass.word": "a", "parts": [{"value": "b", "is_secret": v} for v in (True, False)]}
        assert round_trip(package, schemas, payload) == (
            "Thing(password=***, parts=[Part(value=***, is_secret=True), Part(value='b', is_secret=False)])"
        )
