"""Secrets are not seen in what `repr` shows; everything else is, and everything is sent."""

from __future__ import annotations

import copy
import json
import pickle
from collections.abc import Callable, Iterator
from typing import Any

import attrs
import pytest

from codegen import facts
from codegen.decisions import tables
from codegen.facts import Field, ObjectSchema
from qovery_async import UNSET, UnknownVariant, models, to_dict, to_json
from qovery_async.emulator import Emulator
from qovery_async.secrecy.masking import MASK, SecretText, looks_secret, masked
from qovery_async.vocabulary import Model
from tests.support.server import Ask

MARKER = "fe9f0ab1"
MODELS = {
    name: schema
    for name, schema in tables.read().name(facts.read()).schemas.items()
    if isinstance(schema, ObjectSchema)
}


def holds_text(field: Field) -> bool:
    return field.type in ("str", "list[str]", "dict[str, str]", "dict[str, Any]")


def marked(name: str, field: Field) -> Any:
    """A value that can be told from those of all other attributes."""
    marker = f"{MARKER}-{name}-{field.name}-"
    return {"str": marker, "list[str]": [marker]}.get(field.type, {"some": marker})


def full(name: str, **others: Any) -> Model:
    """A model with a marker wherever a text can stand."""
    given = {f.name: marked(name, f) for f in MODELS[name].fields if holds_text(f)} | others
    left = {f.name: None for f in MODELS[name].fields if f.name not in given}
    model: Model = getattr(models, name)(**left | given)
    return model


def seen(name: str, model: Model) -> set[str]:
    """The attributes whose text `repr` shows."""
    return {f.name for f in MODELS[name].fields if f"{MARKER}-{name}-{f.name}-" in repr(model)}


def classes() -> Iterator[tuple[str, type[Model]]]:
    return ((name, getattr(models, name)) for name in MODELS)


SECRET = {name: class_.__secrets__ for name, class_ in classes() if class_.__secrets__ and not class_.__secrets_if__}
FLAGGED = {name: class_.__secrets__ for name, class_ in classes() if class_.__secrets_if__}


class TestModels:
    def test_hide_what_was_decided(self) -> None:
        secrets = tables.read().secrets
        for name, class_ in classes():
            decided = secrets.of_model(name, MODELS[name])
            assert (class_.__secrets__, class_.__secrets_if__) == (decided.attributes, decided.flag)
        assert len(SECRET) > 50
        assert len(FLAGGED) > 10

    @pytest.mark.parametrize("name", MODELS)
    def test_show_all_texts_but_secrets(self, name: str) -> None:
        texts = {field.name for field in MODELS[name].fields if holds_text(field)}
        model = full(name)
        hidden = {*getattr(models, name).__secrets__}
        assert hidden <= texts
        assert seen(name, model) == texts - hidden
        assert all(f"{attribute}={MASK}" in repr(model) for attribute in hidden)

    @pytest.mark.parametrize("name", FLAGGED)
    def test_whose_secrets_depend_hide_them_unless_told_that_they_are_none(self, name: str) -> None:
        flag = getattr(models, name).__secrets_if__
        for value in (True, None, UNSET, "false"):
            assert not seen(name, full(name, **{flag: value})) & {*FLAGGED[name]}
        assert seen(name, full(name, **{flag: False})) >= {*FLAGGED[name]}

    @pytest.mark.parametrize("name", [*SECRET, *FLAGGED])
    def test_send_and_compare_and_pickle_secrets_as_ever(self, name: str) -> None:
        model = full(name)
        wire = {field.name: field.wire for field in MODELS[name].fields}
        for attribute in getattr(models, name).__secrets__:
            assert getattr(model, attribute) == to_dict(model)[wire[attribute]]
        assert MASK not in to_json(model).decode()
        assert pickle.loads(pickle.dumps(model)) == copy.deepcopy(model) == model

    @pytest.mark.parametrize("name", [*SECRET, *FLAGGED])
    def test_say_nothing_of_secrets_that_are_not_there(self, name: str) -> None:
        for nothing in (None, UNSET):
            empty = dict.fromkeys(getattr(models, name).__secrets__, nothing)
            assert MASK not in repr(full(name, **empty))

    def test_have_no_room_for_stray_attributes_as_ever(self) -> None:
        credentials = models.Credentials(host="h", port=1, login="l", password="p")
        assert not hasattr(credentials, "__dict__")
        assert [a.name for a in attrs.fields(models.Credentials)][:4] == ["host", "port", "login", "password"]

    @pytest.mark.parametrize("show", [repr, str, "{}".format, "%s".__mod__, "%r".__mod__], ids=range(5))
    def test_hide_secrets_however_they_are_shown(self, show: Callable[[object], str]) -> None:
        credentials = models.Credentials(host="db.local", port=5432, login="root", password=MARKER)
        assert show(credentials) == "Credentials(host='db.local', port=5432, login='root', password=***)"


