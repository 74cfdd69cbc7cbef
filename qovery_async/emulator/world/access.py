"""Which members, roles and API tokens does an organization have?"""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import NAMESPACE_OID, uuid5

from qovery_async.emulator.facts.families import families
from qovery_async.emulator.facts.refusals import Refusal
from qovery_async.emulator.world import crud, pages, policies, roles
from qovery_async.emulator.world.calls import ApiCall, ApiHandlers, ApiResponse
from qovery_async.emulator.world.state import Entity, State
from qovery_async.emulator.world.tokens import POLICY_PREFIX, Tokens, new_token

READ_ONLY = "Viewer"
_ROLES = ("Owner", "Admin", "DevOps", "Billing manager", READ_ONLY)


def handlers(tokens: Tokens) -> ApiHandlers:
    """The handlers of organizations, roles, members and API tokens."""
    return {
        "organizations.create": partial(_create_organization, tokens),
        "organizations.list": _list_organizations,
        "organizations.list_available_roles": _list_roles,
        "api_tokens.create": partial(_create_token, tokens, "qov_"),
        "api_tokens.delete": partial(_delete_token, tokens),
        "policy_api_tokens.create": partial(_create_token, tokens, POLICY_PREFIX),
        "policy_api_tokens.delete": partial(_delete_token, tokens),
        "members.update_role": _update_role,
        "members.delete": _delete_member,
        "members.transfer_ownership": _transfer_ownership,
        "invitations.accept": _accept,
    }


def set_up(state: State, organization: Entity) -> None:
    """Gives a new organization its built-in roles and its owner."""
    organization.facts["roles"] = {name: state.new_id() for name in _ROLES}
    join(state, organization, "ada@example.com", "Owner")


def join(state: State, organization: Entity, email: str, role: str) -> None:
    """Adds a member."""
    name = email.partition("@")[0].replace(".", " ").title()
    state.add("member", organization, {
        "id": state.new_id(), "created_at": state.now(), "name": name, "nickname": name.lower(), "email": email,
        **roles.named(organization, roles.roles_of(organization)[role]),
    })  # fmt: skip


def enlist(tokens: Tokens, state: State, organization: Entity, token: str) -> None:
    """Accepts a token with the role Admin, and lists it among those of the organization."""
    at = organization.value["created_at"]
    entity = state.add("apiToken", organization, {
        "id": str(uuid5(NAMESPACE_OID, token)), "created_at": at, "updated_at": at, "name": "emulator",
        "description": "The token of the emulator.", "role_id": roles.roles_of(organization)["Admin"],
        "role_name": "Admin",
    })  # fmt: skip
    entity.facts["token"] = token
    tokens.accept(token, organizations=frozenset([organization.id]))


def _create_organization(tokens: Tokens, call: ApiCall) -> ApiResponse:
    organization = crud.create(call.state, families().by_kind["organization"], call.state.root, call.sent)
    set_up(call.state, organization)
    if call.caller.organizations is not None:
        tokens.accept(
            call.caller.token, user=call.caller.user, organizations=call.caller.organizations | {organization.id}
        )
    return ApiResponse(crud.shown(organization, call.operation.response))


def _list_organizations(call: ApiCall) -> ApiResponse:
    seen = [entity for entity in call.state.root.of_kind("organization") if call.caller.sees(entity)]
    return ApiResponse(
        pages.enclosed([crud.shown(entity, call.operation.response) for entity in seen], call.operation.response)
    )


def _list_roles(call: ApiCall) -> ApiResponse:
    rows = [{"id": id_, "name": name} for name, id_ in roles.roles_of(call.target).items()]
    return ApiResponse(pages.enclosed(rows, call.operation.response))


def _create_token(tokens: Tokens, prefix: str, call: ApiCall) -> ApiResponse:
    organization, body = call.target, call.sent
    role_id = body.get("role_id") or roles.roles_of(organization)["Admin"]
    role = roles.named(organization, role_id)["role_name"]
    policy: str | None = body.get("opa_policy")
    if policy is not None:
        policies.check(policy)
    known = {**body, "role_id": role_id, "role_name": role}
    entity = crud.create(call.state, crud.family_of(call), organization, known)
    token = new_token(prefix, entity.id)
    entity.facts["token"] = token
    tokens.accept(
        token,
        user=f"token {body['name']}",
        organizations=frozenset([organization.id]),
        read_only=role == READ_ONLY or _only_views(organization, role_id),
        policy=policy,
    )
    once = {"token": token} | ({"user_sub": f"api-token|{entity.id}"} if policy is not None else {})
    return ApiResponse({**crud.shown(entity, call.operation.response), **once})


def _only_views(organization: Entity, role_id: str) -> bool:
    """Whether a custom role grants nothing but read access."""
    role = organization.children.get("customRole", {}).get(role_id)
    if role is None:
        return False
    projects: list[dict[str, Any]] = role.value.get("project_permissions", [])
    clusters: list[dict[str, Any]] = role.value.get("cluster_permissions", [])
    given = {cluster.get("permission", "VIEWER") for cluster in clusters}
    given |= {one.get("permission") for project in projects for one in project.get("permissions", [])}
    return given <= {"VIEWER", "NO_ACCESS"} and not any(project.get("is_admin") for project in projects)


def _delete_token(tokens: Tokens, call: ApiCall) -> ApiResponse:
    tokens.revoke(call.target.facts.get("token", ""))
    call.state.remove(call.target)
    return ApiResponse(status=204)


def _member(call: ApiCall) -> Entity:
    id_: str = call.body["user_id"]
    member = call.target.children.get("member", {}).get(id_)
    if member is None:
        raise Refusal(404, f"member {id_} does not exist")
    return member


def _update_role(call: ApiCall) -> ApiResponse:
    member, role = _member(call), roles.named(call.target, call.body["role_id"])
    if member.value.get("role") != role["role"] and "OWNER" in (member.value.get("role"), role["role"]):
        raise Refusal(400, "role_id: an organization has one owner; transfer the ownership instead")
    member.value = {**member.value, **role}
    return ApiResponse()


def _delete_member(call: ApiCall) -> ApiResponse:
    member = _member(call)
    if member.value.get("role") == "OWNER":
        raise Refusal(400, "user_id: the owner cannot leave; transfer the ownership first")
    call.state.remove(member)
    return ApiResponse()


def _transfer_ownership(call: ApiCall) -> ApiResponse:
    heir, ids = _member(call), roles.roles_of(call.target)
    for member in call.target.of_kind("member"):
        if member.value.get("role") == "OWNER":
            member.value = {**member.value, **roles.named(call.target, ids["Admin"])}
    heir.value = {**heir.value, **roles.named(call.target, ids["Owner"])}
    return ApiResponse()


def _accept(call: ApiCall) -> ApiResponse:
    invitation = call.target
    organization = invitation.parent
    if organization is None:
        raise Refusal(404, "the invitation belongs to no organization")
    role_id = invitation.value.get("role_id")
    name = next((name for name, id_ in roles.roles_of(organization).items() if id_ == role_id), "Admin")
    join(call.state, organization, invitation.value["email"], name)
    call.state.remove(invitation)
    return ApiResponse(invitation.value)
