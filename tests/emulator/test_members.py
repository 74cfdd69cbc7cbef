"""Who belongs to an organization of the emulator, with which role, and what does a policy let a token do?"""

from __future__ import annotations

from typing import Any

import pytest

from qovery_async import AsyncQovery, BadRequest, NotFound
from qovery_async.emulator.world.policies import allows

pytestmark = pytest.mark.anyio


async def roles_by_address(client: AsyncQovery) -> dict[str, str | None]:
    return {member.email: member.role_name for member in await client.members.list()}


async def test_an_invitation_that_is_accepted_makes_a_member(client: AsyncQovery) -> None:
    roles = {role.name: role.id for role in await client.organizations.list_available_roles()}
    invitation = await client.invitations.create({"email": "new.one@example.com", "role_id": roles["Viewer"]})
    assert [each.id for each in await client.invitations.list()] == [invitation.id]
    await client.invitations.accept(invitation.id)
    assert await client.invitations.list() == []
    assert (await roles_by_address(client))["new.one@example.com"] == "Viewer"


async def test_a_role_that_does_not_exist_is_refused(client: AsyncQovery) -> None:
    with pytest.raises(NotFound, match="role nothing does not exist"):
        await client.invitations.create({"email": "new@example.com", "role_id": "nothing"})
    member = (await client.members.list())[0]
    with pytest.raises(NotFound, match="role nothing does not exist"):
        await client.members.update_role({"user_id": member.id, "role_id": "nothing"})
    with pytest.raises(NotFound, match="member nobody does not exist"):
        await client.members.delete({"user_id": "nobody"})


async def test_an_owner_leaves_only_after_another_has_taken_over(client: AsyncQovery) -> None:
    members = {member.role_name: member for member in await client.members.list()}
    owner, heir = members.pop("Owner"), next(iter(members.values()))
    with pytest.raises(BadRequest, match="transfer the ownership first"):
        await client.members.delete({"user_id": owner.id})
    await client.members.transfer_ownership({"user_id": heir.id})
    roles = await roles_by_address(client)
    assert (roles[owner.email], roles[heir.email]) == ("Admin", "Owner")
    await client.members.delete({"user_id": owner.id})
    assert owner.email not in await roles_by_address(client)


@pytest.mark.parametrize(
    ("rule", "allowed"),
    [
        ('input.request.method == "GET"', [("GET", "/project/p"), ("GET", "/organization/o")]),
        ('input.request.path == ["api", "project", "p"]', [("GET", "/project/p"), ("PUT", "/project/p")]),
        ('startswith(input.request.path[1], "org")', [("GET", "/organization/o")]),
        ('input.request.method in ["PUT", "DELETE"] # but not GET', [("PUT", "/project/p")]),
        ('input.request.method in {"GET"}; input.request.path[1] == "project"', [("GET", "/project/p")]),
        ("true", [("GET", "/project/p"), ("GET", "/organization/o"), ("PUT", "/project/p")]),
        ('regex.match("^p", input.request.path[1])', []),  # not known, so not allowed
    ],
)
def test_a_rule_allows(rule: str, allowed: list[tuple[str, str]]) -> None:
    policy = f"default allow := false\nallow if {{\n  {rule}\n}}\n"
    requests = [("GET", "/project/p"), ("GET", "/organization/o"), ("PUT", "/project/p")]
    assert [request for request in requests if allows(policy, *request)] == allowed


@pytest.mark.parametrize("policy", ["", "package qovery\nallow := true", "allow if {"])
async def test_what_is_no_policy_is_refused(client: AsyncQovery, policy: str) -> None:
    body: Any = {"name": "broken", "opa_policy": policy}
    with pytest.raises(BadRequest, match="opa_policy: "):
        await client.policy_api_tokens.create(body)


async def test_a_role_shows_the_same_level_wherever_it_is_given(client: AsyncQovery) -> None:
    custom = await client.custom_roles.create({"name": "releases"})
    roles = {role.name: role.id for role in await client.organizations.list_available_roles()}
    levels = {"Admin": "ADMIN", "Viewer": "VIEWER", "DevOps": "DEVELOPER", "releases": "DEVELOPER"}
    assert roles["releases"] == custom.id
    for name, level in levels.items():
        address = f"{name.lower()}@new.example"
        invitation = await client.invitations.create({"email": address, "role_id": roles[name]})
        assert (invitation.role, invitation.role_name) == (level, name)
        await client.invitations.accept(invitation.id)
        (member,) = [each for each in await client.members.list() if each.email == address]
        assert (member.role, member.role_name, member.role_id) == (level, name, roles[name])
        await client.members.update_role({"user_id": member.id, "role_id": roles["Viewer"]})
        (member,) = [each for each in await client.members.list() if each.email == address]
        assert (member.role, member.role_name) == ("VIEWER", "Viewer")


async def test_each_invitation_has_a_link_of_its_own(client: AsyncQovery) -> None:
    made = [await client.invitations.create({"email": f"{name}@new.example"}) for name in ("a", "b")]
    assert all(invitation.id in invitation.invitation_link for invitation in made)
    assert [each.invitation_link for each in await client.invitations.list()] == [one.invitation_link for one in made]


async def test_a_new_role_neither_makes_nor_unmakes_an_owner(client: AsyncQovery) -> None:
    roles = {role.name: role.id for role in await client.organizations.list_available_roles()}
    members = {member.role_name: member for member in await client.members.list()}
    owner, other = members.pop("Owner"), next(iter(members.values()))
    for member, name in ((owner, "Viewer"), (other, "Owner")):
        with pytest.raises(BadRequest, match="transfer the ownership instead"):
            await client.members.update_role({"user_id": member.id, "role_id": roles[name]})
    assert [member.email for member in await client.members.list() if member.role == "OWNER"] == [owner.email]
