"""Does the warning about a value that does not fit say what became of it?"""

from __future__ import annotations

from typing import Any

import pytest

from qovery_async import DecodeError, UnknownVariant, models
from qovery_async.codec.reader import Codec, finish
from qovery_async.codec.repair import Repair
from qovery_async.secrecy.secret import Secret

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
