"""Does the token of a client work, and what may it do?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from qovery_async import models
from qovery_async.errors import ApiError
from qovery_async.pacing.rate import Rate
from qovery_async.tokens.kinds import Claims, TokenKind
from qovery_async.vocabulary.values import frozen

Listed = models.OrganizationApiToken | models.OrganizationPolicyApiToken


@frozen(kw_only=True)
class TokenOrganization:
    """An organization that a token sees."""

    id: str
    name: str


@frozen(kw_only=True)
class TokenCheck:
    """What is known of a token; it has no part of the token. It is true if the token works."""

    works: bool
    """Whether the API accepts it."""
    kind: TokenKind
    """`API_TOKEN`, `POLICY_API_TOKEN`, or `PERSON`: a JWT."""
    organizations: tuple[TokenOrganization, ...] = ()
    """The organizations that it sees. An API token belongs to one."""
    role: str | None = None
    """The name of its role; None where the API does not tell (`docs/tokens.md`)."""
    token_id: str | None = None
    """The id of the API token, where it is the only one of its organization; the API does not tell it otherwise."""
    expires_at: datetime | None = None
    """When it expires: that of a JWT, or of policy tokens. None where it does not expire, or where that is not known."""
    rate: Rate | None = None
    """What is left of its hourly requests; None where the response does not say."""
    refusal: str | None = None
    """Why it does not work."""

    def __bool__(self) -> bool:
        return self.works


@frozen
class Standing:
    """What the organization says of a token."""

    role: str | None = None
    token_id: str | None = None
    expires_at: datetime | None = None


def refused(claims: Claims, error: ApiError, rate: Rate | None, now: datetime) -> TokenCheck:
    """A token that the API does not accept."""
    why = f"{error.operation} returned {error.status}: {error.message.rstrip('.')}. {error.hint or ''}".strip()
    if claims.expires_at is not None and claims.expires_at <= now:
        why = f"The token expired at {claims.expires_at.isoformat()}. {why}"
    if claims.kind == "POLICY_API_TOKEN":
        why = f"{why} The policy has to allow `GET /organization`, which the check requests."
    return TokenCheck(works=False, kind=claims.kind, expires_at=claims.expires_at, rate=rate, refusal=why)


def accepted(
    claims: Claims, organizations: Iterable[models.Organization], standing: Standing, rate: Rate | None
) -> TokenCheck:
    """A token that works."""
    return TokenCheck(
        works=True,
        kind=claims.kind,
        organizations=tuple([TokenOrganization(id=one.id, name=one.name) for one in organizations]),
        role=standing.role,
        token_id=standing.token_id,
        expires_at=claims.expires_at or standing.expires_at,
        rate=rate,
    )


def among_tokens(listed: Sequence[Listed]) -> Standing:
    """What holds for each token of the list, one of which it is: nobody says which."""
    roles = {token.role_name for token in listed}
    ends = {token.expires_at if isinstance(token, models.OrganizationPolicyApiToken) else None for token in listed}
    return Standing(
        role=roles.pop() if len(roles) == 1 else None,
        token_id=listed[0].id if len(listed) == 1 else None,
        expires_at=ends.pop() if len(ends) == 1 else None,
    )


def among_members(members: Iterable[models.Member], claims: Claims) -> Standing:
    """The role of the member whom a JWT names."""
    for member in members:
        if member.id == claims.subject or (claims.email and member.email.casefold() == claims.email.casefold()):
            return Standing(role=member.role_name or (str(member.role) if member.role else None))
    return Standing()
