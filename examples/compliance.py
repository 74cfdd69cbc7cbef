"""How is an organization set up, and what has changed since the last look?

    QOVERY_API_TOKEN=... python examples/compliance.py snapshot today.json
    python examples/compliance.py diff yesterday.json today.json

A snapshot has no value of a variable, no token and no webhook's address; two of the same setup are equal. It takes one
request for each cluster and service, two for each environment, three for each project and ten more, and waits when
the rate limit is reached. `diff` ends with code 1 if something has changed; code 2 means that the command failed.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import sys
from collections.abc import Collection, Iterator
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from qovery_async import AsyncQovery, Model, QoveryError, to_dict
from qovery_async.models import APIVariableScopeEnum

Snapshot = dict[str, dict[str, dict[str, Any]]]  # what each thing is like, by its kind and id
CLUSTER = ("name", "cloud_provider", "region", "version", "kubernetes", "production", "instance_type", "features")
RULE = ("mode", "timezone", "start_time", "stop_time", "weekdays", "wildcard", "auto_stop", "auto_preview")
WEBHOOK = ("kind", "enabled", "events", "target_secret_set", "project_names_filter", "environment_types_filter")
# A setting that the SDK does not know yet may be one.
SECRET = re.compile(r"password|secret|token|credential|(^|[._])key$", re.IGNORECASE)


def part(model: Model, keys: Collection[str], **more: Any) -> dict[str, Any]:
    return {key: value for key, value in to_dict(model).items() if key in keys} | more


async def take(client: AsyncQovery) -> Snapshot:
    bulk, inventory = client.bulk, await client.inventory()
    projects, environments, clusters = inventory.projects, inventory.environments, inventory.clusters
    members, roles, tokens, webhooks = await bulk.gather(
        client.members.list, client.custom_roles.list, client.api_tokens.list, client.webhooks.list
    )
    settings = await bulk.map(client.clusters.advanced_settings.get, [one.id for one in clusters])
    project_rules = await bulk.map(client.projects.deployment_rules.list, [one.id for one in projects])
    rules = await bulk.map(client.environments.deployment_rule.get, [one.id for one in environments])
    paths = {one.id: one.name for one in projects}
    paths |= {one.id: f"{one.project.name}/{one.name}" for one in environments}
    paths |= {one.id: f"{paths[one.environment.id]}/{one.name}" for one in inventory.services}
    scopes = {one.id: "PROJECT" for one in projects} | {one.id: "ENVIRONMENT" for one in environments}
    scopes |= {one.id: one.kind for one in inventory.services if one.kind in [*APIVariableScopeEnum]}
    lists = [partial(client.variables.list, parent_id=id_, scope=APIVariableScopeEnum(scopes[id_])) for id_ in scopes]
    variables = zip(scopes, await bulk.gather(*lists), strict=True)
    return {
        "advanced settings": {
            one.id: {"name": one.name, **{key: "***" if SECRET.search(key) else value for key, value in found.items()}}
            for one, found in zip(clusters, map(to_dict, settings), strict=True)
        },
        "api tokens": {one.id: part(one, ("name", "role_name")) for one in tokens},
        "clusters": {one.id: part(one.model, CLUSTER) for one in clusters},
        "custom roles": {str(one.id): to_dict(one) for one in roles},
        "environments": {
            one.id: part(rule, RULE, name=paths[one.id], mode=one.mode)
            for one, rule in zip(environments, rules, strict=True)
        },
        "members": {one.id: part(one, ("role_name",), name=one.email) for one in members},
        "rules for new environments": {
            rule.id: part(rule, RULE, name=f"{project.name} {rule.name}")
            for project, found in zip(projects, project_rules, strict=True)
            for rule in found
        },
        "variables": {
            one.id: {"name": f"{paths[parent]} {one.key}", "is_secret": one.is_secret, "type": one.variable_type}
            for parent, found in variables
            for one in found  # inherited and built-in ones too
            if one.scope == scopes[parent] and one.variable_type != "BUILT_IN"
        },
        "webhooks": {
            one.id: part(one, WEBHOOK, name=one.description or one.id, host=urlsplit(one.target_url or "").hostname)
            for one in webhooks
        },
    }


def diff(old: Snapshot, new: Snapshot) -> Iterator[str]:
    for kind in sorted({*old, *new}):
        before, after = old.get(kind, {}), new.get(kind, {})
        yield from (f"+ {kind}: {after[id_]['name']}" for id_ in after if id_ not in before)
        yield from (f"- {kind}: {before[id_]['name']}" for id_ in before if id_ not in after)
        for id_ in before.keys() & after.keys():
            was, now = before[id_], after[id_]
            for key in sorted(key for key in {*was, *now} if was.get(key) != now.get(key)):
                yield f"~ {kind}: {now['name']}: {key}: {json.dumps(was.get(key))} -> {json.dumps(now.get(key))}"


async def snapshot() -> Snapshot:
    async with AsyncQovery(pace="wait") as client:
        return await take(client)


def main() -> int:
    parser = argparse.ArgumentParser(description="Takes and compares snapshots of how an organization is set up.")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("snapshot").add_argument("out", type=Path)
    compare = commands.add_parser("diff")
    compare.add_argument("old", type=Path)
    compare.add_argument("new", type=Path)
    args = parser.parse_args()
    try:
        if args.command == "snapshot":
            text = json.dumps(asyncio.run(snapshot()), indent=2, sort_keys=True)
            args.out.write_text(f"{text}\n", encoding="utf-8")
            return 0
        changes = sorted(diff(*(json.loads(path.read_text(encoding="utf-8")) for path in (args.old, args.new))))
    except (QoveryError, ExceptionGroup, OSError, ValueError) as error:
        print(f"compliance: {error}", *getattr(error, "exceptions", ()), sep="\n", file=sys.stderr)
        return 2
    print("\n".join(changes) or "Nothing has changed.")
    return 1 if changes else 0


if __name__ == "__main__":
    sys.exit(main())
