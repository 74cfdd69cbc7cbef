"""Who has a token that works when a step of a rotation fails? In both faces."""

from __future__ import annotations

import asyncio
import logging
import pickle
from collections.abc import Callable
from typing import Any

import attrs
import pytest

from qovery_async import AsyncQovery, RetryPolicy, TokenNotRotated, Unauthorized
from qovery_async.emulator import Fault
from tests.support.both_faces import organization, play
from tests.support.old_tokens import Old, old, rotate
from tests.support.server import Ask

__all__ = ["old"]

pytestmark = pytest.mark.anyio


async def failure(ask: Ask, old: Old, store: Callable[[str], object], **options: Any) -> TokenNotRotated:
    """The error of a rotation, which is the same after a pickle."""
    with pytest.raises(TokenNotRotated) as raised:
        await play(ask, old.emulator, rotate(old.id, store, **options))
    error = raised.value
    copied = pickle.loads(pickle.dumps(error))
    assert (str(copied), vars(copied)) == (str(error), vars(error))
    assert error.old_id == old.id
    assert old.id in str(error)
    return error


@pytest.mark.parametrize("status", [400, 401, 403, 409])
async def test_a_refused_creation_changes_nothing(ask: Ask, old: Old, status: int) -> None:
    before = old.listed()
    old.emulator.faults.add(Fault.status(status), call="api_tokens.create")
    error = await failure(ask, old, lambda _: None)
    assert (error.step, error.new_id, error.working_id, error.stored) == ("create", None, old.id, False)
    assert f"Nothing has changed: the old token {old.id} works." in str(error)
    assert old.listed() == before


@pytest.mark.parametrize("fault", [Fault.drop("after"), Fault.status(502, when="after"), Fault.truncated()])
async def test_a_lost_creation_is_not_sent_again_but_cleared_up(ask: Ask, old: Old, fault: Fault) -> None:
    before = old.listed()
    rule = old.emulator.faults.add(fault, call="api_tokens.create")
    error = await failure(ask, old, lambda _: None, patience=0)
    assert rule.inflicted == 1
    assert (error.step, error.working_id, error.stored) == ("create", old.id, False)
    assert "It was not sent again. That token, " in str(error)
    assert str(error).endswith(f"was revoked. The old token {old.id} works; rotate it again.")
    assert old.listed() == before


async def test_a_creation_that_did_not_arrive_left_nothing(ask: Ask, old: Old) -> None:
    old.emulator.faults.add(Fault.drop("before"), call="api_tokens.create")
    error = await failure(ask, old, lambda _: None)
    assert "No token named 'ci (rotated " in str(error)
    assert [*old.listed()] == [old.id]


@pytest.mark.parametrize("then", ["api_tokens.delete", "api_tokens.list"])
async def test_a_lost_creation_that_cannot_be_cleared_up_says_what_is_left(ask: Ask, old: Old, then: str) -> None:
    strike = Fault.drop("after").strike

    def lost(request: Any, response: Any) -> Any:
        old.emulator.faults.add(Fault.status(500), call=then)
        return strike(request, response) if strike else None

    old.emulator.faults.add(Fault("lost", "after", lost), call="api_tokens.create")
    error = await failure(ask, old, lambda _: None)
    (left,) = [id_ for id_ in old.listed() if id_ != old.id]
    if then == "api_tokens.delete":
        assert f"delete it with `client.api_tokens.delete('{left}')`" in str(error)
    else:
        assert f"If a token named '{old.listed()[left]}' is listed, delete it" in str(error)


async def test_a_store_that_raises_leaves_both(ask: Ask, old: Old) -> None:
    kept: list[str] = []

    def store(token: str) -> None:
        kept.append(token)
        raise OSError(f"no space left for {token}")

    error = await failure(ask, old, store)
    assert (error.step, error.working_id, error.stored) == ("store", old.id, False)
    assert str(error).startswith("`store` raised OSError (test_failed_rotation.py, line ")
    assert f"delete it with `client.api_tokens.delete('{error.new_id}')`, and rotate again." in str(error)
    assert {*old.listed()} == {old.id, error.new_id}
    assert all(map(old.sees, [old.text, *kept]))


@pytest.mark.parametrize("status", [401, 403, 500])
async def test_a_new_token_may_take_a_moment_to_work(ask: Ask, old: Old, status: int) -> None:
    rule = old.emulator.faults.add(Fault.status(status), call="organizations.list", count=2)
    rotated, _ = await play(ask, old.emulator, rotate(old.id, lambda _: None))
    assert rule.inflicted == 2
    assert [*old.listed()] == [rotated.new_id]


