"""How is a cluster reached: with which kubeconfig, token and values of Qovery's chart, and in which cloud account?"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from qovery_async.emulator.life.clock import stamp
from qovery_async.emulator.life.clusters import ClusterLives
from qovery_async.emulator.world import crud
from qovery_async.emulator.world.calls import ApiCall, ApiHandlers, ApiResponse
from qovery_async.emulator.world.state import Entity
from qovery_async.emulator.world.tokens import new_token

_INFO = "cloudProviderInfo"
_PLAIN = re.compile(r"(?!(?:null|true|false|yes|no|on|off|y|n)$)[a-z][\w-]*", re.ASCII | re.IGNORECASE)
_TOKEN_LASTS = timedelta(minutes=15)
_KUBECONFIG = """\
apiVersion: v1
kind: Config
clusters:
  - name: {name}
    cluster:
      server: https://z{short}.k8s.acme.example
contexts:
  - name: {name}
    context:
      cluster: {name}
      user: qovery
current-context: {name}
users:
  - name: qovery
    user:
{user}"""
# Clients put their own address in the place of this one.
_VALUES = """\
qovery:
  clusterId: &clusterId {id}
  clusterShortId: &clusterShortId z{short}
  organizationId: &organizationId {organization}
  jwtToken: &jwtToken {token}
  rootDomain: &rootDomain acme.example
  domain: &domain z{short}.acme.example
  domainWildcard: &domainWildcard "*.z{short}.acme.example"
  acmeEmailAddr: &acmeEmailAddr acme@qovery.com
"""
_WITH_TOKEN = "      token: {token}\n"  # noqa: S105  # a template
_WITH_COMMAND = """\
      exec:
        apiVersion: client.authentication.k8s.io/v1beta1
        command: qovery
        args: [cluster, kubeconfig-token, --cluster-id, {id}]
"""


def handlers(clusters: ClusterLives) -> ApiHandlers:
    """The handlers of kubeconfigs, tokens, values, readiness and what a cluster says of its cloud."""

    def readiness(call: ApiCall) -> ApiResponse:
        return ApiResponse({"is_ready": clusters.cluster(call.target.id).deployed})

    return {
        "clusters.cloud_provider_info.get": _cloud,
        "clusters.create": _with_credentials,
        "clusters.update": _with_credentials,
        "clusters.get_installation_helm_values": _values,
        "clusters.get_readiness": readiness,
        "clusters.get_token": _token,
        "clusters.kubeconfig.get": _kubeconfig,
    }


def credentials_of(cluster: Entity) -> dict[str, Any]:
    """The id and name of the credentials that a cluster uses, or an empty object."""
    info: dict[str, Any] = cluster.settings.get(_INFO) or {}
    found: dict[str, Any] = info.get("credentials") or {}
    return found


def _with_credentials(call: ApiCall) -> ApiResponse:
    """Keeps the credentials that a request names, which no response of it repeats."""
    response = crud.handler(call.operation)(call)
    cluster, given = call.state.find(response.body["id"]), call.sent.get("cloud_provider_credentials")
    if cluster is not None and given is not None:
        cluster.settings[_INFO] = given
    return response


def _cloud(call: ApiCall) -> ApiResponse:
    value = call.target.value
    about = {"cloud_provider": value["cloud_provider"], "region": value["region"]}
    about |= call.target.settings.get(_INFO) or {}
    return ApiResponse({**about, "credentials": credentials_of(call.target)})


def _token_of(cluster: Entity) -> str:
    return new_token("k8s-aws-v1.", cluster.id)


def _token(call: ApiCall) -> ApiResponse:
    expires = stamp(call.state.clock() + _TOKEN_LASTS)
    return ApiResponse(
        {
            "apiVersion": "client.authentication.k8s.io/v1beta1",
            "kind": "ExecCredential",
            "spec": {},
            "status": {"token": _token_of(call.target), "expirationTimestamp": expires},
        }
    )


def _kubeconfig(call: ApiCall) -> ApiResponse:
    cluster = call.target
    if isinstance(written := cluster.settings.get("kubeconfig"), str):
        return ApiResponse(written)
    template = _WITH_COMMAND if call.query.get("with_token_from_cli") else _WITH_TOKEN
    user = template.format(id=cluster.id, token=_token_of(cluster))
    return ApiResponse(_KUBECONFIG.format(name=_scalar(cluster.value["name"]), short=cluster.id[:8], user=user))


def _scalar(text: str) -> str:
    """A string as YAML reads it back, whatever is in it."""
    if _PLAIN.fullmatch(text):
        return text
    return '"' + "".join(c if " " <= c <= "~" and c not in '"\\' else f"\\U{ord(c):08x}" for c in text) + '"'


def _values(call: ApiCall) -> ApiResponse:
    cluster = call.target
    organization = cluster.parent.id if cluster.parent else ""
    token = new_token("", f"{cluster.id}/values")
    return ApiResponse(_VALUES.format(id=cluster.id, short=cluster.id[:8], organization=organization, token=token))
