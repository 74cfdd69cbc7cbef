"""Is the password in an address that is refused shown? Nothing of the value is, whichever way it came."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from qovery_async import AsyncQovery, ConfigurationError
from qovery_sync import Qovery
from tests.support.sight import TOKEN, Needle

MAKERS = pytest.mark.parametrize("make", [AsyncQovery, Qovery, AsyncQovery.from_env, Qovery.from_env])
PASSWORD = "Qx5tLz8wRk2Vb"
WRONG = [
    f"me:{PASSWORD}@host:3128",
    f"http:/me:{PASSWORD}@host:3128",
    f"http//me:{PASSWORD}@host:3128",
    f"http://me:{PASSWORD}\n@host:3128",
    f"http://me:{PASSWORD[:6]}\n{PASSWORD[6:]}@host",
    f"http://me:{PASSWORD}\t@host",
    f"http://me:{PASSWORD}/@host",
    f"http://me:{PASSWORD}#@host",
    f"http://me:{PASSWORD}@host:port",
    f"http://me:{PASSWORD}@host:99999",
    f"http://me:{PASSWORD}@",
    f"http://me@{PASSWORD}@host",
    f"http://me:{PASSWORD}@[::1",
    f"socks5://me:{PASSWORD}@host",
    f"{PASSWORD}://host",
    f"http://host?password={PASSWORD}",
    f"//{PASSWORD}",
    PASSWORD,
    f"http://me:12/{PASSWORD}@host",
]
BASE_FORM = r"base_url \(QOVERY_API_URL\) must be a https:// or http:// address such as https://api\.qovery\.com"
WS_FORM = r"ws_url \(QOVERY_WS_URL\) must be a wss:// or ws:// address such as wss://ws\.qovery\.com"
PROXY_FORM = r"must be an http:// or https:// address such as http://user:password@host:3128"


def refusal(make: Callable[..., Any], says: str, **arguments: Any) -> None:
    with pytest.raises(ConfigurationError, match=says) as refused:
        make(token=TOKEN, **arguments)
    assert Needle(PASSWORD).places_in(refused.value) == []


@MAKERS
@pytest.mark.parametrize("wrong", WRONG)
def test_an_address_that_is_refused_is_not_shown(make: Callable[..., Any], wrong: str) -> None:
    refusal(make, BASE_FORM, base_url=wrong)
    refusal(make, WS_FORM, ws_url=wrong)
    refusal(make, f"^proxy {PROXY_FORM}", proxy=wrong)


@MAKERS
@pytest.mark.parametrize("wrong", [f"http://me:{PASSWORD}@host", f"ftp://me:{PASSWORD}@host"])
def test_an_address_with_a_user_is_not_shown(make: Callable[..., Any], wrong: str) -> None:
    refusal(make, BASE_FORM, base_url=wrong)
    refusal(make, WS_FORM, ws_url=wrong.replace("http", "ws"))


@MAKERS
@pytest.mark.parametrize("wrong", WRONG)
def test_an_address_of_the_environment_that_is_refused_is_not_shown(
    make: Callable[..., Any], wrong: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable, says in {"QOVERY_API_URL": BASE_FORM, "QOVERY_WS_URL": WS_FORM}.items():
        with monkeypatch.context() as patch:
            patch.setenv(variable, wrong)
            refusal(make, says)
    if wrong not in (WRONG[0], PASSWORD):  # without a scheme, the environment's is http
        monkeypatch.setenv("HTTPS_PROXY", wrong)
        refusal(make, rf"^the proxy of the environment \(HTTPS_PROXY\) {PROXY_FORM}")


@pytest.mark.parametrize("make", [AsyncQovery.from_env, Qovery.from_env])
@pytest.mark.parametrize("wrong", [wrong for wrong in WRONG if "\n" not in wrong])
def test_an_address_of_a_dotenv_file_that_is_refused_is_not_shown(
    make: Callable[..., Any], wrong: str, tmp_path: Path
) -> None:
    for variable, says in {"QOVERY_API_URL": BASE_FORM, "QOVERY_WS_URL": WS_FORM}.items():
        (tmp_path / "env").write_text(f"{variable}='{wrong}'\n")
        refusal(make, says, dotenv=tmp_path / "env")


@MAKERS
@pytest.mark.parametrize("wrong", [5, PASSWORD.encode(), [PASSWORD], {PASSWORD: PASSWORD}, ("https", PASSWORD)])
def test_what_is_no_string_is_not_shown(make: Callable[..., Any], wrong: Any) -> None:
    for name in ("base_url", "ws_url", "proxy"):
        refusal(make, f"^{name} must be a string, got {type(wrong).__name__}", **{name: wrong})


@MAKERS
def test_plain_http_is_refused_by_the_name_of_the_setting(make: Callable[..., Any]) -> None:
    refusal(make, "^base_url would send the token unencrypted", base_url="http://elsewhere.example")
    refusal(make, "^ws_url would send the token unencrypted", ws_url="ws://elsewhere.example")


@MAKERS
@pytest.mark.parametrize("wrong", [f"Token {PASSWORD}", f"Bearer {PASSWORD}", PASSWORD, PASSWORD.encode()])
def test_a_scheme_that_is_a_whole_header_is_not_shown(make: Callable[..., Any], wrong: Any) -> None:
    refusal(make, "^auth_scheme must be 'Token' or 'Bearer', without the token", auth_scheme=wrong)


@pytest.mark.parametrize("make", [AsyncQovery.from_env, Qovery.from_env])
@pytest.mark.parametrize("token", [f"qov_{PASSWORD}", f"sk-qov-01-{PASSWORD}", f"eyJ{PASSWORD}.{PASSWORD}.x"])
def test_a_token_in_place_of_the_file_is_not_shown(make: Callable[..., Any], token: str) -> None:
    with pytest.raises(ConfigurationError, match=r"token is passed as token=") as refused:
        make(token)
    assert not Needle(PASSWORD).stands_in("".join(traceback.format_exception(refused.value)).rpartition("Error: ")[2])
