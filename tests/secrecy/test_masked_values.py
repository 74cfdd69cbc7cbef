"""Which values does `repr` mask for what stands beside them or in them: a key like a secret's, a password in a URL?"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import pytest

from qovery_async import models, to_dict, to_json
from qovery_async.secrecy.masking import MASK, masked, without_passwords
from tests.support.server import Answer, Ask, serve

MARKER = "fe9f0ab1"

SECRET_KEYS = [
    "DB_PASSWORD", "db_password", "MYSQL_ROOT_PASSWORD", "pass", "PASS", "DB_PASS", "DBPASS", "PGPASS", "dbPass",
    "PASSCODE", "PASSPHRASE", "pem", "TLS_PEM", "SERVER.PEM", "dockerconfigjson", ".dockerconfigjson",
    "DOCKER_CONFIG_JSON", "DOCKER_AUTH_CONFIG", "API_TOKEN", "STRIPE_API_KEY", "SECRET_KEY_BASE", "APP_KEY",
    "TLS_KEY", "tls.key", "MASTER_KEY", "id_rsa", "GOOGLE_CREDS", "GITHUB_PAT", "SENTRY_DSN", "NPMRC", "SALT",
]  # fmt: skip
OPEN_KEYS = [
    "LOG_LEVEL", "PORT", "DB_HOST", "DATABASE_URL", "COMPASS", "BYPASS_CACHE", "PATH", "PATTERN", "PEMBROKE", "DOCKER_HOST",
    "KEY", "PUBLIC_KEY", "SALTO", "SIGNAL", "API_TOKEN_ID", "SECRET_NAME", "PASSENGERS", "CREDITS", "TEMPERATURE",
]  # fmt: skip

BESIDE_KEY: list[Callable[[str, str], Any]] = [
    lambda key, value: models.EnvironmentVariableRequest(key=key, value=value),
    lambda key, value: models.EnvironmentVariableEditRequest(key=key, value=value),
    lambda key, value: models.EnvironmentVariableAlias(id="i", key=key, value=value, mount_path="", scope=None, variable_type=None),
    lambda key, value: models.EnvironmentVariableOverride(id="i", key=key, value=value, mount_path="", scope=None, variable_type=None),
    lambda key, value: models.EnvironmentVariable(
        id="i", created_at=None, key=key, value=value, mount_path=None, scope=None, variable_type=None, service_type=None
    ),
    lambda key, value: models.VariableRequest(key=key, value=value, is_secret=False, variable_scope=None, variable_parent_id="p", mount_path=None),
    lambda key, value: models.TerraformVarKeyValue(key=key, value=value, secret=False),
    lambda key, value: models.VariableImportRequestVar(name=key, value=value, scope=None, is_secret=False),
    lambda key, value: models.Label(key=key, value=value, propagate_to_cloud_provider=False),
    lambda key, value: models.Annotation(key="a", value="b", extra={"more": [{"key": key, "value": value}]}),
    lambda key, value: {"name": key, "value": value, "isSecret": False},
    lambda key, value: {"key": key, "default_value": value, "defaultValue": value},
]  # fmt: skip
"""Models and plain objects with a key that the user chose, and a value; each says that it is not secret, or nothing."""


@pytest.mark.parametrize("make", BESIDE_KEY)
def test_a_value_beside_a_key_that_looks_secret(make: Callable[[str, str], Any]) -> None:
    for key in SECRET_KEYS:
        for shown in (masked(make(key, MARKER)), masked([make(key, MARKER)]), masked({"a": (make(key, MARKER),)})):
            assert (MARKER in shown, MASK in shown, key in shown) == (False, True, True)


@pytest.mark.parametrize("make", BESIDE_KEY)
def test_not_a_value_beside_another_key(make: Callable[[str, str], Any]) -> None:
    for key in OPEN_KEYS:
        shown = masked(make(key, MARKER))
        assert f"'{MARKER}'" in shown, key
        assert MASK not in shown, key


def test_only_the_value_is_masked_and_it_is_sent_as_ever() -> None:
    variable = models.EnvironmentVariableRequest(key="DB_PASSWORD", value=MARKER, description="of the shop")
    assert repr(variable) == "EnvironmentVariableRequest(key='DB_PASSWORD', value=***, description='of the shop')"
    assert to_dict(variable)["value"] == variable.value == MARKER
    assert MARKER in to_json(variable).decode()
    assert "value" not in repr(models.EnvironmentVariableRequest(key="DB_PASSWORD"))


URLS = {
    f"postgres://app:{MARKER}@db:5432/shop": "postgres://app:***@db:5432/shop",
    f"redis://:{MARKER}@cache:6379/0": "redis://:***@cache:6379/0",
    f"https://me:{MARKER}@git.example/a.git": "https://me:***@git.example/a.git",
    f"jdbc:mysql://root:{MARKER}@db/shop": "jdbc:mysql://root:***@db/shop",
    f"postgres://app:p@{MARKER}@db/shop": "postgres://app:***@db/shop",
    f"postgres://app:p/{MARKER}@db/shop": "postgres://app:***@db/shop",
    f"postgres://app:a#?{MARKER}@db/shop": "postgres://app:***@db/shop",
    f"postgres://app:12{MARKER}@db/shop": "postgres://app:***@db/shop",
    f"amqp://a:{MARKER}@h1,amqp://b:{MARKER}@h2": "amqp://a:***@h2",
    f"see postgres://app:{MARKER}@db and http://b:{MARKER}@c": "see postgres://app:***@db and http://b:***@c",
    f"https://ghp_{MARKER}0123456789@github.com/a/b": "https://***@github.com/a/b",
    f"https://h/?token={MARKER}": "https://h/?token=***",
    f"https://h/?a=1&api_key={MARKER}&b=2#c": "https://h/?a=1&api_key=***&b=2#c",
    f"jdbc:postgresql://db/shop?user=app&password={MARKER}": "jdbc:postgresql://db/shop?user=app&password=***",
    f"Server=db;User Id=app;Password={MARKER};": "Server=db;User Id=app;Password=***;",
    f"https://b.example/c?sv=1&sig={MARKER}&X-Amz-Signature={MARKER}": (
        "https://b.example/c?sv=1&sig=***&X-Amz-Signature=***"
    ),
}  # fmt: skip
OPEN_URLS = [
    "https://api.qovery.com", "http://db:5432/a@b", "http://db:80", "https://h/a:b@c", "git@github.com:a/b.git",
    "ssh://git@github.com/a/b", "postgres://app@db/shop", "https://unpkg.com/react@18", "mailto:a@b.example", "a:b@c",
    "https://h/?a=1&b=2", "a=b", "://", "://:", "", "http://[::1]:80/@",
]  # fmt: skip


@pytest.mark.parametrize("url", URLS)
def test_a_password_in_an_address(url: str) -> None:
    for shown in (
        repr(models.EnvironmentVariableRequest(key="DATABASE_URL", value=url)),
        repr(models.Annotation(key="a", value="b", extra={"url": [url]})),
        masked({"url": url}),
        masked([url]),
        without_passwords(url),
    ):
        assert MARKER not in shown
        assert URLS[url] in shown
    assert to_dict(models.EnvironmentVariableRequest(key="DATABASE_URL", value=url))["value"] == url


@pytest.mark.parametrize("url", OPEN_URLS)
def test_an_address_without_a_password_is_shown_as_it_is(url: str) -> None:
    assert masked({"url": url}) == repr({"url": url})


@pytest.mark.parametrize(
    "text",
    [
        "://" * 300_000,
        "://a:" * 200_000 + "@",
        ("://" + "a" * 30) * 30_000 + "@",
        "@ ://a: " * 100_000,
        "a=" * 400_000,
        "&a=" * 300_000,
        "x" * 10**6 + "://",
    ],
)
def test_no_text_takes_long(text: str) -> None:
    assert without_passwords(text)


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("DB_PASSWORD", 1234567890123, "expected str, got int"),
        ("SIZE", 1234567890123, "expected str, got 1234567890123"),
    ],
)
async def test_a_warning_about_a_value_that_does_not_fit(
    ask: Ask, caplog: pytest.LogCaptureFixture, key: str, value: Any, said: str
) -> None:
    caplog.set_level(logging.WARNING)
    async with serve(Answer({"results": [{"id": "v", "key": key, "value": value}]})) as server:
        (variable,) = await ask(server.url, lambda client: client.projects.environment_variables.list("p"))
    assert variable.value == str(value)
    assert said in caplog.text
    assert (str(value) in caplog.text) == (key == "SIZE")


@pytest.mark.anyio
async def test_a_warning_about_an_address_with_a_password(ask: Ask, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    body = {"results": [{"id": "p", "created_at": f"pg://a:{MARKER}@db"}]}
    async with serve(Answer(body)) as server:
        await ask(server.url, lambda client: client.projects.list(organization_id="o1"))
    assert "expected a date-time, got 'pg://a:***@db'" in caplog.text
