"""Which events does a request make, and which ones a deployment that has ended?"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import Any

import attrs

from qovery_async.codec.plain import is_object
from qovery_async.emulator.facts.families import families
from qovery_async.emulator.life.actions import ERRORS, Action, Trigger
from qovery_async.emulator.life.clusters import ClusterLife, ClusterLives
from qovery_async.emulator.life.environments import Life
from qovery_async.emulator.life.records import DeploymentRun, Part
from qovery_async.emulator.world import versions
from qovery_async.emulator.world.audit_log import AuditLog
from qovery_async.emulator.world.calls import ApiCall, ApiResponse
from qovery_async.emulator.world.state import Entity, State
from qovery_async.emulator.world.views import service_type
from qovery_async.models import ServiceActionStatusEnum, ServiceSubActionEnum

Json = dict[str, Any]
Record = Callable[[ApiResponse], None]

_TYPES: Mapping[str, str] = {
    **dict.fromkeys(("create", "create_alias", "create_override"), "CREATE"),
    **dict.fromkeys(("update", "update_role", "update_commit", "save", "specify", "reorder"), "UPDATE"),
    **dict.fromkeys(("move_before", "move_after", "attach_service", "change_plan", "transfer_ownership"), "UPDATE"),
    "delete": "DELETE", "clone": "CLONE", "accept": "ACCEPT", "import_many": "IMPORT",
    "lock": "LOCK", "unlock": "UNLOCK",
    **dict.fromkeys(("deploy", "auto_deploy", "deploy_services", "upgrade"), "TRIGGER_DEPLOY"),
    "redeploy": "TRIGGER_REDEPLOY",
    **dict.fromkeys(("stop", "stop_services"), "TRIGGER_STOP"),
    **dict.fromkeys(("restart", "restart_services"), "TRIGGER_RESTART"),
    **dict.fromkeys(("uninstall", "uninstall_services"), "TRIGGER_UNINSTALL"),
    "delete_services": "TRIGGER_DELETE",
    **dict.fromkeys(("cancel", "cancel_deployment"), "TRIGGER_CANCEL"),
}  # fmt: skip
"""The event of each verb. Others make none."""

_ENDS: Mapping[Action, tuple[str, str]] = {
    Action.DEPLOY: ("DEPLOYED", "DEPLOY_FAILED"),
    Action.STOP: ("STOPPED", "STOP_FAILED"),
    Action.RESTART: ("RESTARTED", "RESTART_FAILED"),
    Action.DELETE: ("DELETED", "DELETE_FAILED"),
    Action.UNINSTALL: ("UNINSTALLED", "UNINSTALL_FAILED"),
}
_TERRAFORM: Mapping[ServiceSubActionEnum | None, tuple[str, str, str]] = {
    ServiceSubActionEnum.TERRAFORM_PLAN_ONLY: (
        "TRIGGER_DEPLOY_DRY_RUN", "DEPLOYED_DRY_RUN", "DEPLOYED_DRY_RUN_FAILED"),
    ServiceSubActionEnum.TERRAFORM_FORCE_UNLOCK_STATE: (
        "TRIGGER_TERRAFORM_FORCE_UNLOCK", "TERRAFORM_FORCE_UNLOCK_SUCCEEDED", "TERRAFORM_FORCE_UNLOCK_FAILED"),
    ServiceSubActionEnum.TERRAFORM_MIGRATE_STATE: (
        "TRIGGER_TERRAFORM_MIGRATE_STATE", "TERRAFORM_MIGRATE_STATE_SUCCEEDED", "TERRAFORM_MIGRATE_STATE_FAILED"),
}  # fmt: skip

# What an event is about: the type of its target and what of it, by kind. A kind that is not here is part of its parent.
_TARGETS: Mapping[str, tuple[str, str]] = {
    "organization": ("ORGANIZATION", "CONFIG"),
    "project": ("PROJECT", "CONFIG"),
    "environment": ("ENVIRONMENT", "CONFIG"),
    "cluster": ("CLUSTER", "CONFIG"),
    "containerRegistry": ("CONTAINER_REGISTRY", "CONFIG"),
    "helmRepository": ("HELM_REPOSITORY", "CONFIG"),
    "webhook": ("WEBHOOK", "CONFIG"),
    "enterpriseconnection": ("ENTERPRISE_CONNECTION", "SSO"),
    "member": ("MEMBERS_AND_ROLES", "MEMBER_ROLE"),
    "inviteMember": ("MEMBERS_AND_ROLES", "INVITATION"),
    "customRole": ("MEMBERS_AND_ROLES", "CUSTOM_ROLE"),
}
_PARTS: Mapping[str, str] = {
    "alert-receivers": "ALERT_RECEIVER", "alert-rules": "ALERT_RULE", "annotationsGroups": "ANNOTATIONS_GROUP",
    "apiToken": "API_TOKEN", "argoCdDestinationClusterMapping": "ARGOCD_CLUSTER_MAPPING",
    "argoCdConfig": "ARGOCD_CONFIGURATION", "billingInfo": "BILLING_INFO", "creditCard": "CREDIT_CARD",
    "customDomain": "CUSTOM_DOMAIN", "deploymentRule": "DEPLOYMENT_RULE", "deploymentStage": "DEPLOYMENT_STAGE",
    "dnsProvider": "DNS_PROVIDER", "gitToken": "GIT_TOKEN", "kubeconfig": "KUBERNETES_CONFIGURATION",
    "labelsGroups": "LABELS_GROUP", "mcpServer": "MCP_SERVER", "policyApiToken": "POLICY_API_TOKEN",
    "routingTable": "CLUSTER_ROUTING_TABLE", "advancedSettings": "ADVANCED_SETTINGS",
    **{f"{provider}/credentials": "CLOUD_PROVIDER_CREDENTIALS"
       for provider in ("aws", "azure", "gcp", "onPremise", "scaleway")},
}  # fmt: skip
_NOT_AUDITED = "ARGOCD_APP"
"""The kind of services that events cannot be about."""

# Qovery's command line calls itself `CLI 1.2.3`.
_ORIGINS = {
    r"(^|qovery[-_ ]?)cli\b": "CLI",
    r"terraform": "TERRAFORM_PROVIDER",
    r"skill": "SKILL",
    r"mozilla": "CONSOLE",
}


def trigger_of(call: ApiCall) -> Trigger:
    """Who sent a request. The `User-Agent` tells the origin."""
    agent = call.user_agent
    found = (origin for pattern, origin in _ORIGINS.items() if re.search(pattern, agent, re.IGNORECASE))
    return Trigger(call.caller.user, next(found, "API"), agent)


def start_audit(state: State, life: Life, clusters: ClusterLives, *, seed: int) -> Auditor:
    """Lets deployments be recorded. Requests are, once they are handed to `watch`."""
    auditor = Auditor(AuditLog(life.clock.now, seed), state, life)
    life.ended.append(auditor.run_ended)
    clusters.ended.append(auditor.cluster_ended)
    return auditor


@attrs.frozen
class Auditor:
    """Writes events to an audit log."""

    log: AuditLog
    state: State
    life: Life

    def watch(self, call: ApiCall) -> Record:
        """A function to call with the response, if the request took effect."""
        # The API names members only in the body.
        member = self.state.find(str(call.sent.get("user_id"))) if call.operation.namespace == "members" else None
        target = member or call.target
        before = target.value
        return lambda response: self._record(call, response, target, before)

    def run_ended(self, run: DeploymentRun) -> None:
        """Records how the services of a run ended, and the environment if the run was for all of it."""
        environment = self.state.find(run.request.environment_id)
        if environment is None:
            return
        by, action = run.request.trigger, run.request.action
        for part in run.parts:
            if part.service.kind != _NOT_AUDITED and (type_ := _end_of(part, action)) is not None:
                target = {"target_id": part.service.id, "target_name": part.service.name}
                self._add(type_, by, environment, target | {"target_type": part.service.kind})
        if run.request.whole and run.outcome in ERRORS | {run.request.states.done}:
            self._add(_ENDS[action][run.outcome in ERRORS], by, environment, _target(environment))

    def cluster_ended(self, life: ClusterLife, action: Action, by: Trigger) -> None:
        """Records how an action on a cluster ended."""
        cluster = self.state.find(life.id)
        if cluster is not None:
            failed = life.state.value.endswith("ERROR") or life.state.value == "INVALID_CREDENTIALS"
            self._add(_ENDS[action][failed], by, cluster, _target(cluster))

    def _record(self, call: ApiCall, response: ApiResponse, target: Entity, before: Json) -> None:
        type_ = _TYPES.get(call.operation.verb)
        if type_ is None or (type_ == "TRIGGER_UNINSTALL" and response.status == 204):
            return
        for entity in self._about(call, response, target):
            about = _target(entity)
            event = self._type(call, entity, type_)
            if not about or (event.startswith("TRIGGER") and entity.kind not in _acted_on()):
                continue
            if not event.startswith("TRIGGER"):
                about["sub_target_type"] = _part(call, entity)
            if type_ in ("CREATE", "UPDATE", "CLONE"):
                about["change"] = json.dumps(entity.value)
            if type_ in ("UPDATE", "DELETE"):
                about["original_change"] = json.dumps(before)
            self._add(event, trigger_of(call), entity, about)

    def _type(self, call: ApiCall, entity: Entity, type_: str) -> str:
        """The type of an event about an entity, which may be more special than that of the verb."""
        is_there = self.state.find(entity.id) is entity
        if type_ == "DELETE" and is_there and families().of_call.get(call.operation.call):
            return "TRIGGER_DELETE"  # what is deployed goes later
        if type_ == "TRIGGER_DEPLOY" and entity.kind == "terraform":
            entry = dict(versions.named_in(call.sent)).get(entity.id, call.sent)
            special = _TERRAFORM.get(versions.wanted(entity, entry).sub_action)
            return special[0] if special else type_
        return type_

    def _about(self, call: ApiCall, response: ApiResponse, target: Entity) -> Iterable[Entity]:
        """The entities that a request was about."""
        verb = call.operation.verb
        if verb.endswith("_services"):
            return self._existing(id_ for id_, _ in versions.named_in(call.sent))
        if verb == "auto_deploy":
            return versions.automatic(call)
        if verb == "cancel":
            return self._existing([self.life.request(call.path["deploymentRequestId"]).environment_id])
        if verb == "import_many" and not call.entities:
            return self._existing([call.query["service_id"]])
        if _TYPES[verb] in ("CREATE", "CLONE") and is_object(response.body):
            return list(self._existing([str(response.body.get("id"))])) or [target]
        return [target]

    def _existing(self, ids: Iterable[str]) -> Iterator[Entity]:
        return (entity for id_ in ids if (entity := self.state.find(id_)) is not None)

    def _add(self, type_: str, by: Trigger, place: Entity, about: Mapping[str, Any]) -> None:
        organization = place.above("organization")
        if organization is None:
            return
        where: Json = {}
        for kind in ("project", "environment"):
            if above := place.above(kind):
                where |= {f"{kind}_id": above.id, f"{kind}_name": above.value["name"]}
        self.log.add(organization.id, by, {"event_type": type_, **about, **where})


def _acted_on() -> Collection[str]:
    """The kinds of entities that are deployed, stopped and so on."""
    return {"environment", "cluster", *families().services}


def _end_of(part: Part, action: Action) -> str | None:
    """The event of a service that has ended, or None if nothing was done to it."""
    if part.status not in (ServiceActionStatusEnum.SUCCESS, ServiceActionStatusEnum.ERROR):
        return None
    failed = part.status is ServiceActionStatusEnum.ERROR
    special = _TERRAFORM.get(part.service.sub_action)
    return special[1 + failed] if special else _ENDS[action][failed]


def _owner(entity: Entity) -> Entity | None:
    """The entity itself or the nearest one above it that events can be about."""
    known = _TARGETS.keys() | families().services.keys()
    return next((above for above in entity.ancestors() if above.kind in known), None)


def _target(entity: Entity) -> Json:
    """What an event about an entity says of its target. Nothing if no event can be about it."""
    owner = _owner(entity)
    if owner is None:
        return {}
    is_service = owner.kind in families().services
    type_ = service_type(owner) if is_service else _TARGETS[owner.kind][0]
    if type_ == _NOT_AUDITED:
        return {}
    name = owner.value.get("name") or owner.value.get("email") or owner.value.get("target_url")
    return {"target_id": owner.id, "target_name": name or owner.id, "target_type": type_}


def _part(call: ApiCall, entity: Entity) -> str:
    """The `sub_target_type` of an event: which part of its target has changed."""
    word = families().settings.get(call.operation.call, entity.kind)
    if word == "variable":
        return "SECRET" if entity.value.get("is_secret") else "VARIABLE"
    return _PARTS.get(word) or _TARGETS.get(word, ("", "CONFIG"))[1]
