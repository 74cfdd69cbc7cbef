"""What does the JSON of a value become when a change of it is merged? Called directly: test_merging.py has it over sockets."""

from __future__ import annotations

from typing import Any

import pytest

from qovery_async import UNSET, from_dict, models
from qovery_async.runtime.patching.merge import merged, other_branch

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
    nothing: list[Any] = [None, UNSET, "text", []]
    for before in nothing:
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


def test_no_object_replaces_an_object() -> None:
    assert git(["a"]) == ["a"]
    assert git(None) is None


def test_a_model_of_a_response_gives_what_the_request_takes() -> None:
    other = {"url": "https://example.com/b", "provider": "GITLAB", "owner": "acme", "name": "b", "branch": "dev"}
    change, sent = (
        from_dict(models.ApplicationGitRepository, other),
        {k: other[k] for k in ("url", "provider", "branch")},
    )
    assert git(change) == GIT | sent
    assert git(change, None) == sent
    assert merged({"a": GIT}, {"b": change}, dict[str, Git]) == {"b": sent}


CLOUDFLARE = {"provider": "CLOUDFLARE", "domain": "example.com", "email": "a@example.com", "proxied": True}
STATIC = {"type": "STATIC", "aws_access_key_id": "AK"}
ROUTE53 = {"provider": "ROUTE53", "domain": "example.com", "aws_region": "eu", "credentials": STATIC}
NEW = {"provider": "NOT_YET_KNOWN", "domain": "example.com", "zone": {"a": 1}}


def dns(change: Any, before: Any = CLOUDFLARE) -> Any:
    return merged(before, change, models.ClusterDnsProviderRequestProvider | None)


class TestAKindThatATagChooses:
    def test_merges_with_its_own(self) -> None:
        for tag in ({}, {"provider": "CLOUDFLARE"}, {"provider": UNSET}):
            assert dns({**tag, "email": "b@example.com"}) == CLOUDFLARE | {"email": "b@example.com"}
        assert dns({"proxied": False}, CLOUDFLARE | {"new": 1}) == CLOUDFLARE | {"new": 1, "proxied": False}

    def test_merges_at_every_depth(self) -> None:
        secret = {"aws_secret_access_key": "x"}
        assert dns({"credentials": secret}, ROUTE53) == ROUTE53 | {"credentials": STATIC | secret}

    @pytest.mark.parametrize("tag", ["QOVERY", models.QoveryDnsProviderRequestProvider.QOVERY])
    def test_keeps_of_another_what_it_takes(self, tag: Any) -> None:
        assert dns({"provider": tag}, CLOUDFLARE | {"new": 1}) == {"provider": "QOVERY", "domain": "example.com"}

    def test_may_be_null(self) -> None:
        assert dns({"provider": None}) == CLOUDFLARE | {"provider": None}

    def test_that_nobody_knows_replaces_another(self) -> None:
        assert dns({"provider": "NOT_YET_KNOWN", "zone": UNSET}) == {"provider": "NOT_YET_KNOWN"}
        assert dns({"provider": "NEWER"}, NEW) == {"provider": "NEWER"}

    def test_that_nobody_knows_merges_with_its_own(self) -> None:
        for tag in ({}, {"provider": "NOT_YET_KNOWN"}):
            assert dns({**tag, "zone": {"b": 2}}, NEW) == NEW | {"zone": {"b": 2}}
        assert dns({"provider": "QOVERY"}, NEW) == {"provider": "QOVERY", "domain": "example.com"}


FROM_GIT = {"git_repository": {"url": "https://example.com/a", "branch": "main"}}
CHART = {"helm_repository": {"repository": "r1", "chart_name": "c", "chart_version": "1"}}
PORT = {"internal_port": 80, "protocol": "HTTP", "service_name": "web"}


class TestAKindThatAKeyChooses:
    def source(self, change: Any, before: Any = FROM_GIT) -> Any:
        return merged(before, change, models.HelmRequestSource)

    def test_merges_with_its_own(self) -> None:
        branch = {"git_repository": {"branch": "dev"}}
        assert self.source(branch) == {"git_repository": {"url": "https://example.com/a", "branch": "dev"}}
        assert self.source({**branch, "helm_repository": None}, FROM_GIT | {"new": 1}).keys() == {
            "git_repository", "helm_repository", "new",
        }  # fmt: skip

    def test_takes_the_place_of_another(self) -> None:
        assert self.source(CHART, FROM_GIT | {"new": 1}) == CHART
        assert self.source(CHART, {"oci": {"url": "u"}}) == CHART

    def test_that_nobody_knows_merges_key_by_key(self) -> None:
        assert self.source({"oci": {"tag": "2"}}, {"oci": {"url": "u"}, "digest": "d"}) == {
            "oci": {"tag": "2"}, "digest": "d",
        }  # fmt: skip

    def test_may_be_that_of_no_key(self) -> None:
        port = models.HelmPortRequestPort
        assert merged(PORT, {"internal_port": 81}, port) == PORT | {"internal_port": 81}
        assert merged(PORT, {"service_selectors": []}, port) == {
            "internal_port": 80, "protocol": "HTTP", "service_selectors": [],
        }  # fmt: skip


class TestTheKindThatAChangeChooses:
    def test_is_that_of_its_tag(self) -> None:
        dns = models.ClusterDnsProviderRequestProvider
        assert other_branch({"provider": "QOVERY", "email": "x"}, dns) is models.QoveryDnsProviderRequest
        assert other_branch({"provider": "NOT_YET_KNOWN"}, dns) is None
        assert other_branch({"email": "x"}, dns) is None

    def test_is_none_where_there_is_one_kind_or_no_key_of_one(self) -> None:
        assert other_branch({"url": "https://example.com/b"}, Git) is None
        assert other_branch({"service_name": "web"}, models.HelmPortRequestPort) is None


def test_the_model_of_what_was_there_may_be_told() -> None:
    """A response can say by its class what the request that it becomes does not."""
    before, new = (
        {"name": "n", "not_yet_known": 1},
        {"service_account_email": "e", "workload_identity_provider_resource": "w"},
    )
    key, identity = (
        models.GcpServiceAccountKeyCredentialsRequest,
        models.GcpWorkloadIdentityFederationCredentialsRequest,
    )
    assert merged(before, new, models.GcpCredentialsRequest, key) == {"name": "n", **new}
    assert merged(before, new, models.GcpCredentialsRequest, identity) == {**before, **new}
