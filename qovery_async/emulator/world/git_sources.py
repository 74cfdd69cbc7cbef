"""What does a response show of a git repository that a request names?"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from qovery_async.emulator.world.state import Entity

_URL = re.compile(r"(?:\w+://)?[^/]+/(?:(?P<owner>.+)/)?(?P<name>[^/]+?)(?:\.git)?/*")


def named_in(url: str) -> dict[str, str]:
    """The owner and the name of the repository at a URL."""
    found = _URL.fullmatch(url)
    return {"owner": (found and found["owner"]) or "", "name": found["name"] if found else url}


def shown(git: Mapping[str, Any], parent: Entity) -> dict[str, Any]:
    """The repository of a request, as responses have it."""
    found = {"root_path": "/", **git, **named_in(git["url"]), "has_access": True}
    organization = parent.above("organization")
    tokens = organization.children.get("gitToken", {}) if organization else {}
    token = tokens.get(git.get("git_token_id") or "")
    return {**found, "git_token_name": token.value["name"]} if token else found
