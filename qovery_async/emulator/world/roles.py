"""Which roles does an organization have, and what do members, invitations and custom roles show of them?"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from qovery_async.emulator.facts.refusals import Refusal
from qovery_async.emulator.world.state import Entity, State

Known = dict[str, Any]

_EMAIL = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]+@[a-z0-9-]+(\.[a-z0-9-]+)*", re.ASCII | re.IGNORECASE)
_MODES = ("DEVELOPMENT", "PREVIEW", "STAGING", "PRODUCTION")
_NO_ACCESS = [{"environment_type": mode, "permission": "NO_ACCESS"} for mode in _MODES]
_LEVELS = {"Owner": "OWNER", "Admin": "ADMIN", "Viewer": "VIEWER"}
_OTHERS = "DEVELOPER"
"""The level of all other roles, also of custom ones."""


def roles_of(organization: Entity) -> dict[str, str]:
    """The ids of all roles by name: the built-in ones, then the custom ones."""
    built_in: dict[str, str] = organization.facts.get("roles", {})
    custom = {role.value["name"]: role.id for role in organization.of_kind("customRole")}
    return {**built_in, **custom}


def named(organization: Entity, id_: object) -> Known:
    """A role as members and invitations show it.

    Raises:
        Refusal: 404 if the organization has no role with this id.
    """
    name = next((name for name, role_id in roles_of(organization).items() if role_id == id_), None)
    if name is None:
        raise Refusal(404, f"role {id_} does not exist")
    return {"role": _LEVELS.get(name, _OTHERS), "role_name": name, "role_id": id_}


def invitation(body: Mapping[str, Any], parent: Entity, _: State) -> Known:
    """The keys of an invitation that follow from the address and the role of a request."""
    if not _EMAIL.fullmatch(body["email"]):
        raise Refusal(400, f"email: must be an address such as ada@example.com, got {body['email']!r:.100}")
    role = named(parent, body.get("role_id") or roles_of(parent)["Admin"])
    return {"invitation_status": "PENDING", "inviter": "ada@example.com", **role}


def invitation_link(invitation: Entity) -> Known:
    """Where an invitation is accepted. Only its host is Qovery's; the rest is a guess."""
    organization = invitation.parent.id if invitation.parent else ""
    query = urlencode({"inviteToken": invitation.id, "organization": organization})
    return {"invitation_link": f"https://console.qovery.com/accept-invitation?{query}"}


def permissions(role: Entity) -> Known:
    """The permissions of a role: the lowest for each cluster and project that it does not name."""
    organization = role.parent
    if organization is None:
        return {}
    clusters = {each.get("cluster_id"): each for each in role.value.get("cluster_permissions") or ()}
    projects = {each.get("project_id"): each for each in role.value.get("project_permissions") or ()}
    return {
        "cluster_permissions": [
            {"permission": "VIEWER", **clusters.get(c.id, {}), "cluster_id": c.id, "cluster_name": c.value["name"]}
            for c in organization.of_kind("cluster")
        ],
        "project_permissions": [
            {"is_admin": False, "permissions": _NO_ACCESS, **projects.get(p.id, {}), "project_id": p.id,
             "project_name": p.value["name"]}
            for p in organization.of_kind("project")
        ],
    }  # fmt: skip
