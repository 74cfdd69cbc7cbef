"""Which responses do not fit the description? 22 lists of applications, each wrong in one place.

The API sends such responses: it gets new enum values every few weeks, and its description is wrong in places.
"""

from __future__ import annotations

import json
from typing import Any

PORT = {
    "id": "1b4e28ba-2fa1-41d2-883f-0016d3cca427",
    "internal_port": 80,
    "publicly_accessible": True,
    "protocol": "HTTP",
}
FINE: dict[str, Any] = {
    "id": "5f6b3c1e-7a3d-4a53-9f0e-2f4b8a1d9c11",
    "created_at": "2026-01-02T03:04:05Z",
    "environment": {"id": "9d3e1e0a-4b1e-4d5c-8f3d-6f0a0b7c1d22"},
    "name": "web",
    "description": "what we sell",
    "healthchecks": {},
    "icon_uri": "app://web",
    "service_type": "APPLICATION",
    "build_mode": "DOCKER",
    "cpu": 500,
    "auto_preview": True,
    "git_repository": {
        "url": "https://example.com/shop.git",
        "branch": "main",
        "provider": "GITHUB",
        "owner": "shop",
        "name": "shop",
    },
    "ports": [PORT],
    "storage": [],
}


def bodies() -> dict[str, str]:
    """The responses by what is wrong in them."""
    items: dict[str, Any] = {
        "an enum value that is new": FINE | {"build_mode": "TELEPATHY"},
        "a new value of the enum that names the type": FINE | {"service_type": "QUANTUM"},
        "a new enum value in an object inside": _port(protocol="QUIC"),
        "a required key is missing": _without(FINE, "name"),
        "a required time is missing": _without(FINE, "created_at"),
        "a required key is missing in an object inside": FINE | {"ports": [_without(PORT, "internal_port")]},
        "null for a required string": FINE | {"name": None},
        "null for a required object": FINE | {"environment": None},
        "null for a required list or object": FINE | {"healthchecks": None},
        "null in a list of objects": FINE | {"ports": [PORT, None]},
        "a text for an integer": FINE | {"cpu": "many"},
        "a text of digits for an integer": FINE | {"cpu": "500"},
        "a fraction for an integer": FINE | {"cpu": 0.5},
        "a number for a string": FINE | {"name": 7},
        "a text for a boolean": FINE | {"auto_preview": "true"},
        "a time that is none": FINE | {"created_at": "yesterday"},
        "an id that is no UUID": FINE | {"id": "web-1"},
        "a list for an object": FINE | {"environment": []},
        "an object for a list": FINE | {"ports": {}},
        "a text for an object": FINE | {"git_repository": "none"},
        "a text among the objects": "odd",
    }
    made = {name: json.dumps({"results": [FINE, item]}) for name, item in items.items()}
    return {**made, "a list without its envelope": json.dumps([FINE])}


def fine() -> str:
    """A response that fits."""
    return json.dumps({"results": [FINE]})


def _without(item: dict[str, Any], key: str) -> dict[str, Any]:
    return {name: value for name, value in item.items() if name != key}


def _port(**changed: Any) -> dict[str, Any]:
    return FINE | {"ports": [PORT | changed]}
