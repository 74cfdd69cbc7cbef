"""Does the policy of an API token allow a request?

The emulator knows the part of Rego that such policies usually consist of: rules `allow if { ... }`, rules that these name,
and constants. Their lines compare `input.request.method` and `input.request.path`, whose first segment is `api`. A line
that it does not know counts as false, so that nothing is allowed by mistake; `input.qovery_metadata` is one.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from qovery_async.emulator.facts.refusals import Refusal

_MOST = 65_536
"""Characters of a policy."""
_RULE = re.compile(
    r"^[ \t]*(\w+)[ \t]+if\b[ \t]*(?:\{((?:[^{}]|\{[^{}]*\})*)\}|([^{\n]+(?:\{[^{}]*\})?))", re.MULTILINE
)
_CONSTANT = re.compile(r'^[ \t]*(\w+)[ \t]*:=[ \t]*("[^"]*")[ \t]*$', re.MULTILINE)
_ALWAYS = re.compile(r"^[ \t]*(?:default[ \t]+)?allow[ \t]*:?=[ \t]*true[ \t]*$", re.MULTILINE)
_COMPARED = re.compile(r"input\.request\.(method|path)(?:\[(\d+)\])?\s*(==|!=|\bin\b)\s*(.+)")
_STARTS = re.compile(r'startswith\(\s*input\.request\.(method|path)(?:\[(\d+)\])?\s*,\s*("[^"]*")\s*\)')
_WRONG = {
    r"^\s*package\b": "Qovery adds the package itself; leave it out",
    r"^\s*allow\s*\{": "`if` is required before the body of a rule",
    r"\A(?!(?s:.*)^\s*(?:default\s+)?allow\b)": "it must define a rule `allow`",
}

Rules = Mapping[str, list[list[str]]]
"""The lines of each body, by the name of the rule."""
Request = Mapping[str, str | list[str]]


def check(policy: str) -> None:
    """Checks the syntax of a policy.

    Raises:
        Refusal: 400 if Qovery would not take it.
    """
    for pattern, reason in _WRONG.items():
        if re.search(pattern, policy, re.MULTILINE):
            raise Refusal(400, f"opa_policy: {reason}")
    if policy.count("{") != policy.count("}"):
        raise Refusal(400, "opa_policy: must be valid Rego")
    if len(policy) > _MOST:
        raise Refusal(400, f"opa_policy: must have at most {_MOST} characters")


def allows(policy: str, method: str, path: str) -> bool:
    """Whether a policy allows a request with this method and path."""
    policy = re.sub(r"#.*", "", policy)
    request: Request = {"method": method, "path": ["api", *path.strip("/").split("/")]}
    return bool(_ALWAYS.search(policy)) or _fires("allow", _rules(policy), request)


def _rules(policy: str) -> Rules:
    constants = dict(_CONSTANT.findall(policy))
    rules: dict[str, list[list[str]]] = {}
    for name, body, line in _RULE.findall(policy):
        written = re.sub(r"\b[a-z_]\w*\b", lambda word: constants.get(word[0], word[0]), body or line)
        rules.setdefault(name, []).append([part.strip() for part in re.split(r"[\n;]", written) if part.strip()])
    return rules


def _fires(name: str, rules: Rules, request: Request) -> bool:
    others = {other: bodies for other, bodies in rules.items() if other != name}  # a rule does not name itself
    return any(all(_holds(line, others, request) for line in lines) for lines in rules.get(name, []))


def _holds(line: str, rules: Rules, request: Request) -> bool:
    if line in rules:
        return _fires(line, rules, request)
    if found := _STARTS.fullmatch(line):
        value = _part(request[found[1]], found[2])
        return isinstance(value, str) and value.startswith(json.loads(found[3]))
    if found := _COMPARED.fullmatch(line):
        return _compares(_part(request[found[1]], found[2]), found[3], found[4])
    return line == "true"


def _part(value: str | list[str], index: str | None) -> str | list[str] | None:
    """A segment of the path, if an index is given; what is missing is None."""
    if index is None:
        return value
    return value[int(index)] if isinstance(value, list) and int(index) < len(value) else None


def _compares(value: str | list[str] | None, operator: str, written: str) -> bool:
    try:
        other: Any = json.loads(written.replace("{", "[").replace("}", "]"))  # a set is read as a list
    except ValueError:
        return False
    if value is None:  # Rego calls that undefined
        return False
    if operator == "in":
        return isinstance(other, list) and value in other
    return bool(value == other) is (operator == "==")
