"""Is every certificate verified? Always; an authority of your own is one argument."""

from __future__ import annotations

import ssl
from pathlib import Path
from typing import Any

import aiohttp
import anyio
import pytest
import trustme

from qovery_async import AsyncQovery, ConfigurationError, ConnectError
from qovery_sync import Qovery
from tests.support.server import TOKEN, Ask
from tests.support.tunnel import Heard, authority_file, certificates, encrypted

pytestmark = pytest.mark.anyio


def list_projects(client: Any) -> Any:
    return client.projects.list(organization_id="o1")


def url_of(server: Heard) -> str:
    return f"https://localhost:{server.port}"


async def refusal(ask: Ask, server: Heard, **options: Any) -> str:
    """How the call was refused, with nothing said to the server."""
    with pytest.raises(ConnectError) as refused:
        await ask(url_of(server), list_projects, **options)
    assert server.data == b""
    return str(refused.value)


async def test_an_unknown_authority_is_refused_with_advice(ask: Ask) -> None:
    _, context = certificates("localhost")
    async with encrypted(context) as server:
        says = await refusal(ask, server)
    assert "CERTIFICATE_VERIFY_FAILED" in says
    assert "ssl=" in says


async def test_the_authority_of_another_is_refused(ask: Ask, tmp_path: Path) -> None:
    _, context = certificates("localhost")
    async with encrypted(context) as server:
        await refusal(ask, server, ssl=authority_file(trustme.CA(), tmp_path))


async def test_the_name_of_another_is_refused(ask: Ask, tmp_path: Path) -> None:
    authority, context = certificates("other.example")
    async with encrypted(context) as server:
        assert "localhost" in await refusal(ask, server, ssl=authority_file(authority, tmp_path))


async def test_what_has_expired_is_refused(ask: Ask, tmp_path: Path) -> None:
    authority, context = certificates("localhost", expired=True)
    async with encrypted(context) as server:
        assert "expired" in await refusal(ask, server, ssl=authority_file(authority, tmp_path))


@pytest.mark.parametrize("as_", ["path", "text", "folder", "context"])
async def test_an_authority_of_ones_own_is_one_argument(ask: Ask, tmp_path: Path, as_: str) -> None:
    authority, context = certificates("localhost")
    file = authority_file(authority, tmp_path)
    given: object = file
    if as_ == "text":
        given = str(file)
    elif as_ == "folder":
        await anyio.run_process(["openssl", "rehash", str(tmp_path)])
        given = tmp_path
    elif as_ == "context":
        given = ssl.create_default_context(cafile=str(file))
    async with encrypted(context) as server:
        await ask(url_of(server), list_projects, token=TOKEN, ssl=given)
    assert f"Authorization: Token {TOKEN}".encode() in server.data


@pytest.mark.parametrize("face", [AsyncQovery, Qovery])
@pytest.mark.parametrize("nothing", [False, True, 0, 1, b"", [], ssl.CERT_NONE, ssl.CERT_REQUIRED, object()])
def test_no_value_turns_verification_off(face: Any, nothing: Any) -> None:
    with pytest.raises(ConfigurationError, match="always verified"):
        face(TOKEN, ssl=nothing)


@pytest.mark.parametrize("nothing", ["", "/dev/null", "/no/such/file"])
@pytest.mark.parametrize("face", [AsyncQovery, Qovery])
def test_a_file_without_authorities_is_refused(face: Any, nothing: str) -> None:
    with pytest.raises(ConfigurationError, match="ssl"):
        face(TOKEN, ssl=nothing)


@pytest.mark.parametrize(
    "variable",
    [
        "PYTHONHTTPSVERIFY=0",
        "CURL_CA_BUNDLE=",
        "REQUESTS_CA_BUNDLE=",
        "SSL_VERIFY=0",
        "NODE_TLS_REJECT_UNAUTHORIZED=0",
        "GIT_SSL_NO_VERIFY=1",
    ],
)
async def test_no_variable_turns_verification_off(ask: Ask, variable: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(*variable.split("=", 1))
    monkeypatch.setattr(ssl, "_create_default_https_context", ssl._create_unverified_context)
    _, context = certificates("localhost")
    async with encrypted(context) as server:
        await refusal(ask, server, ssl=None)


async def test_a_session_that_does_not_verify_needs_an_authority_to_trust(tmp_path: Path) -> None:
    """It may have been made for something else."""
    authority, context = certificates("localhost")
    _, impostor = certificates("localhost")
    trusted = authority_file(authority, tmp_path)
    async with (
        encrypted(impostor) as false,
        encrypted(context) as true,
        aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=False)) as session,
    ):
        with pytest.raises(ConfigurationError, match=r"session.*verify.*ssl="):
            AsyncQovery(TOKEN, base_url=url_of(false), session=session)
        with pytest.raises(ConnectError):
            await list_projects(AsyncQovery(TOKEN, base_url=url_of(false), session=session, ssl=trusted))
        await list_projects(AsyncQovery(TOKEN, base_url=url_of(true), session=session, ssl=trusted))
    assert false.data == b""
    assert b"Authorization" in true.data


async def test_a_session_with_an_authority_of_its_own_keeps_it(tmp_path: Path) -> None:
    authority, context = certificates("localhost")
    trusting = ssl.create_default_context(cafile=str(authority_file(authority, tmp_path)))
    async with (
        encrypted(context) as server,
        aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=trusting)) as session,
    ):
        await list_projects(AsyncQovery(TOKEN, base_url=url_of(server), session=session))
    assert b"Authorization" in server.data


async def test_credentials_of_a_session_do_not_take_the_place_of_the_token(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine localhost login me password hidden-password\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    authority, context = certificates("localhost")
    trusted = authority_file(authority, tmp_path)
    async with encrypted(context) as server, aiohttp.ClientSession(trust_env=True) as session:
        client = AsyncQovery(TOKEN, base_url=url_of(server), session=session, ssl=trusted)
        with pytest.raises(ConfigurationError, match="cannot be sent"):
            await list_projects(client)
    assert server.data == b""
