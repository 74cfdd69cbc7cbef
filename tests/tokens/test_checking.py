"""What does `tokens.check` say of a token? In both faces."""

from __future__ import annotations

import base64
import json
from collections.abc import Generator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from qovery_async import AsyncQovery, ConnectError, Rate, ServerError, TokenCheck, TokenOrganization
from qovery_async.emulator import Emulator
from tests.support.both_faces import play
from tests.support.server import LIST, Answer, Ask, closed_port, organizations, serve

pytestmark = pytest.mark.anyio

MEMBERS = Answer(
    {
        "results": [
            {"id": "u1", "created_at": "2026-01-01T00:00:00Z", "email": "ada@example.com", "role_name": "Owner"},
            {"id": "u2", "created_at": "2026-01-01T00:00:00Z", "email": "Bob@example.com", "role_name": "Viewer"},
        ]
    }
)


def check(client: Any) -> Generator[Any, Any, TokenCheck]:
    return (yield client.tokens.check())


def jwt(**claims: object) -> str:
    def part(value: object) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")

    return f"{part({'alg': 'RS256'})}.{part(claims)}.c2lnbmF0dXJl"


def token(id_: str, role: str | None, **more: object) -> dict[str, object]:
    return {"id": id_, "created_at": "2026-01-01T00:00:00Z", "name": id_, "role_name": role, "role_id": "r", **more}


def limited(answer: Answer, remaining: int) -> Answer:
    headers = {"X-RateLimit-Limit": "1000", "X-RateLimit-Remaining": str(remaining), "X-RateLimit-Reset": "1800"}
    return Answer(answer.json, answer.status, headers=headers)


async def test_an_api_token(ask: Ask) -> None:
    async with Emulator(world="demo", speed=None, rate_limit=1000) as emulator:
        found, operations = await play(ask, emulator, check)
        (organization,) = emulator.state.every("organization")
        assert operations == ["organizations.list", "api_tokens.list"]
        assert found.works
        assert found
        assert (found.kind, found.role, found.expires_at, found.refusal) == ("API_TOKEN", "Admin", None, None)
        assert found.organizations == (TokenOrganization(id=organization.id, name=organization.value["name"]),)
        assert (found.rate.limit, found.rate.remaining) == (1000, 998)
        assert 0 < found.rate.resets_in <= 3660
        async with AsyncQovery(emulator.token, base_url=emulator.url) as client:
            assert [one.id for one in await client.api_tokens.list()] == [found.token_id]


async def test_a_role_that_only_one_of_several_tokens_may_have_is_not_guessed(ask: Ask) -> None:
    tokens = Answer({"results": [token("t1", "Admin"), token("t2", "Viewer")]})
    async with serve(organizations("o1"), tokens) as server:
        found, _ = await play(ask, server, check)
        assert (found.works, found.role, found.token_id) == (True, None, None)


async def test_tokens_of_one_role_tell_it(ask: Ask) -> None:
    tokens = Answer({"results": [token("t1", "Admin"), token("t2", "Admin")]})
    async with serve(organizations("o1"), tokens) as server:
        found, _ = await play(ask, server, check)
        assert (found.role, found.token_id) == ("Admin", None)


@pytest.mark.parametrize("answer", [Answer(status=403), Answer({"results": []}), Answer(status=401)])
async def test_a_token_that_may_not_ask_for_its_role_works(ask: Ask, answer: Answer) -> None:
    async with serve(limited(organizations("o1"), 7), answer) as server:
        found, _ = await play(ask, server, check)
        assert (found.works, found.role) == (True, None)
        assert found.rate == Rate(1000, 7, 1800)


async def test_a_policy_token_says_when_it_expires(ask: Ask) -> None:
    policies = Answer({"results": [token("t1", "DevOps", opa_policy="x", expires_at="2027-01-01T00:00:00Z")]})
    async with serve(organizations("o1"), policies) as server:
        found, operations = await play(ask, server, check, token="sk-qov-01-abcdef")
        assert operations == ["organizations.list", "policy_api_tokens.list"]
        assert (found.kind, found.role, found.token_id) == ("POLICY_API_TOKEN", "DevOps", "t1")
        assert found.expires_at == datetime(2027, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize("claims", [{"sub": "u2"}, {"sub": "auth0|9", "email": "bob@example.com"}])
async def test_a_person_has_the_role_of_a_member(ask: Ask, claims: dict[str, str]) -> None:
    ends = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=1)
    async with serve(organizations("o1", "o2"), MEMBERS) as server:
        found, operations = await play(ask, server, check, token=jwt(exp=ends.timestamp(), **claims))
        assert operations == ["organizations.list", "members.list"]
        assert (found.kind, found.role, found.expires_at) == ("PERSON", "Viewer", ends)
        assert [one.id for one in found.organizations] == ["o1", "o2"]


@pytest.mark.parametrize("claims", [{}, {"exp": True, "sub": 3}, {"exp": 1e300}, {"exp": "soon", "email": ["x"]}])
async def test_odd_claims_tell_nothing(ask: Ask, claims: dict[str, Any]) -> None:
    async with serve(organizations("o1"), MEMBERS) as server:
        found, _ = await play(ask, server, check, token=jwt(**claims))
        assert (found.works, found.kind, found.role, found.expires_at) == (True, "PERSON", None, None)


@pytest.mark.parametrize("odd", ["eyJhbGciOi.%%%%.sig", "eyJhbGciOi.W10.sig", "eyJhbGciOi..sig"])
async def test_a_jwt_that_cannot_be_read_is_still_asked_for(ask: Ask, odd: str) -> None:
    async with serve(organizations("o1"), MEMBERS) as server:
        found, _ = await play(ask, server, check, token=odd)
        assert (found.works, found.kind, found.expires_at) == (True, "PERSON", None)


@pytest.mark.parametrize(("status", "word"), [(401, "revoked"), (403, "role of the token")])
async def test_a_refusal_is_no_error(ask: Ask, status: int, word: str) -> None:
    refusal = Answer({"status": status, "detail": "no"}, status)
    async with serve(limited(refusal, 3)) as server:
        found, operations = await play(ask, server, check)
        assert operations == ["organizations.list"]
        assert not found
        assert found.organizations == ()
        assert found.refusal.startswith(f"organizations.list returned {status}: no. ")
        assert word in found.refusal
        assert found.rate == Rate(1000, 3, 1800)


async def test_a_refusal_says_that_the_token_has_expired(ask: Ask) -> None:
    async with serve(Answer(status=401)) as server:
        found, _ = await play(ask, server, check, token=jwt(exp=0))
        assert found.refusal.startswith("The token expired at 1970-01-01T00:00:00+00:00. ")


async def test_a_refused_policy_token_may_be_good_for_other_things(ask: Ask) -> None:
    async with serve(Answer(status=401)) as server:
        found, _ = await play(ask, server, check, token="sk-qov-01-abcdef")
        assert found.refusal.endswith("The policy has to allow `GET /organization`, which the check requests.")


async def test_whether_it_works_is_not_known_if_the_api_fails(ask: Ask) -> None:
    async with serve(Answer(status=500)) as server:
        with pytest.raises(ServerError):
            await play(ask, server, check)
    with pytest.raises(ConnectError):
        await ask(closed_port(), lambda client: client.tokens.check())


async def test_a_token_may_see_no_organization(ask: Ask) -> None:
    async with serve(LIST) as server:
        found, operations = await play(ask, server, check)
        assert operations == ["organizations.list"]
        assert (found.works, found.organizations, found.role) == (True, (), None)
