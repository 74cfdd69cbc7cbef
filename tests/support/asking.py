"""What does a patch that is refused ask for, and what are the changes with it?"""

from __future__ import annotations

import json
import re
from typing import Any

from qovery_async.codec.plain import is_object


def asked_for(refused: Exception) -> tuple[str, str]:
    """The argument that a message names, and its value as the message gives it: `config`, `{"password": ...}`."""
    found = re.search(r"give it: `(\w+)=(.*)`$", str(refused))
    if found is None:
        raise AssertionError(f"asks for nothing: {refused}")
    return found[1], found[2]


def filled(form: str, value: Any) -> Any:
    """A value of that form."""
    return json.loads(form.replace("...", json.dumps(value)))


def joined(one: Any, other: Any) -> Any:
    """Changes with others beside them."""
    if not (is_object(one) and is_object(other)):
        return other
    return {**one, **{key: joined(one.get(key), value) for key, value in other.items()}}
