"""Does the policy of an API token allow a request?

The emulator knows the part of Rego that such policies usually consist of: rules `allow if { ... }`
or `allow { ... }` whose lines compare `input.method` and `input.path`. A line that it does not know
counts as false, so that nothing is allowed by mistake.
"""

from __future__ import annotations

import re

from qovery_async.emulator.facts.refusals import Refusal

# Inside a rule, sets have braces too.
_RULE = re.compile(r"\ballow\s*(?:if\s*)?\{((?:[^{}]|\{[^{}]*\})*)\}")
_EQUAL = re.compile(r'input\.(method|path)\s*==\s*"([^"]*)"')
_IN = re.compile(r"input\.(method|path)\s+in\s+[\[{]([^\]}]*)[\]}]")
_STARTS = re.compile(r'startswith\(\s*input\.(method|path)\s*,\s*"([^"]*)"\s*\)')


def check(policy: str) -> None:
    """Checks the syntax of a policy.

    Raises:
        Refusal: 400 if it is not a Rego policy.
    """
    if not re.search(r"^\s*package\s+[\w.]+", policy, re.MULTILINE) or policy.count("{") != policy.count("}"):
        raise Refusal(400, "opa_policy: must be valid Rego")


def allows(policy: str, method: str, path: str) -> bool:
    """Whether a policy allows a request with this method and path."""
    if re.search(r"\bdefault\s+allow\s*:?=\s*true\b", policy) or re.search(
        r"^\s*allow\s*:?=\s*true\s*$", policy, re.MULTILINE
    ):
        return True
    values = {"method": method, "path": path}
    return any(all(_holds(line, values) for line in _lines(rule)) for rule in _RULE.findall(policy))


def _lines(rule: str) -> list[str]:
    lines = (line.partition("#")[0].strip() for line in re.split(r"[\n;]", rule))
    return [line for line in lines if line]


def _holds(line: str, values: dict[str, str]) -> bool:
    if found := _EQUAL.fullmatch(line):
        return values[found[1]] == found[2]
    if found := _STARTS.fullmatch(line):
        return values[found[1]].startswith(found[2])
    if found := _IN.fullmatch(line):
        return values[found[1]] in re.findall(r'"([^"]*)"', found[2])
    return line == "true"
