"""`client.tokens`: is the token of the client good, and how is a token replaced?"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeVar

from qovery_async import models
from qovery_async.errors import ConfigurationError, Forbidden, QoveryError, Unauthorized
from qovery_async.pacing.rate import Rate, read_rate
from qovery_async.resources.api_tokens import ApiTokens
from qovery_async.resources.policy_api_tokens import PolicyApiTokens
from qovery_async.runtime.reading import read_items
from qovery_async.runtime.resource import JSON, Resource
from qovery_async.tokens.checking import Standing, TokenCheck, accepted, among_members, among_tokens, refused
from qovery_async.tokens.kinds import Claims, claims_of
from qovery_async.tokens.rotation import RotatedToken, Rotation, TokenStore
from qovery_async.transport.request import Call

if TYPE_CHECKING:
    from typing_extensions import TypeForm

T = TypeVar("T")


class TokenUpkeep(Resource):
    """Tokens: whether that of the client works, and new ones for old ones."""

    async def check(self) -> TokenCheck:
        """Check the token of this client.

        The result says whether it works, for what, and how much of its budget is left. Sends two requests:
        `GET /organization`, and one that tells the role. A token that the API refuses is no error: `works` is
        False, and `refusal` says why.

        Raises:
            TransportError: the API cannot be reached.
            ApiError: it responds neither that the token works nor that it does not: 429, or 500 and above.
        """
        try:
            organizations, rate = await self._listed(models.Organization, "organizations.list", "GET /organization")
        except (Unauthorized, Forbidden) as error:
            return refused(self._claims(), error, read_rate(error.headers), datetime.now(UTC))
        claims = self._claims()
        meant = self._core.exchange.options.organization_id
        ids = [one.id for one in organizations if meant in (None, one.id)]
        standing = Standing()
        if len(ids) == 1:
            try:
                standing, later = await self._standing(claims, ids[0])
                rate = later or rate
            except QoveryError:
                pass  # it may not ask, or has no requests left for that
        return accepted(claims, organizations, standing, rate)

    async def rotate(
        self, token_id: str, *, store: TokenStore, patience: float = 30.0, organization_id: str | None = None
    ) -> RotatedToken:
        """Replace an API token by a new one with the same role.

        Creates the new token, passes it to `store`, waits until it works, and revokes the old one. Where a
        step fails, a token that works is left, and the error says which. A client whose own token is rotated
        sends the new one from then on; one with a token function asks that.

        Args:
            token_id: The id of the API token (`client.api_tokens.list()`), not the token itself.
            store: Called once with the new token, a string; what it returns is ignored. If it raises, nothing
                is revoked.
            patience: Seconds in which the new token must begin to work.
            organization_id: Unless given: the client's, or else the only one that its token sees.

        Raises:
            TokenNotRotated: a step failed; `working_id` is the id of the token that works.
            ConfigurationError: there is no such token, or its role is not known.
        """
        if not callable(store):
            raise ConfigurationError(f"store must be a function that takes the new token, got {type(store).__name__}")
        organization_id = await self._organization_id(organization_id)
        old = await self._token(token_id, organization_id)
        return await Rotation(self._core, organization_id, old, store, patience).run()

    async def _token(self, token_id: str, organization_id: str) -> models.OrganizationApiToken:
        for token in await ApiTokens(self._core).list(organization_id=organization_id):
            if token.id == token_id:
                if token.role_id is None:
                    raise ConfigurationError(
                        f"the API does not say which role the token {token_id} has, so a new one with the same role cannot "
                        "be made: create one with client.api_tokens.create, and delete the old one"
                    )
                return token
        raise ConfigurationError(
            f"token_id: the organization {organization_id} has no API token with this id; client.api_tokens.list() has "
            f"them{await self._hint(token_id, organization_id)}"
        )

    async def _hint(self, token_id: str, organization_id: str) -> str:
        try:
            listed = await PolicyApiTokens(self._core).list(organization_id=organization_id)
        except QoveryError:
            return ""
        if all(token.id != token_id for token in listed):
            return ""
        return ". It is a policy API token: make the new one with client.policy_api_tokens.create"

    def _claims(self) -> Claims:
        authorization = self._core.exchange.credentials.ready
        assert authorization is not None  # a request was sent
        return claims_of(authorization)

    async def _standing(self, claims: Claims, organization_id: str) -> tuple[Standing, Rate | None]:
        if claims.kind == "PERSON":
            members, rate = await self._listed(
                models.Member, "members.list", "GET /organization/{organization_id}/member", organization_id
            )
            return among_members(members, claims), rate
        if claims.kind == "POLICY_API_TOKEN":
            policy_tokens, rate = await self._listed(
                models.OrganizationPolicyApiToken,
                "policy_api_tokens.list",
                "GET /organization/{organization_id}/policyApiToken",
                organization_id,
            )
            return among_tokens(policy_tokens), rate
        tokens, rate = await self._listed(
            models.OrganizationApiToken,
            "api_tokens.list",
            "GET /organization/{organization_id}/apiToken",
            organization_id,
        )
        return among_tokens(tokens), rate

    async def _listed(self, item: TypeForm[T], operation: str, route: str, *values: str) -> tuple[list[T], Rate | None]:
        """A list, and what its response says of the budget."""
        exchange = self._core.exchange
        response = await exchange.send(Call(operation, route, *values), JSON)
        return (await read_items(exchange.codec, response, item, "results"))[1], read_rate(response.headers)
