"""What does a response show of a git repository that a request names?"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from qovery_async.emulator.facts.refusals import Refusal
from qovery_async.emulator.world.state import Entity, State

_APIS = {
    "GITHUB": "https://api.github.com",
    "GITLAB": "https://gitlab.com/api/v4",
    "BITBUCKET": "https://api.bitbucket.org/2.0",
}
_ABSOLUTE = re.compile(r"[a-z][a-z0-9+.-]*://[\w.~:/?#@!$&'()*+,;=%-]+", re.ASCII | re.IGNORECASE)
_URL = re.compile(r"(?:\w+://)?[^/]+/(?:(?P<owner>.+)/)?(?P<name>[^/]+?)(?:\.git)?/*")


def named_in(url: str) -> dict[str, str]:
    """The owner and the name of the repository at a URL."""
    found = _URL.fullmatch(url)
    return {"owner": (found and found["owner"]) or "", "name": found["name"] if found else url}


def token(body: Mapping[str, Any], _: Entity, __: State) -> dict[str, Any]:
    """The address of the provider's API that a token is for, unless the request names one."""
    return {"git_api_url": body.get("git_api_url") or _APIS.get(body["type"], _APIS["GITHUB"])}


def shown(git: Mapping[str, Any], parent: Entity) -> dict[str, Any]:
    """The repository of a request, as responses have it.

    Raises:
        Refusal: 400 if its URL is none.
    """
    if not _ABSOLUTE.fullmatch(git["url"]):
        example = "https://github.com/acme/api"
        raise Refusal(400, f"git_repository.url: must be a URL such as {example}, got {git['url']!r:.100}")
    found = {"root_path": "/", **git, **named_in(git["url"]), "has_access": True}
    organization = parent.above("organization")
    tokens = organization.children.get("gitToken", {}) if organization else {}
    token = tokens.get(git.get("git_token_id") or "")
    return {**found, "git_token_name": token.value["name"]} if token else found
