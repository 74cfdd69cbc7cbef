"""Which keys of a body are said to be unknown, and how often? test_unknown_keys.py has it over sockets."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from qovery_async import UNSET, models
from qovery_async.codec import unknown_keys
from qovery_async.codec.unknown_keys import accept, tell

KEYS = ("min_running_instances", "max_running_instances")


@pytest.fixture(autouse=True)
def told(monkeypatch: pytest.MonkeyPatch) -> set[tuple[str, str]]:
    """What has been told in this process: nothing."""
    known, told = vars(unknown_keys)["_known"], set[tuple[str, str]]()
    known.cache_clear()
    monkeypatch.setattr(unknown_keys, "_told", told)
    return told


def message(operation: str, model: str, key: str, nearest: str = "") -> tuple[str, int, str]:
    advice = f"; the nearest that it has is {nearest!r}" if nearest else ""
    text = f"{operation}: models.{model} has no key {key!r}, which is sent as given{advice}"
    return "qovery", logging.WARNING, text


def test_each_is_told_once_for_a_model(caplog: pytest.LogCaptureFixture) -> None:
    for operation in ("projects.update", "projects.create", "environments.create"):
        tell(operation, {"name": "shop", "descripton": 1})
    assert caplog.record_tuples == [
        message("projects.update", "ProjectRequest", "descripton", "description"),
        message("environments.create", "CreateEnvironmentRequest", "descripton"),
    ]


def test_the_nearest_of_several_is_named(caplog: pytest.LogCaptureFixture) -> None:
    tell("applications.update", {"mix_running_instances": 1})
    nearest = [message("applications.update", "ApplicationEditRequest", "mix_running_instances", key) for key in KEYS]
    assert len(caplog.records) == 1
    assert caplog.record_tuples[0] in nearest


def test_a_union_has_the_keys_of_all_its_models(caplog: pytest.LogCaptureFixture) -> None:
    tell("alert_receivers.update", {"webhook_url": "x", "smarthost": "y", "zzz": 1})
    tell("alert_receivers.update", {"raw": 1})  # of the class for a kind that is not known
    assert caplog.record_tuples == [
        message("alert_receivers.update", "AlertReceiverEditRequest", key) for key in ("zzz", "raw")
    ]


@pytest.mark.parametrize(
    ("operation", "body"),
    [
        ("projects.update", {"name": "shop", "description": None}),
        ("projects.update", {"zzz": UNSET, 5: 1}),
        ("projects.update", models.ProjectRequest(name="shop", extra={"zzz": 1})),
        ("projects.update", ["zzz"]),
        ("", {"zzz": 1}),
    ],
)
def test_nothing_is_told_of_all_else(operation: str, body: Any, caplog: pytest.LogCaptureFixture) -> None:
    tell(operation, body)
    assert caplog.record_tuples == []


def test_what_qovery_returned_is_not_told(caplog: pytest.LogCaptureFixture, told: set[tuple[str, str]]) -> None:
    accept("projects.update", ["name", "zzz", "two\nlines"])
    accept("", ["yyy"])
    tell("projects.update", {"zzz": 1, "two\nlines": 2})
    assert caplog.record_tuples == []
    assert len(told) == 2
    tell("environments.create", {"zzz": 1})
    assert caplog.record_tuples == [message("environments.create", "CreateEnvironmentRequest", "zzz")]


def test_a_process_remembers_no_more_than_it_may(
    caplog: pytest.LogCaptureFixture, told: set[tuple[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unknown_keys, "_MOST", 5)
    accept("projects.update", ["a1", "a2"])
    tell("projects.update", {"b1": 1})
    assert len(told) == 3
    accept("projects.update", ["c1", "c2", "c3"])
    assert len(told) == 5
    accept("projects.update", ["d1"])
    tell("projects.update", {"e1": 1})
    assert len(told) == 5
    assert len(caplog.records) == 1
    told.pop()
    tell("projects.update", {f"e{number}": number for number in range(3)})
    assert (len(told), len(caplog.records)) == (5, 2)
