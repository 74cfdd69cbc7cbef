"""Does a token show, in any form, when it is checked or rotated and that fails?"""

from __future__ import annotations

import base64
import contextlib
import json
import logging
import traceback
from collections.abc import Callable
from typing import Any

import attrs
import pytest

from qovery_async import AsyncQovery, QoveryError, TokenCheck
from qovery_async.emulator import Emulator, Fault
from qovery_async.secrecy.secret import Secret
from qovery_async.tokens.kinds import claims_of
from tests.support.both_faces import organization
from tests.support.server import Answer, Ask, serve
from tests.support.sight import TOKEN, Needle

pytestmark = pytest.mark.anyio

JWT = "eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJ1MSIsImV4cCI6MTgwMDAwMDAwMH0.Zm9ydHktdHdvLXRpbWVz"


class Vault:
    """Stores a token the careless way, and fails in a way that tells it."""

    def __init__(self, error: Exception | None) -> None:
        self.error = error
        self.kept: list[str] = []

    def __call__(self, token: str) -> None:
        self.kept.append(str.__str__(token))
        if self.error is not None:
            raise type(self.error)(f"could not send {token!s} to the vault", [token]) from ValueError(token)


@pytest.mark.parametrize("error", [None, OSError(), RuntimeError(), KeyError()], ids=lambda value: type(value).__name__)
@pytest.mark.parametrize("call", [None, "api_tokens.delete", "organizations.list", "api_tokens.create"])
async def test_no_failed_rotation_shows_the_new_token(
    ask: Ask, log: Callable[[], str], error: Exception | None, call: str | None
) -> None:
    vault = Vault(error)
    answered: list[str] = []

    def spy(_: Any, response: Any) -> Any:
        answered.append(json.loads(response.body)["token"])
        return attrs.evolve(response, body=response.body[:-2]) if call == "api_tokens.create" else None

    async with Emulator() as emulator:
        async with AsyncQovery(emulator.token, base_url=emulator.url) as client:
            old = await client.api_tokens.create({"name": "ci", "role_id": None})
        emulator.faults.add(Fault("spy", "after", spy), call="api_tokens.create")
        if call not in (None, "api_tokens.create"):
            emulator.faults.add(Fault.status(403), call=call)
        options = {"token": emulator.token, "organization_id": organization(emulator)}
        failed: QoveryError | None = None
        result: object = None
        try:
            result = await ask(
                emulator.url, lambda client: client.tokens.rotate(old.id, store=vault, patience=0), **options
            )
        except QoveryError as raised:
            failed = raised
        assert (failed is None) == (error is None and call is None)
    (new,) = answered
    for text in (new, str(old.token)):
        needle = Needle(text)
        assert failed is None or needle.places_in(failed) == []
        assert not needle.stands_in(f"{result!r} {log()}")
    if error is not None and failed is not None:
        assert failed.__context__ is None or not isinstance(failed.__context__, type(error))


async def test_what_store_gets_does_not_show_in_a_traceback_of_its_frames(ask: Ask) -> None:
    """An error tracker sees the variables of `store` itself only as `***`."""
    shown: list[str] = []

    def store(token: str) -> None:
        try:
            len(token[1000])
        except IndexError as error:
            shown.extend(traceback.TracebackException.from_exception(error, capture_locals=True).format())

    async with Emulator() as emulator:
        async with AsyncQovery(emulator.token, base_url=emulator.url) as client:
            old = await client.api_tokens.create({"name": "ci", "role_id": None})
        options = {"token": emulator.token, "organization_id": organization(emulator)}
        await ask(emulator.url, lambda client: client.tokens.rotate(old.id, store=store), **options)
    assert "token = ***" in "".join(shown)


@pytest.mark.parametrize("secret", [TOKEN, JWT, "sk-qov-01-Zq7Xk29Wm4Bv8Hn3JtR6yLd5Pf1Gs0"])
@pytest.mark.parametrize("status", [200, 401, 403, 500])
async def test_a_check_shows_nothing_of_the_token(ask: Ask, log: Callable[[], str], secret: str, status: int) -> None:
    async with serve(Answer({"results": [], "detail": f"bad token {secret}"}, status)) as server:
        found: object = None
        places: list[str] = []
        try:
            found = await ask(server.url, lambda client: client.tokens.check(), token=secret)
        except QoveryError as error:
            places = Needle(secret).places_in(error)
    assert places == []
    assert isinstance(found, TokenCheck) or status == 500
    text = f"{found!r} {found!s} {attrs.asdict(found) if isinstance(found, TokenCheck) else ''} {log()}"
    assert not Needle(secret).stands_in(text)


@pytest.mark.parametrize("payload", [b"\xff\xfe", b"[1]", b'{"exp": ', b"[" * 100_000])
def test_a_jwt_that_cannot_be_read_is_not_shown(payload: bytes, caplog: pytest.LogCaptureFixture) -> None:
    text = f"eyJhbGciOiJSUzI1NiJ9.{base64.urlsafe_b64encode(payload).decode()}.Zm9ydHktdHdv"
    with caplog.at_level(logging.DEBUG), contextlib.suppress(QoveryError):
        assert "eyJ" not in repr(claims_of(Secret(f"Bearer {text}")))
    assert caplog.text == ""
