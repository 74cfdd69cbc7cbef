"""What does the JSON of a value become when a change of it is merged? Called directly: test_merging.py has it over sockets."""

from __future__ import annotations

from typing import Any

import pytest

from qovery_async import UNSET, models
from qovery_async.runtime.patching.merge import merged

GIT = {"url": "https://example.com/a", "branch": "main", "provider": "GITHUB", "root_path": "/"}
Git = models.ApplicationGitRepositoryRequest


def git(change: Any, before: Any = GIT) -> Any:
    return merged(before, change, Git | None)


def test_an_object_keeps_what_is_not_given() -> None:
    assert git({"branch": "dev"}) == GIT | {"branch": "dev"}
    assert git({"branch": None}) == GIT | {"branch": None}
    assert git({}) == GIT
    assert git({"branch": UNSET, "root_path": "/b"}) == GIT | {"root_path": "/b"}


def test_what_was_given_is_not_changed() -> None:
    before, change = dict(GIT), {"branch": "dev"}
    assert git(change, before) is not before
    assert (before, change) == (GIT, {"branch": "dev"})


def test_a_model_is_merged_like_its_json() -> None:
    change = Git(url="https://example.com/b", provider=models.GitProviderEnum.GITLAB)
    assert git(change) == GIT | {"url": "https://example.com/b", "provider": "GITLAB"}


def test_where_nothing_was_the_change_is_all() -> None:
    for before in (None, UNSET, "text", []):
        assert git({"url": "https://example.com/b", "provider": "GITLAB"}, before) == {
            "url": "https://example.com/b",
            "provider": "GITLAB",
        }


def test_what_is_no_object_replaces() -> None:
    assert git(None) is None
    assert merged(["a"], ["b"], list[str] | None) == ["b"]
    assert merged(1, 2, int) == 2
    assert merged({"a": "1", "b": "2"}, {"c": "3"}, dict[str, str]) == {"c": "3"}


def test_keys_that_the_model_does_not_know_stay() -> None:
    assert git({"new": 1}, GIT | {"old": 2}) == GIT | {"old": 2, "new": 1}


PROBE = {"type": {"tcp": {"port": 80, "host": None}}, "period_seconds": 2}


def probe(change: Any) -> Any:
    return merged(PROBE, change, models.Probe)


def test_one_way_to_look_takes_the_place_of_another() -> None:
    assert probe({"type": {"grpc": {"port": 1}}}) == {"type": {"grpc": {"port": 1}}, "period_seconds": 2}


def test_the_same_way_is_merged() -> None:
    assert probe({"type": {"tcp": {"port": 81}}}) == PROBE | {"type": {"tcp": {"port": 81, "host": None}}}


def test_a_way_that_is_null_takes_no_place() -> None:
    assert probe({"type": {"grpc": None}}) == PROBE | {"type": {"tcp": {"port": 80, "host": None}, "grpc": None}}


@pytest.mark.parametrize("kind", ["tcp", "http", "exec", "grpc"])
def test_one_way_of_four(kind: str) -> None:
    assert probe({"type": {kind: {}}})["type"].keys() == {kind}
