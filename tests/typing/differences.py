"""On which lines does one type checker say something else than the others, and why?"""

from __future__ import annotations

from collections.abc import Mapping

_KEYWORDS = "accepts any keyword where `**settings: Unpack[...]` names them"

DIFFERENCES: Mapping[str, Mapping[str, str]] = {
    "ty": {
        'AsyncQovery(tokn="x")': _KEYWORDS,
        'AsyncQovery.from_env(".env", tokn="x")': _KEYWORDS,
        'AsyncQovery(token="x").with_options(token="y")': _KEYWORDS,
        "Qovery(session=None)": _KEYWORDS,
        "Qovery.from_env(session=None)": _KEYWORDS,
        'Qovery(token="x").with_options(strict=True)': _KEYWORDS,
        'patched("a", cpus=800)': _KEYWORDS,
        'receiver_patched("r", smarthst="mail:25")': _KEYWORDS,
        'await client.applications.patch("a1", cpuu=800)': _KEYWORDS,
        'await client.applications.patch("a1", organization_id="o1")': _KEYWORDS,
        'await client.applications.patch_preview("a1", on_conflict="raise")': _KEYWORDS,
        'blocking.applications.patch("a1", cpuu=800)': _KEYWORDS,
        'yield page.next or (newest and newest.id) or ""': "takes a model for one that may be false",
        "assert_type(fleet.list(), list[Ship])": "takes `list` for the method of that name",
        'assert_type(fleet.first(["a"], 7), Ship | int)': "infers `Literal[7]` where the others infer `int`",
    }
}
"""By checker, the lines without their remark."""