@pytest.mark.parametrize("status", [401, 403, 500])
async def test_a_new_token_that_does_not_work_leaves_the_old_one(ask: Ask, old: Old, status: int) -> None:
    kept: list[str] = []
    old.emulator.faults.add(Fault.status(status), call="organizations.list")
    error = await failure(ask, old, kept.append, patience=0.3)
    assert (error.step, error.working_id, error.stored) == ("verify", old.id, True)
    assert str(error).startswith("The new token did not work within 0.3 s: organizations.list: GET ")
    assert f"The old token {old.id} works and was not revoked; `store` has the new one, {error.new_id}." in str(error)
    assert {*old.listed()} == {old.id, error.new_id}


@pytest.mark.parametrize("status", [401, 403, 500])
async def test_a_revocation_that_fails_leaves_both(ask: Ask, old: Old, status: int) -> None:
    kept: list[str] = []
    old.emulator.faults.add(Fault.status(status), call="api_tokens.delete")
    error = await failure(ask, old, kept.append)
    assert (error.step, error.working_id, error.stored) == ("revoke", error.new_id, True)
    assert str(error).startswith("The old token was not revoked: api_tokens.delete: DELETE ")
    assert str(error).endswith(
        f"The new token {error.new_id} works, and `store` has it. The old one may still work: "
        f"delete it with `client.api_tokens.delete('{old.id}')`."
    )
    assert all(map(old.sees, [old.text, *kept]))


@pytest.mark.parametrize("own", [True, False])
async def test_a_revocation_whose_response_was_lost_is_looked_up(ask: Ask, old: Old, own: bool) -> None:  # noqa: FBT001
    """The retry of a client that has revoked its own token gets a 401."""
    old.emulator.faults.add(Fault.drop("after"), call="api_tokens.delete", count=1)
    token = old.text if own else old.emulator.token
    policy = RetryPolicy(attempts=2, base=0.0)
    rotated, _ = await play(ask, old.emulator, rotate(old.id, lambda _: None), token=token, retries=policy)
    assert rotated.switched == own
    assert [*old.listed()] == [rotated.new_id]


async def test_a_token_that_somebody_else_has_revoked_meanwhile_is_gone(ask: Ask, old: Old) -> None:
    def store(_: str) -> None:
        (entity,) = [one for one in old.emulator.state.every("apiToken") if one.id == old.id]
        old.emulator.state.remove(entity)

    rotated, _ = await play(ask, old.emulator, rotate(old.id, store))
    assert [*old.listed()] == [rotated.new_id]


async def test_another_role_is_not_taken(ask: Ask, old: Old) -> None:
    make = old.emulator.faults.add

    def other_role(request: Any, response: Any) -> Any:
        body = response.body.replace(old.role_id.encode(), b"00000000-0000-0000-0000-000000000000")
        return attrs.evolve(response, body=body)

    make(Fault("role", "after", other_role), call="api_tokens.create")
    error = await failure(ask, old, lambda _: pytest.fail("nothing is stored"))
    assert f"with the role 00000000-0000-0000-0000-000000000000, not {old.role_id}. That token, " in str(error)
    assert [*old.listed()] == [old.id]


async def test_the_new_token_is_verified_by_a_client_of_its_own(ask: Ask, old: Old) -> None:
    """A new token that does not work is found out, although the token of the client works."""

    def store(token: str) -> None:
        old.emulator.tokens.revoke(token)

    error = await failure(ask, old, store, patience=0)
    assert isinstance(error.__cause__, Unauthorized)
    assert error.step == "verify"


@pytest.mark.parametrize(
    ("call", "said"),
    [
        ("api_tokens.create", "If a token named 'ci (rotated "),
        (None, "was not revoked, since `store` may have kept it"),
        ("organizations.list", "works and was not revoked; `store` has the new one, "),
        ("api_tokens.delete", "works, and `store` has it. The old one may still work"),
    ],
)
async def test_a_cancellation_says_where_it_stands(
    old: Old, call: str | None, said: str, caplog: pytest.LogCaptureFixture
) -> None:
    """`call` is what the rotation waits for when it is cancelled; None is `store`."""
    reached, waiting = asyncio.Event(), asyncio.Event()

    async def store(_: str) -> None:
        if call is None:
            reached.set()
            await waiting.wait()

    def strike(request: Any, response: Any) -> None:
        reached.set()

    if call:
        old.emulator.faults.add(Fault("reached", "before", strike), call=call)
        old.emulator.faults.add(Fault.latency(60), call=call)
    async with AsyncQovery(old.emulator.token, base_url=old.emulator.url) as client:
        with caplog.at_level(logging.WARNING, "qovery.tokens"):
            rotation = asyncio.ensure_future(
                client.tokens.rotate(old.id, store=store, organization_id=organization(old.emulator))
            )
            await reached.wait()
            rotation.cancel()
            with pytest.raises(asyncio.CancelledError) as cancelled:
                await rotation
        assert await client.api_tokens.list(organization_id=organization(old.emulator))
    (note,) = cancelled.value.__notes__
    assert note.startswith(f"The rotation of API token {old.id} was interrupted (")
    assert said in note
    assert caplog.messages == [note]
    assert old.sees(old.text)
