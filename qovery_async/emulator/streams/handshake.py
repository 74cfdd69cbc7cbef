"""Who asks for which stream, with which parameters, and may it be had?"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Protocol

import attrs
from aiohttp import web
from multidict import MultiMapping

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
"""Every path and the parameters it cannot do without."""

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
class Asked:
    """A stream somebody asks for. `authorization` is the scheme and the token, as the header has them."""

    path: str
    parameters: Mapping[str, str]
    command: tuple[str, ...]
    authorization: str

    def get(self, name: str) -> str | None:
        return self.parameters.get(name)

    def number(self, name: str) -> int | None:
        text = self.parameters.get(name)
        return None if text is None else int(text)


@attrs.frozen
class Refusal(Exception):
    """No: the handshake is answered with this status as plain HTTP."""

    status: int
    detail: str

    def response(self, headers: Mapping[str, str]) -> web.Response:
        return web.json_response({"status": self.status, "detail": self.detail}, status=self.status, headers=headers)


class Doorkeeper(Protocol):
    """Who knows the tokens and what they may see."""

    def refusal(self, asked: Asked) -> Refusal | None:
        """Why this one may not have this: 401 for an unknown token, 403 for what it may not see."""
        ...


def ask(request: web.Request, doorkeeper: Doorkeeper) -> Asked:
    """What a handshake asks for, or a `Refusal`."""
    upgrade = request.headers.get("Upgrade", "").lower()
    if upgrade != "websocket":
        raise Refusal(400, "This path speaks WebSocket only.")
    authorization = _authorization(request)
    if authorization is None:
        raise Refusal(401, "Neither an Authorization header nor a bearer subprotocol came with the handshake.")
    parameters = _parameters(request.path, request.query)
    asked = Asked(request.path, parameters, _command(request.query), authorization)
    refusal = doorkeeper.refusal(asked)
    if refusal is not None:
        raise refusal
    return asked


def _authorization(request: web.Request) -> str | None:
    """`Token x` or `Bearer x` from the header or, since browsers cannot send one, from the subprotocols."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme in {"Token", "Bearer"} and token.strip():
        return f"{scheme} {token.strip()}"
    for offered in request.headers.get("Sec-WebSocket-Protocol", "").split(","):
        if offered.strip().startswith(_BEARER):
            return "Bearer " + offered.strip().removeprefix(_BEARER)
    return None


def _parameters(path: str, query: MultiMapping[str]) -> Mapping[str, str]:
    given = {name: value for name, value in query.items() if value and not _COMMAND.fullmatch(name)}
    for name in REQUIRED[path]:
        if name not in given:
            raise Refusal(400, f"The query string lacks {name}.")
    for name in _NUMBERS:
        if not re.fullmatch(r"[0-9]{1,9}", given.get(name, "0")):
            raise Refusal(400, f"{name} must be a number from 0 on.")
    for name, choices in _CHOICES.items():
        if given.get(name, choices[0]) not in choices:
            raise Refusal(400, f"{name} must be one of {', '.join(choices)}.")
    return given


def _command(query: MultiMapping[str]) -> tuple[str, ...]:
    """`command[0]=sh&command[1]=-c` in the order of its numbers; a shell where there is none."""
    words = {int(found[1]): value for name, value in query.items() if (found := _COMMAND.fullmatch(name))}
    return tuple(words[place] for place in sorted(words)) or ("sh",)
