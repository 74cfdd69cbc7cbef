"""How does a new token take the place of an old one, and who has which when that fails half-way?"""

from __future__ import annotations

import inspect
import logging
import re
import secrets
import time
import traceback
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path

import anyio
import attrs

from qovery_async import models
from qovery_async.errors import (
    ApiError,
    ConnectError,
    DecodeError,
    NotFound,
    QoveryError,
    ServerError,
    TransportError,
    Unauthorized,
)
from qovery_async.resources.api_tokens import ApiTokens
from qovery_async.resources.organizations import Organizations
from qovery_async.runtime.core import Core
from qovery_async.secrecy.masking import SecretText
from qovery_async.secrecy.secret import Secret
from qovery_async.tokens.failures import RotationStep, TokenNotRotated
from qovery_async.tokens.kinds import claims_of
from qovery_async.tokens.other_client import with_token
from qovery_async.vocabulary.values import define, frozen

TokenStore = Callable[[str], Awaitable[object] | object]
"""Stores the new token; called once, with the token. Its `repr` is `***`, its text is the token."""

_log = logging.getLogger("qovery.tokens")
# Seconds; a token that has just been made may take a moment to be known everywhere.
_FIRST_WAIT, _LONGEST_WAIT = 0.25, 5.0
_MARK = r" \(rotated [^()]*\)$"


@frozen(kw_only=True)
class RotatedToken:
    """A token that has taken the place of another; it has no part of either."""

    old_id: str
    """The id of the token that was revoked."""
    new_id: str
    """The id of the token that works now; the next rotation takes it."""
    name: str
    """The name of the new token: names are unique, so it is that of the old one with the day and a random part."""
    role_name: str | None
    """The role of both."""
    switched: bool
    """Whether the client itself sends the new token from now on: the old one was its own."""


