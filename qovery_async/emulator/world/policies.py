"""Does a policy allow a request? The part of Rego that API tokens are usually restricted with.

Understood are rules `allow if { ... }` (or `allow { ... }`) whose lines compare `input.method` and
`input.path`. A line that is not understood does not hold, so that nothing is allowed by mistake.
"""

from __future__ import annotations

import re

from qovery_async.emulator.facts.refusals import Problem

_RULE = re.compile(r"\ballow\s*(?:if\s*)?\{([^}]*)\}")
_EQUAL = re.compile(r'input\.(method|path)\s*==\s*"([^"]*)"')
_IN = re.compile(r"input\.(method|path)\s+in\s+[\[{]([^\]}]*)[\]}]?")
_STARTS = re.compile(r'startswith\(\s*input\.(method|path)\s*,\s*"([^"]*)"\s*\)')


def check(policy: str) -> None:
    """Whether it is a policy at all.

    Raises:
        Problem: 400, it is not.
    """
    if not re.search(r"^\s*package\s+[\w.]+", policy, re.MULTILINE) or policy.count("{") != policy.count("}"):
        raise Problem(400, "opa_policy: is not valid Rego")


def allows(policy: str, method: str, path: str) -> bool:
    if re.search(r"\bdefault\s+allow\s*:?=\s*true\b", policy) or re.search(
        r"^\s*allow\s*:?=\s*true\s*$", policy, re.MULTILINE
    ):
        return True
    said = {"method": method, "path": path}
    return any(all(_holds(line, said) for line in _lines(rule)) for rule in _RULE.findall(policy))


def _lines(rule: str) -> list[str]:
    lines = (line.partition("#")[0].strip() for line in re.split(r"[\n;]", rule))
    return [line for line in lines if line]


def _holds(line: str, said: dict[str, str]) -> bool:
    if found := _EQUAL.fullmatch(line):
        return said[found[1]] == found[2]
    if found := _STARTS.fullmatch(line):
        return said[found[1]].startswith(found[2])
    if found := _IN.fullmatch(line):
        return said[found[1]] in re.findall(r'"([^"]*)"', found[2])
    return line == "true"
