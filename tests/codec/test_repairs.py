"""What is read where something does not fit, and does the warning say what became of it?"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest

from qovery_async import DecodeError, UnknownVariant, models
from qovery_async.codec.converter import decoder
from qovery_async.codec.plain import DEEPEST
from qovery_async.codec.reader import Codec, finish
from qovery_async.codec.repair import MOST_PLACES, Repair, TooDeep
from qovery_async.secrecy.secret import Secret
from tests.support.tree import LEAF, NEEDED, OPTIONAL, WRONG, Leaf, Nest, Part, Tree, Twig

PORT = {"id": "p", "internal_port": 80, "publicly_accessible": True, "protocol": "HTTP"}
FEATURE = models.ClusterRequestFeatureValue


def lacking(key: str) -> dict[str, Any]:
    return {k: v for k, v in PORT.items() if k != key}


def repaired(value: Any, type_: Any) -> tuple[Any, str]:
    """What the value was read as, and the only warning."""
    repair = Repair()
    (found,) = finish(repair.read([value], list[type_], "", ""))
    (problem,) = repair.problems.values()
    return found, f"{problem.said(str)}; {problem.done}"


@pytest.mark.parametrize(
    ("came", "read", "says"),
    [
        (lacking("internal_port"), None, "is missing; read as None"),
        ({**PORT, "internal_port": None}, None, "expected int, got null; kept unchanged"),
        ({**PORT, "internal_port": "8080"}, 8080, "expected int, got '8080'; converted to int"),
        ({**PORT, "internal_port": 8080.0}, 8080, "expected int, got 8080.0; converted to int"),
        ({**PORT, "internal_port": 80.5}, 80.5, "expected int, got 80.5; kept unchanged"),
        ({**PORT, "internal_port": True}, True, "expected int, got True; kept unchanged"),
        ({**PORT, "internal_port": "http"}, "http", "expected int, got 'http'; kept unchanged"),
        ({**PORT, "internal_port": "8_080"}, "8_080", "expected int, got '8_080'; kept unchanged"),
        ({**PORT, "internal_port": "\u0668\u0660"}, "\u0668\u0660", "expected int, got '\u0668\u0660'; kept unchanged"),
        ({**PORT, "internal_port": [80]}, [80], "expected int, got a list; kept unchanged"),
    ],
)
def test_a_number_says_whether_it_was_missing_converted_or_kept(came: Any, read: Any, says: str) -> None:
    port, said = repaired(came, models.ServicePort)
    assert (port.internal_port, type(port.internal_port)) == (read, type(read))
    assert said == f"[0].internal_port: {says}"


@pytest.mark.parametrize(
    ("came", "type_", "read", "says"),
    [
        ("TRUE", bool, True, "expected bool, got 'TRUE'; converted to bool"),
        (1, bool, 1, "expected bool, got 1; kept unchanged"),
        (1.5, str, "1.5", "expected str, got 1.5; converted to str"),
        (False, str, False, "expected str, got False; kept unchanged"),
        ("1e3", float, 1000.0, "expected float, got '1e3'; converted to float"),
        ("nan", float, "nan", "expected float, got 'nan'; kept unchanged"),
        (7, models.StateEnum, 7, "expected StateEnum, got 7; kept unchanged"),
        ([], models.Project, [], "expected an object (Project), got a list; kept unchanged"),
        ({}, list[str], {}, "expected a list, got an object; kept unchanged"),
        ("x", dict[str, str], "x", "expected an object, got 'x'; kept unchanged"),
        ("yes", bool, "yes", "expected bool, got 'yes'; kept unchanged"),
        ("inf", float, "inf", "expected float, got 'inf'; kept unchanged"),
        ("soon", datetime, "soon", "expected a date-time, got 'soon'; kept unchanged"),
        ("soon", date, "soon", "expected a date, got 'soon'; kept unchanged"),
        (5, date, 5, "expected a date, got 5; kept unchanged"),
        ([], FEATURE, [], "expected str or bool or an object, got a list; kept unchanged"),
        (5, models.HelmResponseSource, 5, "expected an object, got 5; kept unchanged"),
    ],
)
def test_every_type_says_what_it_expected_and_what_it_did(came: Any, type_: Any, read: Any, says: str) -> None:
    found, said = repaired(came, type_)
    assert (found, type(found)) == (read, type(read))
    assert said == f"[0]: {says}"


def test_a_kind_that_is_not_known_is_no_problem() -> None:
    repair = Repair()
    assert finish(repair.read({"new": 1}, models.HelmResponseSource, "", "")) == UnknownVariant({"new": 1})
    assert repair.problems == {}


@pytest.mark.parametrize("length", [150, 180, 195])
def test_half_of_a_secret_is_not_shown_where_a_long_key_is_cut(length: int, caplog: pytest.LogCaptureFixture) -> None:
    secret = Secret("qov_Zq7-Xk29-Wm4Bv8Hn3Rt6Yp1Ls5")
    value = {"x" * length + secret.reveal(): 5}
    Codec(strict=False).decode(value, dict[str, str], operation="test", hide=secret.hidden_in)
    with pytest.raises(DecodeError) as failed:
        Codec(strict=True).decode(value, dict[str, str], operation="test", hide=secret.hidden_in)
    assert "qov_" not in f"{caplog.text}{failed.value}"


def noted(value: Any, type_: Any) -> tuple[Any, list[str], Repair]:
    """What the value was read as, with all warnings."""
    repair = Repair()
    found = finish(repair.read(value, type_, "", ""))
    assert [*repair.problems] == [problem.place for problem in repair.problems.values()]
    return found, [problem.said(str) for problem in repair.problems.values()], repair


class TestARepairedObject:
    @pytest.mark.parametrize(
        "came", [NEEDED, NEEDED | OPTIONAL, {**NEEDED, **dict.fromkeys(OPTIONAL), "new": {"a": 1}}]
    )
    def test_that_fits_is_what_the_fast_decoder_reads(self, came: dict[str, Any]) -> None:
        found, said, repair = noted(came, Tree)
        fast = decoder(Tree)(came, Tree)
        assert (found, found.absent, found.extra) == (fast, fast.absent, fast.extra)
        assert (said, repair.count) == ([], 0)
        for name in ("at", "day", "colour", "may_at", "may_colour", "part"):
            assert type(getattr(found, name)) is type(getattr(fast, name))

    @pytest.mark.parametrize(("key", "value"), [(key, value) for key, values in WRONG.items() for value in values])
    def test_that_does_not_fit_in_one_place_keeps_all_others(self, key: str, value: Any) -> None:
        found, said, _ = noted({**NEEDED, **OPTIONAL, key: value, "new": 1}, Tree)
        expected, name = noted({**NEEDED, **OPTIONAL, "new": 1}, Tree)[0], key.replace("re.named", "renamed")
        name = name.replace("may.", "may_")
        setattr(expected, name, getattr(found, name))
        assert found == expected
        assert said
        assert all(line.startswith(key) for line in said)

    @pytest.mark.parametrize("key", NEEDED)
    def test_that_lacks_a_key_says_so(self, key: str) -> None:
        found, said, _ = noted({k: v for k, v in NEEDED.items() if k != key}, Tree)
        name = key.replace("re.named", "renamed")
        assert said == [f"{key}: is missing"]
        assert (getattr(found, name), name in found.absent) == (None, True)
        assert found.text == ("a" if key != "text" else None)
        assert found.renamed == ("b" if key != "re.named" else None)

    def test_may_hold_its_own_kind(self) -> None:
        found, said, _ = noted({"inner": {"inner": {}}, "others": [{}, 5], "named": {"a": {"others": 7}}}, Nest)
        assert (found.inner, found.others) == (Nest(inner=Nest()), [Nest(), 5])
        assert said == ["others[1]: expected an object (Nest), got 5", "named.a.others: expected a list, got 7"]

    def test_of_a_union_is_that_of_its_tag(self) -> None:
        found, said, _ = noted(
            [LEAF, {"kind": "twig", "leaves": [LEAF, {"kind": 5, "size": 1}]}, {"kind": "new"}], list[Part]
        )
        assert found[:1] == [Leaf(kind="leaf", size=1)]
        assert found[1] == Twig(kind="twig", leaves=[Leaf(kind="leaf", size=1), Leaf(kind="5", size=1)])
        assert found[2] == UnknownVariant({"kind": "new"})
        assert said == ["[1].leaves[1].kind: expected str, got 5"]

    def test_may_be_null_in_a_list_where_its_type_says_so(self) -> None:
        found, said, _ = noted([None, LEAF, 5], list[Leaf | None])
        assert found == [None, Leaf(kind="leaf", size=1), 5]
        assert said == ["[2]: expected an object (Leaf), got 5"]


class TestAPlace:
    def test_is_named_once_however_often_it_does_not_fit(self) -> None:
        leaves = [{"kind": n, "size": "x"} for n in range(3)]
        by_name = {"a": {"kind": 1, "size": 1}, "b": {"kind": 2, "size": 2}}
        _, said, repair = noted({**NEEDED, "leaves": leaves, "by_name": by_name, "part": 5, "text": 1}, Tree)
        assert said == [
            "text: expected str, got 1",
            "leaves[0].kind: expected str, got 0",
            "leaves[0].size: expected int, got 'x'",
            "part: expected an object, got 5",
            "by_name.a.kind: expected str, got 1",
        ]
        assert [*repair.problems] == ["text", "leaves[].kind", "leaves[].size", "part", "by_name.*.kind"]
        assert repair.count == 10

    def test_is_the_same_for_all_that_may_stand_there(self) -> None:
        for type_, values in (
            (list[list[int]], [5, 6]), (list[dict[str, int]], [5, 6]), (list[Part], [5, 6]), (list[Leaf], [5, 6]),
            (list[Leaf], [{}, {}]),
        ):  # fmt: skip
            repair = noted(values, type_)[2]
            assert repair.count == 2 * len(repair.problems)
            assert all(place.startswith("[]") for place in repair.problems)
        nested = noted([{"kind": "leaf", "size": "x"}] * 2, list[Part])[2]
        assert ([*nested.problems], nested.count) == (["[].size"], 2)

    def test_of_no_name_is_the_whole_value(self) -> None:
        assert noted(5, Leaf)[1] == ["the whole value: expected an object (Leaf), got 5"]

    def test_counts_from_the_first_item_of_the_list(self) -> None:
        with pytest.raises(DecodeError, match=r"^test: \[250\]\.size: expected int, got 'x'$"):
            Codec(strict=True).decode([*[LEAF] * 250, {**LEAF, "size": "x"}], list[Leaf], operation="test")

    def test_of_which_there_are_too_many_is_an_error(self) -> None:
        fits = dict.fromkeys(map(str, range(MOST_PLACES)), 1)
        assert len(noted([fits], list[dict[str, str]])[1]) == 1
        repair = Repair()
        for number in range(MOST_PLACES):
            repair.note("", str(number), "", "")
        repair.note("", "0", "", "")
        with pytest.raises(DecodeError, match=f"^does not fit in more than {MOST_PLACES} places$"):
            repair.note("", "one more", "", "")


class TestASecret:
    def test_is_not_shown_where_it_does_not_fit(self) -> None:
        leaf = {"kind": 123, "size": "x"}
        _, said, _ = noted([{"password": leaf}, {"size": leaf}], list[dict[str, Leaf]])
        assert said == ["[0].password.kind: expected str, got int", "[0].password.size: expected int, got str"]
        _, said, _ = noted([{"size": leaf}, {"password": leaf}], list[dict[str, Leaf]])
        assert said == ["[0].size.kind: expected str, got 123", "[0].size.size: expected int, got 'x'"]

    def test_is_not_shown_by_the_name_that_stands_beside_it(self) -> None:
        variable = {"key": "API_TOKEN", "value": 123}
        assert "123" not in " ".join(noted(variable, models.VariableImport)[1])

    def test_of_a_model_is_not_shown(self) -> None:
        _, said, _ = noted({"name": "n", "token": 123, "type": 5}, models.GitTokenRequest)
        assert "token: expected str, got int" in said
        assert "type: expected GitProviderEnum, got 5" in said


class TestJsonThatIsTooDeep:
    DEEP: Any = 1
    for _ in range(DEEPEST + 1):
        DEEP = [DEEP]

    @pytest.mark.parametrize(
        ("came", "type_", "where"),
        [
            (DEEP, Any, "the whole value"),
            ({**NEEDED, "free": DEEP}, Tree, "free"),
            ({**NEEDED, "text": DEEP}, Tree, "text"),
            ({**NEEDED, "new": DEEP}, Tree, "the whole value"),
            ([{**LEAF, "new": DEEP}], list[Leaf], "[0]"),
            ([{"kind": "new", "deep": DEEP}], list[Part], "[0]"),
        ],
    )
    def test_is_refused_with_its_place(self, came: Any, type_: Any, where: str) -> None:
        with pytest.raises(TooDeep) as caught:
            noted(came, type_)
        assert str(caught.value) == f"{where} is nested more than {DEEPEST} levels deep"