class TestNested:
    def secret(self) -> models.SecretRequest:
        return models.SecretRequest(key="A", value=MARKER)

    def test_models_hide_their_own(self) -> None:
        kept = self.secret()
        for holder in (
            [kept],
            {"a": [kept]},
            (kept,),
            models.Annotation(key="a", value="b", extra={"a": [{"b": kept}]}),
        ):
            assert "SecretRequest(key='A', value=***)" in repr(holder)
            assert MARKER not in repr(holder)

    def test_a_secret_variable_hides_what_it_overrides_or_is_an_alias_of(self) -> None:
        part = {"id": "i", "key": "A", "value": MARKER, "mount_path": "", "scope": None, "variable_type": None}
        for class_ in (models.VariableOverride, models.VariableAlias):
            assert MARKER not in repr([class_(**part)])

    def test_unknown_keys_are_hidden_by_their_name(self) -> None:
        extra = {"apiToken": MARKER, "more": [{"password": MARKER, "size": 3}]}
        annotation = models.Annotation(key="a", value="b", extra=extra)
        assert repr(annotation).endswith("extra={'apiToken': ***, 'more': [{'password': ***, 'size': 3}]})")
        assert to_dict(annotation)["apiToken"] == MARKER

    def test_objects_of_an_unknown_kind_are_no_exception(self) -> None:
        raw = {"kind": "NEW", "secret_key": MARKER, "parts": [{"is_secret": True, "value": MARKER}]}
        variant = UnknownVariant(raw)
        assert repr(variant) == (
            "UnknownVariant(raw={'kind': 'NEW', 'secret_key': ***, 'parts': [{'is_secret': True, 'value': ***}]})"
        )
        assert variant.secret_key == MARKER

    def test_free_form_settings_are_hidden_by_the_names_of_their_keys(self) -> None:
        backend = models.TerraformBackendWithUserProvided(user_provided={"bucket": "b", "password": MARKER})
        assert repr(backend) == "TerraformBackendWithUserProvided(user_provided={'bucket': 'b', 'password': ***})"

    def test_values_of_a_chart_are_hidden_by_their_path(self) -> None:
        values = models.HelmRequestValuesOverride(set=[["replicas", "3"], ["auth.password", MARKER]])
        assert repr(values) == "HelmRequestValuesOverride(set=[['replicas', '3'], ['auth.password', ***]])"


