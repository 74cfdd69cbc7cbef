"""Which headers may a user set?"""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from typing import cast

import aiohttp

from qovery_async.errors import ConfigurationError
from qovery_async.secrecy.secret import Secret
from qovery_async.version import __version__

_FRAMING = ("content-length", "transfer-encoding", "host")


def read_headers(headers: Mapping[str, Secret] | None) -> dict[str, Secret]:
    """The headers, checked.

    Raises:
        ConfigurationError: a header cannot be sent, or is not for the user to set.
    """
    if not isinstance(cast("object", headers), Mapping | None):
        raise ConfigurationError("headers must be a mapping of names to strings")
    given = dict(headers or {})
    for name, value in given.items():
        flaw = _flaw(name, value.reveal())
        if flaw is not None:
            raise ConfigurationError(flaw)
    return given


def _flaw(name: object, value: object) -> str | None:
    if not isinstance(name, str) or not re.fullmatch(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+", name):
        return f"{name!r} cannot be the name of a header"
    if name.lower() == "authorization":
        return "the Authorization header is made from the token; set that instead"
    if name.lower() in _FRAMING:
        return f"the header {name!r} follows from the request and its address (base_url), and cannot be set"
    if name.lower() == "expect":
        return f"the header {name!r} cannot be set: a request would wait for a 100 that the API never sends"
    if not isinstance(value, str) or re.search(r"[\0-\x08\x0a-\x1f\x7f\ud800-\udfff]", value):
        return f"the header {name!r} must be a string without line breaks and other control characters"
    return None


def read_user_agent(prefix: str | None) -> str:
    """The user's own words and then the SDK's name, from which the audit log derives the origin of an event.

    Raises:
        ConfigurationError: the words cannot be sent.
    """
    python = ".".join(map(str, sys.version_info[:2]))
    ours = f"qovery-sdk-python/{__version__} Python/{python} aiohttp/{aiohttp.__version__}"
    if not prefix:
        return ours
    agent = f"{prefix} {ours}"
    read_headers({"User-Agent": Secret(agent)})
    return agent
