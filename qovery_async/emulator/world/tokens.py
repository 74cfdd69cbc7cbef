"""Who sent a request, and may they? API tokens, their roles and policies."""

from __future__ import annotations

import random
import re
from collections.abc import Collection, Iterator

import attrs

from qovery_async.emulator.facts.refusals import Refusal
from qovery_async.emulator.world.policies import allows
from qovery_async.emulator.world.state import Entity

_JWT = re.compile(r"eyJ[\w-]*\.[\w-]+\.[\w-]*")
POLICY_PREFIX = "sk-qov-01-"


@attrs.frozen
class Caller:
    """The sender of a request: an API token, or a person, who sees all organizations (None)."""

    token: str
    user: str
    organizations: frozenset[str] | None = None
    read_only: bool = False
    policy: str | None = None

    def sees(self, entity: Entity) -> bool:
        """Whether the entity belongs to an organization of this caller."""
        if self.organizations is None:
            return True
        organization = entity.above("organization")
        return organization is None or organization.id in self.organizations

    def admitted(self, entity: Entity) -> Entity:
        """The same entity.

        Raises:
            Refusal: 403 if it belongs to an organization that the caller does not see.
        """
        if not self.sees(entity):
            raise Refusal(403, f"the token has no access to {entity.kind} {entity.id}")
        return entity


class Tokens:
    """The API tokens that the emulator accepts."""

    def __init__(self) -> None:
        self._callers: dict[str, Caller] = {}

    def accept(
        self,
        token: str,
        *,
        user: str | None = None,
        organizations: frozenset[str] | None = None,
        read_only: bool = False,
        policy: str | None = None,
    ) -> Caller:
        """Accepts a token from now on.

        `organizations` holds the ids that it sees, None means all. `policy` is Rego source.
        """
        caller = Caller(token, user or f"token of {token[:8]}", organizations, read_only, policy)
        self.add(caller)
        return caller

    def __iter__(self) -> Iterator[Caller]:
        """The senders with a token that is accepted."""
        return iter(self._callers.values())

    def add(self, caller: Caller) -> None:
        """Accepts the token of a sender from now on."""
        self._callers[caller.token] = caller

    def revoke(self, token: str) -> None:
        """Refuses a token from now on. Unknown tokens are ignored."""
        self._callers.pop(token, None)

    @property
    def accepted(self) -> Collection[str]:
        """All tokens that are accepted."""
        return self._callers.keys()

    def identify(self, authorization: str | None) -> Caller:
        """The sender of a request with this `Authorization` header.

        Raises:
            Refusal: 401 if the header is missing or malformed, or the token is not accepted.
        """
        scheme, _, token = (authorization or "").strip().partition(" ")
        token = token.strip()
        if not token or scheme.lower() not in ("token", "bearer"):
            raise Refusal(401, "the request has neither `Authorization: Token ...` nor `Authorization: Bearer ...`")
        if scheme.lower() == "bearer":
            if not _JWT.fullmatch(token):
                raise Refusal(401, "Bearer takes a JWT; send an API token as `Authorization: Token ...`")
            return Caller(token, user="a person")
        caller = self._callers.get(token)
        if caller is None:
            raise Refusal(401, "the token is unknown, was deleted or has expired")
        return caller

    def check(self, caller: Caller, method: str, path: str, *, changes: bool) -> None:
        """Checks a request against the role and the policy of its token. `changes` is False if it only reads.

        Raises:
            Refusal: 403 if the role forbids it, 401 if the policy does, as Qovery responds.
        """
        if caller.policy is not None and not allows(caller.policy, method, path):
            raise Refusal(401, "the policy of the token does not allow this request")
        if caller.read_only and changes:
            raise Refusal(403, "the role of the token only allows to read")


def new_token(prefix: str, seed: object) -> str:
    """A new API token. The underscore keeps the official CLI from taking it for a JWT."""
    return f"{prefix}{random.Random(str(seed)).getrandbits(160):040x}"  # noqa: S311  # only valid in an emulator
