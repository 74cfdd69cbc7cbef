"""Does the emulator judge requests by the policy of a token as Qovery documents it?"""

from __future__ import annotations

import pytest

from qovery_async.emulator.facts.refusals import Refusal
from qovery_async.emulator.world.policies import allows, check

NAMED = """
default allow := false
mine := "e1"
allow if reads           # any of them
allow if deploys
reads if input.request.method in {"GET", "HEAD"}
deploys if {
    input.request.method != "DELETE"
    input.request.path == ["api", "environment", mine, "deploy"]
}
"""


@pytest.mark.parametrize(
    ("policy", "method", "path", "allowed"),
    [
        (NAMED, "GET", "/project/p1", True),
        (NAMED, "POST", "/environment/e1/deploy", True),
        (NAMED, "DELETE", "/environment/e1/deploy", False),
        (NAMED, "POST", "/environment/e2/deploy", False),
        ("allow := true", "DELETE", "/project/p1", True),
        ("default allow := false", "GET", "/project/p1", False),
        ('allow if { input.request.method in ["GET"]; input.request.path[1] == "project" }', "GET", "/project/p1", True),
        ('allow if { input.request.method in ["GET"]; input.request.path[1] == "project" }', "GET", "/cluster/c", False),
        ('allow if startswith(input.request.path[1], "proj")', "GET", "/project/p1", True),
        ('allow if input.request.path[7] != "x"', "GET", "/project/p1", False),
        ('allow if { input.request.method == "GET"; input.qovery_metadata.project_id == "p1" }', "GET", "/project/p1", False),
        ("allow if other\nother if allow", "GET", "/project/p1", False),
        ("allow if input.request.method == GET", "GET", "/project/p1", False),
    ],
)  # fmt: skip
def test_a_request_is_allowed_where_the_policy_says_so(policy: str, method: str, path: str, allowed: bool) -> None:  # noqa: FBT001
    check(policy)
    assert allows(policy, method, path) is allowed


@pytest.mark.parametrize(
    ("policy", "reason"),
    [
        ("package mine\nallow := true", "Qovery adds the package itself"),
        ('allow { input.request.method == "GET" }', "`if` is required"),
        ("default permit := true", "must define a rule `allow`"),
        ("", "must define a rule `allow`"),
        ("allow if { true", "must be valid Rego"),
        (f"allow := true # {'.' * 70_000}", "at most 65536 characters"),
    ],
)
def test_what_qovery_would_not_take_is_refused(policy: str, reason: str) -> None:
    with pytest.raises(Refusal, match=reason) as refused:
        check(policy)
    assert refused.value.status == 400
