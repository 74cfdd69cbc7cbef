"""How is an organization set up, and what has changed since the last look?

    QOVERY_API_TOKEN=... python examples/compliance.py snapshot today.json
    python examples/compliance.py diff yesterday.json today.json

A snapshot holds clusters with their advanced settings, environments, deployment rules, members, custom roles, API
tokens by name, webhooks and the names of variables: no value of a variable, no token and no address that may hold
one. Two snapshots of the same setup are equal, byte for byte. It takes one request for each cluster and service, four
for each project, two for each environment and a dozen more, and waits when the rate limit is reached.
`diff` ends with code 1 if something has changed; both end with 2 if they could not do their work.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from qovery_async import AsyncQovery, QoveryError, to_dict
from qovery_async.models import APIVariableScopeEnum, APIVariableTypeEnum, VariableResponse

Snapshot = dict[str, dict[str, dict[str, Any]]]
"""For each kind of thing, by id, what it is like; `name` is for people."""

RULE = ("mode", "cluster_id", "timezone", "start_time", "stop_time", "weekdays", "wildcard", "auto_stop", "auto_preview")
WEBHOOK = ("kind", "enabled", "events", "target_secret_set", "project_names_filter", "environment_types_filter")
