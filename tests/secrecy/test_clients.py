"""No object of a client shows the token, holds it as plain text, or can be pickled with it inside."""

from __future__ import annotations

import asyncio
import copy
import gc
import io
import pickle
import traceback
import types
from collections.abc import Callable, Iterator
from typing import Any

import attrs
import pytest

from qovery_async import AsyncQovery, ConfigurationError
from qovery_async.secrecy.secret import Secret
from qovery_sync import Qovery
from tests.support.server import Answer, Ask, serve
from tests.support.sight import TOKEN, Needle

PASSWORD = "Qx5tLz8wRk2Vb"
EMPTY = Answer({"results": []})

_FOREIGN = (types.ModuleType, types.FunctionType, types.FrameType, types.CodeType, type, asyncio.AbstractEventLoop)


def reachable(root: object) -> Iterator[object]:
    """All that hangs on an object; a `Secret` counts, but not what its functions hold."""
    seen: dict[int, object] = {}
    queue = [root]
    while queue:
        found = queue.pop()
        if id(found) in seen or isinstance(found, _FOREIGN):
            continue
        seen[id(found)] = found
        yield found
        queue += gc.get_referents(found)


@pytest.mark.anyio
@pytest.mark.parametrize("secret", [TOKEN, PASSWORD])
async def test_nothing_that_hangs_on_a_client_shows_a_secret_or_holds_it_as_plain_text(ask: Ask, secret: str) -> None:
    """Of a client that has been used and still has its connection, and of one that has a proxy."""
    telling: list[object] = []
    needle = Needle(secret)

    def look(*clients: Any) -> None:
        objects = list(reachable(clients))
        assert len(objects) > 100
        assert any(isinstance(found, Secret) for found in objects)
        # Errors of an assertion would show the objects, and with them the token.
        telling.extend(type(found) for found in objects[1:] if needle.stands_in(repr(found)))

    def call(client: Any) -> Any:
        other = type(client)(TOKEN, headers={"X-Key": PASSWORD}, proxy=f"http://me:{PASSWORD}@localhost:1")
        copied = client.with_options(timeout=5, headers={"X-Other": PASSWORD})
        client.projects.environment_variables  # noqa: B018  # made by being touched
        if isinstance(client, Qovery):
            client.projects.list(organization_id="o1")
            return look(client, other, copied)
        return call_async(client, other, copied)

    async def call_async(client: Any, *others: Any) -> None:
        await client.projects.list(organization_id="o1")
        look(client, *others)

    async with serve(EMPTY) as server:
        await ask(server.url, call, token=TOKEN, headers={"X-Key": PASSWORD})
    assert telling == []


@pytest.mark.parametrize("face", [AsyncQovery, Qovery])
def test_a_client_that_is_shown_or_formatted_has_stars_in_place_of_the_token(face: type[Any]) -> None:
    client = face(TOKEN)
    assert (
        repr(client) == str(client) == f"{client}" == f"{face.__name__}(base_url='https://api.qovery.com', token=***)"
    )


def parts(client: Any) -> dict[str, Any]:
    core = client._core if isinstance(client, AsyncQovery) else client._async._core
    exchange = core.exchange
    return {
        "client": client,
        "copy": client.with_options(timeout=1),
        "namespace": client.projects,
        "nested namespace": client.projects.environment_variables,
        "method": client.projects.list,
        "exchange": exchange,
        "credentials": exchange.credentials,
        "credentials of a function": type(exchange.credentials)(print, None),
        "transport": exchange.http,
        "options": exchange.options,
        "token": Secret(TOKEN),
    }


PARTS = list(parts(AsyncQovery(TOKEN)))


@pytest.mark.parametrize("face", [AsyncQovery, Qovery])
@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_what_holds_the_token_is_not_pickled_and_says_what_to_do(face: type[Any], part: str, protocol: int) -> None:
    file = io.BytesIO()
    with pytest.raises(TypeError, match=r"pickled.*each process") as refused:
        pickle.Pickler(file, protocol).dump(parts(face(TOKEN, headers={"X": PASSWORD}))[part])
    assert TOKEN.encode() not in file.getvalue()
    assert Needle(TOKEN).places_in(refused.value) == []


@pytest.mark.parametrize("face", [AsyncQovery, Qovery])
@pytest.mark.parametrize("duplicate", [copy.copy, copy.deepcopy])
def test_a_client_is_copied_by_with_options_only(face: type[Any], duplicate: Callable[[Any], Any]) -> None:
    with pytest.raises(TypeError, match="with_options"):
        duplicate(face(TOKEN))


def test_a_secret_stays_one_in_copies() -> None:
    secret = Secret(TOKEN)
    assert copy.copy(secret) is copy.deepcopy([secret])[0] is Secret(secret) is secret
    assert not Needle(TOKEN).stands_in(repr(attrs.asdict(AsyncQovery(TOKEN)._core.exchange)))