@define
class Rotation:
    """One rotation. What its errors and notes say follows from `step`."""

    core: Core
    organization_id: str
    old: models.OrganizationApiToken
    store: TokenStore
    patience: float
    step: RotationStep = "create"
    new_id: str | None = None
    name: str = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        self.name = name_after(self.old.name or "token", datetime.now(UTC))

    async def run(self) -> RotatedToken:
        """Does it.

        Raises:
            TokenNotRotated: a step failed.
        """
        try:
            new = await self._create()
            self.step = "store"
            await self._store(new)
            self.step = "verify"
            await self._verify(new)
            self.step = "revoke"
            await self._revoke(new)
            assert self.new_id is not None  # of the step "create"
            return RotatedToken(
                old_id=self.old.id,
                new_id=self.new_id,
                name=self.name,
                role_name=self.old.role_name,
                switched=await self._switch(new),
            )
        except QoveryError:
            raise
        except BaseException as error:
            # Whoever is cancelled or interrupted may not see the note.
            interrupted = f"The rotation of API token {self.old.id} was interrupted ({self.step}). {self._standing()}"
            error.add_note(interrupted)
            _log.warning(interrupted)
            raise

    async def _create(self) -> Secret:
        tokens = ApiTokens(self.core)
        wanted = models.OrganizationApiTokenCreateRequest(name=self.name, role_id=self.old.role_id)
        if self.old.description:
            wanted.description = self.old.description
        try:
            made = await tokens.create(wanted, organization_id=self.organization_id)
        except (ApiError, DecodeError, TransportError) as error:
            if not _is_uncertain(error):
                raise self._failed(
                    f"The new token was not created: {_sentence(error)} Nothing has changed: the old token {self.old.id} works."
                ) from error
            raise self._failed(
                f"The response to the creation of the new token was lost: {_sentence(error)} It was not sent again. "
                f"{await self._clear_up()} The old token {self.old.id} works; rotate it again."
            ) from error
        if not made.token or made.role_id != self.old.role_id:
            flaw = "without its text" if not made.token else f"with the role {made.role_id}, not {self.old.role_id}"
            raise self._failed(
                f"The API made a new token {flaw}. {await self._discard([made.id])} The old token {self.old.id} works."
            )
        self.new_id = made.id
        return Secret(made.token)

    async def _clear_up(self) -> str:
        """Revokes what a creation made whose response was lost. The name has a random part, so nobody else made it."""
        try:
            listed = await ApiTokens(self.core).list(organization_id=self.organization_id)
        except QoveryError:
            return f"If a token named {self.name!r} is listed, delete it: nobody has its text."
        found = [token.id for token in listed if token.name == self.name]
        if not found:
            return f"No token named {self.name!r} is listed; should one appear, delete it: nobody has its text."
        return await self._discard(found)

    async def _discard(self, ids: list[str]) -> str:
        for id_ in ids:
            try:
                await ApiTokens(self.core).delete(id_, organization_id=self.organization_id)
            except QoveryError as error:
                return (
                    f"That token, {id_}, could not be revoked ({type(error).__name__}): delete it with {_delete(id_)}."
                )
        return f"That token, {', '.join(ids)}, was revoked."

    async def _store(self, new: Secret) -> None:
        try:
            stored = self.store(SecretText(new.reveal()))
            if inspect.isawaitable(stored):
                await stored
        except Exception as error:  # noqa: BLE001  # whatever it is, it must not tell
            raised = _told(error)
        else:
            return
        # Out here, where the error of `store` is not the context: its message and frames may hold the token.
        raise self._failed(f"`store` raised {raised}. {self._standing()}")

    async def _verify(self, new: Secret) -> None:
        """Waits until the new token sees the organization."""
        fresh = Organizations(with_token(self.core, new))
        ends, wait = time.monotonic() + self.patience, _FIRST_WAIT
        while True:
            try:
                seen = [organization.id for organization in await fresh.list()]
                if self.organization_id in seen:
                    return
                problem, cause = f"it does not see the organization {self.organization_id}.", None
            except (ApiError, DecodeError, TransportError) as error:
                problem, cause = _sentence(error), error
            left = ends - time.monotonic()
            if left <= 0:
                raise self._failed(
                    f"The new token did not work within {self.patience:g} s: {problem} {self._standing()}"
                ) from cause
            await anyio.sleep(min(wait, left))
            wait = min(2 * wait, _LONGEST_WAIT)

    async def _revoke(self, new: Secret) -> None:
        try:
            await ApiTokens(self.core).delete(self.old.id, organization_id=self.organization_id)
        except NotFound:
            return
        except (ApiError, DecodeError, TransportError) as error:
            if not await self._is_revoked(new):
                raise self._failed(f"The old token was not revoked: {_sentence(error)} {self._standing()}") from error

    async def _is_revoked(self, new: Secret) -> bool:
        """Whether the old token is gone all the same; where it was the client's own, only the new one can ask."""
        for core in (self.core, with_token(self.core, new)):
            try:
                listed = await ApiTokens(core).list(organization_id=self.organization_id)
            except QoveryError:
                continue
            return all(token.id != self.old.id for token in listed)
        return False

    async def _switch(self, new: Secret) -> bool:
        """Lets the client send the new token where its own was the old one, which only a refusal shows."""
        credentials = self.core.exchange.credentials
        before = credentials.ready
        if before is None or claims_of(before).kind != "API_TOKEN":
            return False
        try:
            await Organizations(self.core).list()
        except Unauthorized:
            if not credentials.can_renew:
                credentials.replace(new)
                return True
        except QoveryError:
            return False
        return credentials.ready != before  # the token function was asked again

    def _failed(self, message: str) -> TokenNotRotated:
        is_new = self.step == "revoke"
        return TokenNotRotated(
            message,
            step=self.step,
            old_id=self.old.id,
            new_id=self.new_id,
            working_id=self.new_id if is_new and self.new_id else self.old.id,
            stored=self.step in ("verify", "revoke"),
        )

    def _standing(self) -> str:
        """Which token works, where the new one is, and what to do next."""
        old, new = self.old.id, str(self.new_id)
        if self.step == "create":
            return (
                f"The old token {old} works. If a token named {self.name!r} is listed, delete it: nobody has its text."
            )
        if self.step == "store":
            return (
                f"The old token {old} works. The new one, {new}, was not revoked, since `store` may have kept it: "
                f"if it has not, delete it with {_delete(new)}, and rotate again."
            )
        if self.step == "verify":
            return (
                f"The old token {old} works and was not revoked; `store` has the new one, {new}. Check the new one with "
                f"`tokens.check()`: once it works, delete the old one with {_delete(old)}; otherwise store the old one again, "
                f"and delete the new one with {_delete(new)}."
            )
        return (
            f"The new token {new} works, and `store` has it. The old one may still work: delete it with {_delete(old)}."
        )


def name_after(name: str, now: datetime) -> str:
    """The name of the token that follows one of this name."""
    return f"{re.sub(_MARK, '', name)} (rotated {now:%Y-%m-%d} {secrets.token_hex(3)})"


def _delete(id_: str) -> str:
    return f"`client.api_tokens.delete({id_!r})`"


def _sentence(error: QoveryError) -> str:
    return f"{str(error).rstrip('.')}."


def _is_uncertain(error: ApiError | DecodeError | TransportError) -> bool:
    """Whether a creation that failed so may have made a token."""
    if isinstance(error, ApiError):
        return isinstance(error, ServerError) or error.status == 408
    return not isinstance(error, ConnectError)


def _told(error: Exception) -> str:
    """The type of an error, and where it was raised. Not its message, in which the token may stand."""
    frames = traceback.extract_tb(error.__traceback__)
    return f"{type(error).__name__} ({Path(frames[-1].filename).name}, line {frames[-1].lineno})"
