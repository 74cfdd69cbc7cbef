"""What does a patch that is refused ask for, and what are the changes with it?"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any


def asked_for(refused: Exception) -> tuple[str, str]:
    """The argument that a message names, and its value as the message gives it: `config`, `{"password": ...}`."""
    found = re.search(r"give it: `(\w+)=(.*)`$", str(refused))
    if found is None:
        raise AssertionError(f"asks for nothing: {refused}")
    return found[1], found[2]


def filled(form: str, value: Any) -> Any:
    """A value of that form."""
    return json.loads(form.replace("...", json.dumps(value)))


def joined(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    """Changes with others beside them."""
    mixed = {key: {**one[key], **value} for key, value in other.items() if _are_objects(one.get(key), value)}
    return {**one, **other, **mixed}


def _are_objects(*values: Any) -> bool:
    return all(isinstance(value, dict) for value in values)
