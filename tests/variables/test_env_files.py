"""What is read from a `.env` file, and does an exported one read back to the same?"""

from __future__ import annotations

import io
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest
from dotenv.main import DotEnv
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from qovery_async import AliasOf, AsyncQovery, ConfigurationError, MountedFile, SecretValue, VariablesError
from qovery_async.config.dotenv import parse
from qovery_async.emulator import Emulator
from qovery_async.variables.env_file import read, written
from qovery_async.variables.present import SeenVariable
from tests.support.both_faces import play
from tests.support.server import Ask
from tests.support.variable_world import Places

KEYS = st.text("AZaz09_.-äß% \"'=#$", min_size=1, max_size=8).filter(
    lambda key: key.strip() == key and not ("'" in key and (key[0] == "'" or {*key} & {*" =#"}))
)
VALUES = st.one_of(
    st.text("ab \"'\\#$={}:-\n\r\t\v\f\a\b`!€\u2028\u0085\x00\ufeff", max_size=12),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=12),
    st.sampled_from(
        ["${HOME}", "$HOME", "a\r\nb", "${A:-b}", "'", '"', "\\n", "\\", " a ", "", "export X=1", "${", "$${A}"]
    ),
)


def seen(key: str, text: str | None, **more: Any) -> SeenVariable:
    given_: dict[str, Any] = {"id": key, "scope": "PROJECT", "type": "VALUE", "is_secret": text is None} | more
    return SeenVariable(key=key, text=text, **given_)


@given(variables=st.dictionaries(KEYS, VALUES, max_size=4))
@example(variables={"A": "${B}", "B": "b"})
@example(variables={"export": "a", "export A": "b", "A'": "c"} | {"A B": "${'", "#A": "'#'"})
@settings(max_examples=250, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_what_is_written_reads_back_to_the_same(variables: dict[str, str], tmp_path_factory: Any) -> None:
    text = written(seen(key, value) for key, value in variables.items())
    assert parse(text, {"B": "of the environment", "HOME": "/root"}).values == variables
    assert dict(DotEnv(None, io.StringIO(text), encoding="utf-8").dict()) == variables
    path = tmp_path_factory.getbasetemp() / "round.env"
    path.write_text(text, encoding="utf-8", newline="")
    assert read(path) == variables
    assert dict(DotEnv(path, encoding="utf-8").dict()) == variables


def test_what_a_file_cannot_say_is_a_comment() -> None:
    text = written(
        [
            seen("API_KEY", None),
            seen("CONF", "a: 1", type="FILE", mount_path="/etc/conf"),
            seen("URL", "x", type="ALIAS", alias_of="OTHER\nEVIL=1"),
            seen("VAULT", None, type="EXTERNAL_SECRET"),
        ]
    )
    assert text == (
        "# API_KEY is a secret: its value cannot be read.\n"
        "# CONF is a file at /etc/conf.\n"
        "CONF='a: 1'\n"
        "# URL is an alias of OTHER EVIL=1.\n"
        "URL=x\n"
        "# VAULT comes from a secret manager: its value cannot be read.\n"
    )


@pytest.mark.parametrize("key", ["'a b", "'a", "a\nb", "a\rb", "\ufeffa"])
def test_a_key_that_no_file_can_have_is_named(key: str) -> None:
    with pytest.raises(VariablesError, match=r"the key .* cannot be written"):
        written([seen(key, "x")])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("A=1\nB=2\nA=3\n", r"x\.env': line 3 sets A again$"),
        ("A='hush\nB=2", r"x\.env': line 1 cannot be read: its quotes do not end, or something follows them$"),
        ("A=1\n\nB\n", r"x\.env': line 3 has B without a value$"),
        ("A='1\n2'\nA=3\nB\n", "line 3 sets A again; line 4 has B without a value"),
    ],
)
def test_a_file_that_is_wrong_says_where_and_not_what(text: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / "x.env"
    path.write_text(text)
    with pytest.raises(ConfigurationError, match=message) as refused:
        read(path)
    assert "hush" not in str(refused.value)


def test_a_file_that_cannot_be_read_says_why(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"cannot read .*none\.env': No such file"):
        read(tmp_path / "none.env")
    (tmp_path / "bytes.env").write_bytes(b"A=\xff")
    with pytest.raises(ConfigurationError, match=r"bytes\.env': it is not UTF-8"):
        read(tmp_path / "bytes.env")


@pytest.mark.anyio
async def test_an_exported_place_needs_no_change(ask: Ask, emulator: Emulator, places: Places, tmp_path: Path) -> None:
    original = places.has(places.project, "LOG_LEVEL", "info")
    places.linked(places.application, "LOG_LEVEL", original, "debug")
    places.linked(places.application, "LEVEL", original)
    places.has(places.application, "CONF", "a: 1\n'b': \"${C}\"\n", mount_path="/etc/conf")
    places.has(places.application, "API_KEY", "hush", is_secret=True)
    before = places.shown(places.application)
    path = tmp_path / "exported.env"

    def script(client: Any) -> Generator[Any, Any, Any]:
        text = yield client.variables.export(places.application.id)
        path.write_text(text, encoding="utf-8", newline="")
        by_handle = yield client.service(places.application.id).variables.export()
        plan = yield client.variables.plan(places.application.id, path)
        drift = yield client.service(places.application.id).variables.drift([path, {"API_KEY": SecretValue("hush")}])
        return text, by_handle, plan, drift

    (text, by_handle, plan, drift), _ = await play(ask, emulator, script)
    assert "hush" not in text
    assert by_handle == text
    assert (plan.changes, plan.uncompared) == ((), ())
    assert (drift.changes, drift.uncompared) == ((), ("API_KEY",))
    assert places.shown(places.application) == before


@pytest.mark.anyio
async def test_a_file_as_it_stands_in_a_repository(
    ask: Ask, emulator: Emulator, places: Places, tmp_path: Path
) -> None:
    path = tmp_path / ".env"
    path.write_text(
        "# of the shop\nexport LOG_LEVEL=debug # loud\nNAME='a shop'\nURL=\"https://${NAME}\"\nCERT='-----\n1\n-----'\n"
        "API_KEY=hush-hush\n"
    )

    def script(client: Any) -> Generator[Any, Any, Any]:
        more = {"CONF": MountedFile("a", "/a"), "WHERE": AliasOf("URL"), "NAME": "another"}
        plan = yield client.variables.plan(places.environment.id, [path, more], secret_keys=["API_KEY"])
        yield client.variables.apply(plan)
        return plan

    plan, _ = await play(ask, emulator, script)
    assert "hush" not in f"{plan}{plan!r}{plan.to_json()}"
    assert places.shown(places.environment) == {
        "API_KEY": "*hush-hush", "CERT": "-----\n1\n-----", "CONF": "a at /a", "LOG_LEVEL": "debug",
        "NAME": "another", "URL": "https://a shop", "WHERE": "->URL",
    }  # fmt: skip


@pytest.mark.anyio
async def test_a_secret_key_that_is_not_there_is_a_mistake(emulator: Emulator, places: Places) -> None:
    async with AsyncQovery(emulator.token, base_url=emulator.url) as client:
        with pytest.raises(ConfigurationError, match="secret_keys has keys that no source has: API_KEI"):
            await client.variables.plan(places.project.id, {"API_KEY": "x"}, secret_keys=["API_KEI"])
    assert places.shown(places.project) == {}