class TestPlainValues:
    @pytest.mark.parametrize(
        "name",
        ["password", "DB_PASSWORD", "passwd", "apiKey", "APIKey", "X-Api-Key", "Authorization", "auth", "private_key",
         "SecretAccessKey", "client-secret", "accessToken", "tokens", "kubeconfig", "connectionString", "set-cookie",
         "target_secret", "json_credentials", "Qovery-Signature"],
    )  # fmt: skip
    def test_named_like_a_secret(self, name: str) -> None:
        assert looks_secret(name)
        assert masked({name: MARKER}) == f"{{{name!r}: ***}}"
        assert masked({name: {"deep": [MARKER]}}) == f"{{{name!r}: ***}}"

    @pytest.mark.parametrize(
        "name",
        ["name", "key", "git_token_id", "tokenId", "secret_name", "credentials_type", "target_secret_set", "author",
         "token_lifetime_seconds", "key_prefix", "public_key", "path", "monkey", "id", ""],
    )  # fmt: skip
    def test_named_like_something_else(self, name: str) -> None:
        assert not looks_secret(name)
        assert masked({name: "open"}) == repr({name: "open"})

    @pytest.mark.parametrize("value", [True, False, None])
    def test_that_can_hold_no_secret_are_shown(self, value: object) -> None:
        assert masked({"secret": value}) == repr({"secret": value})

    def test_beside_the_name_of_a_secret_are_hidden(self) -> None:
        assert masked([{"name": "API_TOKEN", "value": MARKER}]) == "[{'name': 'API_TOKEN', 'value': ***}]"
        assert masked({"sensitive": True, "default": 1}) == "{'sensitive': True, 'default': ***}"
        assert (
            masked({"name": "SIZE", "is_secret": False, "value": 1})
            == "{'name': 'SIZE', 'is_secret': False, 'value': 1}"
        )

    @pytest.mark.parametrize("value", [[], {}, (), (1,), (1, "a"), [[1], {"a": ({},)}], {1: 2}, "a", b"a", 1.5, None])
    def test_are_shown_as_python_does(self, value: object) -> None:
        assert masked(value) == repr(value)

    def test_that_are_too_deep_or_contain_themselves_end_somewhere(self) -> None:
        endless: dict[str, Any] = {}
        endless["a"] = [endless]
        assert masked(endless).count("...") == 1
        deep: Any = MARKER
        for _ in range(5000):
            deep = [deep]
        assert MARKER not in masked(deep)


class TestSecretText:
    text = SecretText(f"kind: Config\ntoken: {MARKER}\n")

    def test_is_text_in_every_way_but_its_repr(self) -> None:
        plain = f"kind: Config\ntoken: {MARKER}\n"
        assert self.text == plain == str(self.text) == f"{self.text}"
        assert hash(self.text) == hash(plain)
        assert json.dumps(self.text) == json.dumps(plain)
        assert to_json({"kubeconfig": self.text}) == to_json({"kubeconfig": plain})
        assert self.text.splitlines()[0] == "kind: Config"
        assert repr(self.text) == repr([self.text])[1:-1] == MASK

    @pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
    def test_stays_so_through_pickles_and_copies(self, protocol: int) -> None:
        for again in (pickle.loads(pickle.dumps(self.text, protocol)), copy.copy(self.text), copy.deepcopy(self.text)):
            assert again == self.text
            assert repr(again) == MASK

    def test_stays_masked_where_it_is_cut(self) -> None:
        """As `rich` does before it shows a long string in a traceback."""
        assert self.text[:12] == "kind: Config"
        assert repr(self.text[:12]) == f"{self.text[-5:]!r}" == repr(self.text[0]) == MASK

    @pytest.mark.anyio
    @pytest.mark.parametrize("name", ["kubeconfig", "helm values"])
    async def test_is_what_answers_that_are_secrets_come_as(self, ask: Ask, name: str) -> None:
        async with Emulator(world="demo") as emulator:
            organization, cluster = (emulator.state.every(kind)[0].id for kind in ("organization", "cluster"))

            def read(client: Any) -> Any:
                clusters = client.clusters
                method = clusters.kubeconfig.get if name == "kubeconfig" else clusters.get_installation_helm_values
                return method(cluster, organization_id=organization)

            text = await ask(emulator.url, read, token=emulator.token)
            assert isinstance(text, str)
            assert len(text) > len(MASK)
            assert repr(text) == MASK
