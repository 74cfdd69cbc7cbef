"""Which stream does a handshake request, and is it valid?"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Protocol

import attrs
from aiohttp import web
from multidict import MultiMapping

from qovery_async.emulator.facts.refusals import Refusal

_SERVICE = ("organization", "cluster", "project", "environment", "service")
_SHELL = (*_SERVICE, "tty_width", "tty_height")

REQUIRED: Mapping[str, tuple[str, ...]] = {
    "/blueprint/preview": ("organization", "cluster", "preview_id"),
    "/blueprint/service-created": ("organization", "project", "environment"),
    "/cluster/metrics": ("organization", "cluster"),
    "/cluster/node": ("organization", "cluster"),
    "/cluster/nodes": ("organization", "cluster"),
    "/cluster/status": ("organization", "cluster"),
    "/deployment/logs": ("organization", "project", "environment"),
    "/deployment/status": ("organization", "project"),
    "/infra/logs": ("organization", "cluster", "infra_component_type"),
    "/service/logs": _SERVICE,
    "/service/metrics": (*_SERVICE, "service_type"),
    "/service/pods": _SERVICE,
    "/service/status": ("organization", "cluster"),
    "/shell/debug": ("organization", "cluster", "flavor", "tty_width", "tty_height"),
    "/shell/ephemeral": (*_SHELL, "mode"),
    "/shell/exec": _SHELL,
    "/shell/portforward": (*_SERVICE, "port"),
}
"""The paths of all streams, with their required parameters."""

_NUMBERS = ("tty_width", "tty_height", "limit", "port")
_CHOICES = {
    "flavor": ("REGULAR_PRIVILEGE", "FULL_PRIVILEGE"),
    "mode": ("clone", "debug"),
    "service_type": (
        "APPLICATION",
        "CONTAINER",
        "DATABASE",
        "JOB",
        "HELM",
        "TERRAFORM",
        "ARGOCD_APP",
        "AGENTIC_WORKFLOW",
    ),
}
_COMMAND = re.compile(r"command\[(\d{1,4})]")
_BEARER = "auth.bearer."


@attrs.frozen
class StreamRequest:
    """A request for a stream. `authorization` has the form of the header: scheme and token."""

    path: str
    parameters: Mapping[str, str]
    command: tuple[str, ...]
    authorization: str

    def get(self, name: str) -> str | None:
        """The value of a parameter, or None."""
        return self.parameters.get(name)

    def number(self, name: str) -> int | None:
        """The value of a numeric parameter, or None."""
        text = self.parameters.get(name)
        return None if text is None else int(text)


class Authorizer(Protocol):
    """Decides which streams a token may open, as the API decides about its requests."""

    def admit(self, authorization: str, path: str) -> Mapping[str, str]:
        """Authenticates and counts a handshake; returns the headers of the rate limit.

        Raises:
            Refusal: 401 for an unknown token, 429 if its requests are used up, 401 or 403 if its policy or its role
                does not allow this path.
        """
        ...

    def check(self, request: StreamRequest) -> None:
        """Checks the objects that a stream is about.

        Raises:
            Refusal: 403 if the token has no access to one of them.
        """
        ...


def accept(handshake: web.Request, authorizer: Authorizer) -> tuple[StreamRequest, Mapping[str, str]]:
    """The stream that a handshake requests, and the headers of the rate limit for its response.

    Raises:
        Refusal: 400 if the handshake is invalid, 401, 403 or 429 if its token may not open the stream.
    """
    authorization = _authorization(handshake)
    if authorization is None:
        raise Refusal(401, "the handshake has neither an Authorization header nor a bearer subprotocol")
    headers = authorizer.admit(authorization, handshake.path)
    try:
        request = _request(handshake, authorization)
        authorizer.check(request)
    except Refusal as refusal:
        refusal.headers = {**headers, **refusal.headers}
        raise
    return request, headers


def _request(handshake: web.Request, authorization: str) -> StreamRequest:
    if handshake.headers.get("Upgrade", "").lower() != "websocket":
        raise Refusal(400, "this path takes WebSocket handshakes only")
    parameters = _parameters(handshake.path, handshake.query)
    return StreamRequest(handshake.path, parameters, _command(handshake.query), authorization)


def _authorization(handshake: web.Request) -> str | None:
    """`Token x` or `Bearer x` from the header, else from the subprotocols, since browsers cannot set headers."""
    scheme, _, token = handshake.headers.get("Authorization", "").partition(" ")
    if scheme in {"Token", "Bearer"} and token.strip():
        return f"{scheme} {token.strip()}"
    for offered in handshake.headers.get("Sec-WebSocket-Protocol", "").split(","):
        if offered.strip().startswith(_BEARER):
            return "Bearer " + offered.strip().removeprefix(_BEARER)
    return None


def _parameters(path: str, query: MultiMapping[str]) -> Mapping[str, str]:
    given = {name: value for name, value in query.items() if value and not _COMMAND.fullmatch(name)}
    for name in REQUIRED[path]:
        if name not in given:
            raise Refusal(400, f"{name}: the query parameter is missing")
    for name in _NUMBERS:
        if not re.fullmatch(r"[0-9]{1,9}", given.get(name, "0")):
            raise Refusal(400, f"{name}: must be a number, 0 or more")
    for name, choices in _CHOICES.items():
        if given.get(name, choices[0]) not in choices:
            raise Refusal(400, f"{name}: must be one of {', '.join(choices)}")
    return given


def _command(query: MultiMapping[str]) -> tuple[str, ...]:
    """The words of `command[0]=sh&command[1]=-c` in the order of their numbers, by default `sh`."""
    words = {int(found[1]): value for name, value in query.items() if (found := _COMMAND.fullmatch(name))}
    return tuple(words[place] for place in sorted(words)) or ("sh",)
