"""What does a field without a note mean, where its name says it?"""

from __future__ import annotations

import re

from codegen.facts import Field
from codegen.spelling import plural, spoken

_MEANINGS = {
    "created_at": "When it was created.",
    "updated_at": "When it was last changed; absent if never.",
    "expired_at": "When it expires.",
    "last_deployment_date": "When it was last deployed.",
    "id": "Its id.",
    "name": "Its name.",
    "description": "Free text.",
    "icon_uri": "The address of its icon.",
}
_THING = re.compile(r"(organization|project|environment|service|cluster|application|container|pod|role|chart)_name")


def usual(field: Field) -> str:
    """Its meaning, or nothing. An id, a name and a number of things say what of; a time says of what event."""
    if field.name in _MEANINGS:
        return _MEANINGS[field.name]
    stem, _, end = field.name.rpartition("_")
    match end, field.type:
        case "id", "str" if stem.endswith("commit"):
            return f"The SHA of the {spoken(stem.removeprefix('git_'))}."
        case "id", "str":
            return f"The id of the {spoken(stem)}."
        case "ids", "list[str]" if not re.search("zone|clean", stem):
            return f"The ids of the {plural(spoken(stem))}."
        case "name", "str" if _THING.fullmatch(field.name):
            return f"The name of the {spoken(stem)}."
        case "count", "int" | "float" if stem:
            things = spoken(stem)
            return f"How many {things if things.endswith('s') else plural(things)}."
        case "at", "datetime" if stem.endswith("ed"):
            return f"When it was {spoken(stem)}."
        case "at", "datetime" if stem in ("expires", "starts"):
            return f"When it {stem}."
    return ""
