"""Is a secret kept out of logs and errors even where it came in a form that nobody expected?"""

from __future__ import annotations

import random
from typing import Any

import pytest

from qovery_async import DecodeError, models
from qovery_async.codec.reader import Codec
from qovery_async.codec.shapes import attributes
from tests.support.hostile import NAMES, fitting, type_of

SECRET = 918273645
FORMS: list[Any] = [SECRET, float(SECRET), [SECRET], {"a": SECRET}, [[f"{SECRET}"]], {"a": f"{SECRET}"}, f"{SECRET}"]
WITH_SECRETS = [name for name in NAMES if getattr(type_of(name), "__secrets__", ())]


def objection(payload: Any, model: Any) -> str:
    """What a strict client says to the payload."""
    try:
        Codec(strict=True).decode(payload, model, operation="fuzz")
    except DecodeError as error:
        return str(error)
    return ""


@pytest.mark.parametrize("name", WITH_SECRETS)
def test_a_model_keeps_its_secrets(name: str, caplog: pytest.LogCaptureFixture) -> None:
    model = type_of(name)
    for field in attributes(model):
        for form in FORMS if field.name in model.__secrets__ else ():
            payload = {**fitting(model, random.Random(name)), field.wire: form}
            Codec().decode(payload, model, operation="fuzz")
            assert str(SECRET) not in caplog.text
            assert str(SECRET) not in objection(payload, model)


def test_a_plain_mapping_keeps_what_is_named_as_secrets_are(caplog: pytest.LogCaptureFixture) -> None:
    Codec().decode({"password": SECRET, "name": 5}, dict[str, str], operation="fuzz")
    assert "expected str, got int" in caplog.text
    assert str(SECRET) not in caplog.text


def test_other_values_are_shown(caplog: pytest.LogCaptureFixture) -> None:
    Codec().decode({"key": 5, "value": SECRET}, models.SecretRequest, operation="fuzz")
    assert "key: expected str, got 5" in caplog.text
