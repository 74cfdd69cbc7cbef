"""Who belongs to an organization, and which tokens does it give out?"""

from __future__ import annotations

from functools import partial
from typing import Any

from qovery_async.emulator.facts.families import families
from qovery_async.emulator.facts.refusals import Problem
from qovery_async.emulator.world import crud, policies
from qovery_async.emulator.world.calls import Behaviours, Call, Reply
from qovery_async.emulator.world.state import Entity, State
from qovery_async.emulator.world.tokens import POLICY_PREFIX, Doors, new_token

READ_ONLY = "Viewer"
_ROLES = ("Owner", "Admin", "DevOps", "Billing manager", READ_ONLY)


def behaviours(doors: Doors) -> Behaviours:
    return {
        "organizations.create": partial(_create_organization, doors),
        "organizations.list": _list_organizations,
        "organizations.list_available_roles": _list_roles,
        "api_tokens.create": partial(_create_token, doors, "qov_"),
        "api_tokens.delete": partial(_delete_token, doors),
        "policy_api_tokens.create": partial(_create_token, doors, POLICY_PREFIX),
        "policy_api_tokens.delete": partial(_delete_token, doors),
        "members.update_role": _update_role,
        "members.delete": _delete_member,
        "members.transfer_ownership": _transfer_ownership,
        "invitations.accept": _accept,
    }


def welcome(state: State, organization: Entity) -> None:
    """What every organization begins with: its roles, and its owner."""
    organization.facts["roles"] = {name: state.new_id() for name in _ROLES}
    join(state, organization, "ada@example.com", "Owner")


def join(state: State, organization: Entity, email: str, role: str) -> None:
    """Makes somebody a member."""
    name = email.partition("@")[0].replace(".", " ").title()
    state.add("member", organization, {
        "id": state.new_id(), "created_at": state.now(), "name": name, "nickname": name.lower(), "email": email,
        "role": {"Owner": "OWNER", "Admin": "ADMIN", "Viewer": "VIEWER"}.get(role, "DEVELOPER"),
        "role_name": role, "role_id": _roles(organization)[role],
    })  # fmt: skip


def _create_organization(doors: Doors, call: Call) -> Reply:
    organization = crud.create(call.state, families().by_kind["organization"], call.state.root, call.sent)
    welcome(call.state, organization)
    if call.caller.organizations is not None:
        doors.let_in(
            call.caller.token, user=call.caller.user, organizations=call.caller.organizations | {organization.id}
        )
    return Reply(crud.shown(organization, call.operation.answer))


def _list_organizations(call: Call) -> Reply:
    seen = [entity for entity in call.state.root.of_kind("organization") if call.caller.sees(entity)]
    return Reply(crud.enclosed([crud.shown(entity, call.operation.answer) for entity in seen], call.operation.answer))


def _roles(organization: Entity) -> dict[str, str]:
    """The ids of all roles by name: what is built in, then what was made."""
    built_in: dict[str, str] = organization.facts.get("roles", {})
    made = {role.value["name"]: role.id for role in organization.of_kind("customRole")}
    return {**built_in, **made}


def _role_name(organization: Entity, role_id: object) -> str:
    for name, id_ in _roles(organization).items():
        if id_ == role_id:
            return name
    raise Problem(404, f"role {role_id} does not exist")


def _list_roles(call: Call) -> Reply:
    roles = [{"id": id_, "name": name} for name, id_ in _roles(call.target).items()]
    return Reply(crud.enclosed(roles, call.operation.answer))


def _create_token(doors: Doors, prefix: str, call: Call) -> Reply:
    organization, body = call.target, call.sent
    role_id = body.get("role_id") or _roles(organization)["Admin"]
    role = _role_name(organization, role_id)
    policy: str | None = body.get("opa_policy")
    if policy is not None:
        policies.check(policy)
    told = {**body, "role_id": role_id, "role_name": role}
    entity = crud.create(call.state, crud.family_of(call), organization, told)
    token = new_token(prefix, entity.id)
    entity.facts["token"] = token
    doors.let_in(
        token,
        user=f"token {body['name']}",
        organizations=frozenset([organization.id]),
        read_only=role == READ_ONLY or _only_views(organization, role_id),
        policy=policy,
    )
    once = {"token": token} | ({"user_sub": f"api-token|{entity.id}"} if policy is not None else {})
    return Reply({**crud.shown(entity, call.operation.answer), **once})


def _only_views(organization: Entity, role_id: str) -> bool:
    """Whether a role that was made gives nobody more than to look."""
    role = organization.children.get("customRole", {}).get(role_id)
    if role is None:
        return False
    projects: list[dict[str, Any]] = role.value.get("project_permissions", [])
    clusters: list[dict[str, Any]] = role.value.get("cluster_permissions", [])
    given = {cluster.get("permission", "VIEWER") for cluster in clusters}
    given |= {one.get("permission") for project in projects for one in project.get("permissions", [])}
    return given <= {"VIEWER", "NO_ACCESS"} and not any(project.get("is_admin") for project in projects)


def _delete_token(doors: Doors, call: Call) -> Reply:
    doors.lock_out(call.target.facts.get("token", ""))
    call.state.remove(call.target)
    return Reply(status=204)


def _member(call: Call) -> Entity:
    id_: str = call.body["user_id"]
    member = call.target.children.get("member", {}).get(id_)
    if member is None:
        raise Problem(404, f"member {id_} does not exist")
    return member


def _update_role(call: Call) -> Reply:
    member, role_id = _member(call), call.body["role_id"]
    member.value = {**member.value, "role_id": role_id, "role_name": _role_name(call.target, role_id)}
    return Reply()


def _delete_member(call: Call) -> Reply:
    member = _member(call)
    if member.value.get("role") == "OWNER":
        raise Problem(400, "user_id: the owner cannot leave; transfer the ownership first")
    call.state.remove(member)
    return Reply()


def _transfer_ownership(call: Call) -> Reply:
    heir, roles = _member(call), _roles(call.target)
    for member in call.target.of_kind("member"):
        if member.value.get("role") == "OWNER":
            member.value = {**member.value, "role": "ADMIN", "role_name": "Admin", "role_id": roles["Admin"]}
    heir.value = {**heir.value, "role": "OWNER", "role_name": "Owner", "role_id": roles["Owner"]}
    return Reply()


def _accept(call: Call) -> Reply:
    invitation = call.target
    organization = invitation.parent
    if organization is None:
        raise Problem(404, "the invitation belongs to no organization")
    role_id = invitation.value.get("role_id")
    role = _role_name(organization, role_id) if role_id in _roles(organization).values() else "Admin"
    join(call.state, organization, invitation.value["email"], role)
    call.state.remove(invitation)
    return Reply(invitation.value)