WRONG: list[dict[str, Any]] = [
    {"base_url": "ftp://x"},
    {"base_url": 5},
    {"ws_url": "x"},
    {"base_url": "http://elsewhere.example"},
    {"auth_scheme": "Basic"},
    {"timeout": -1},
    {"retries": 3},
    {"pace": "fast"},
    {"proxy": "socks5://x"},
    {"proxy": f"socks5://me:{PASSWORD}@x"},
    {"proxy": f"http://me:{PASSWORD}@x", "timeout": -1},
    {"ssl": "/no/such/file"},
    {"ssl": False},
    {"max_response_bytes": 0},
    {"user_agent": "\n"},
    {"headers": {"X-Key": PASSWORD}, "timeout": -1},
    {"headers": {"X-Key": PASSWORD + "\n"}},
    {"headers": {"Authorization": f"Token {TOKEN}"}},
    {"headers": {"authorization": PASSWORD}},
    {"token": TOKEN + "\n" + TOKEN},
    {"token": TOKEN + "\x85x"},
    {"token": TOKEN + "\udcff"},
    {"token": TOKEN.encode()},
    {"token": [TOKEN]},
    {"token": {"token": TOKEN}},
    {"token": lambda: TOKEN, "timeout": -1},
    {"headers": f"X-Key: {PASSWORD}"},
    {"headers": [("X-Key", PASSWORD)]},
    {"headers": {"X-Key": PASSWORD.encode()}},
    {"proxy": PASSWORD.encode()},
    {"proxy": {"https": f"http://me:{PASSWORD}@x"}},
    {"no_such_argument": 1},
    {"no_such_argument": PASSWORD},
]


@pytest.mark.parametrize("secret", [TOKEN, PASSWORD])
@pytest.mark.parametrize("wrong", WRONG, ids="-".join)
@pytest.mark.parametrize("make", [AsyncQovery, Qovery, AsyncQovery.from_env, Qovery.from_env])
def test_a_client_that_cannot_be_made_does_not_tell(
    make: Callable[..., Any], wrong: dict[str, Any], secret: str
) -> None:
    with pytest.raises((ConfigurationError, TypeError)) as refused:
        make(**{"token": TOKEN, **wrong})
    assert Needle(secret).places_in(refused.value) == []


@pytest.mark.parametrize("face", [AsyncQovery, Qovery])
@pytest.mark.parametrize(
    "wrong",
    [
        {"headers": {"X-Key": PASSWORD}, "timeout": -1},
        {"headers": {"X-Key": PASSWORD + "\n"}},
        {"headers": [PASSWORD]},
        {"proxy": f"http://me:{PASSWORD}@x"},
        {"token": PASSWORD},
    ],
    ids="-".join,
)
def test_a_copy_that_cannot_be_made_does_not_tell(face: type[Any], wrong: dict[str, Any]) -> None:
    client = face(TOKEN)
    with pytest.raises((ConfigurationError, TypeError)) as refused:
        client.with_options(**wrong)
    assert Needle(PASSWORD).places_in(refused.value) == []


@pytest.mark.parametrize("face", [AsyncQovery, Qovery])
def test_a_client_that_cannot_be_made_is_shown_in_a_traceback(face: type[Any]) -> None:
    with pytest.raises(ConfigurationError) as refused:
        face(TOKEN, timeout=-1)
    text = "".join(traceback.TracebackException.from_exception(refused.value, capture_locals=True).format())
    assert f"self = {face.__name__}(token=***)" in text
    assert "'timeout': -1" in text
    assert not Needle(TOKEN).stands_in(text.partition("in __init__")[2])


@pytest.mark.parametrize("wrong", WRONG, ids="-".join)
@pytest.mark.parametrize("make", [AsyncQovery, Qovery, AsyncQovery.from_env, Qovery.from_env])
def test_a_traceback_with_variables_tells_why_a_client_cannot_be_made(
    make: Callable[..., Any], wrong: dict[str, Any]
) -> None:
    """Python 3.11 shows no traceback at all where the `repr` of a variable raises, such as a half-made client's."""
    with pytest.raises((ConfigurationError, TypeError)) as refused:
        make(**{"token": TOKEN, **wrong})
    summary = traceback.TracebackException.from_exception(refused.value, capture_locals=True)
    assert str(refused.value) in "".join(summary.format())
    for frame, _ in traceback.walk_tb(refused.value.__traceback__):
        assert all(isinstance(repr(value), str) for value in frame.f_locals.values())


@pytest.mark.parametrize("make", [AsyncQovery.from_env, Qovery.from_env])
@pytest.mark.parametrize(
    "line", ["QOVERY_API_URL=ftp://x", "QOVERY_API_TOKEN_FILE=a\0b", "QOVERY_API_TOKEN_FILE={}", "A=\xff"]
)
def test_a_dotenv_file_that_is_wrong_does_not_tell(make: Callable[..., Any], line: str, tmp_path: Any) -> None:
    """Nor does the token where a file's name should stand."""
    first = "" if "FILE" in line else f"QOVERY_API_TOKEN={TOKEN}\n"
    (tmp_path / "env").write_text(f"{first}{line.format(TOKEN)}\n", encoding="latin1")
    with pytest.raises(ConfigurationError) as refused:
        make(tmp_path / "env")
    assert Needle(TOKEN).places_in(refused.value) == []
