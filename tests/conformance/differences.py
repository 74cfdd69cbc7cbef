"""Where does the emulator differ from Qovery's description, and why?"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

import yaml

from tests.support.prism import description

PUBLISHED: dict[str, Any] = yaml.load(description().read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)

# What nothing can be asked of: the status that says so, and why.
REFUSED: Mapping[str, tuple[int, str]] = {
    f"projects.{kind}.create_override": (400, "nothing is above the scope of a project")
    for kind in ("environment_variables", "secrets")
}

# Where Qovery responds with another status than the description has, as the sources of its clients show.
STATUSES: Mapping[str, tuple[int, str]] = {
    "clusters.deploy": (200, "the command line takes nothing else, though the description says 201")
}

# Where the description contradicts itself, so that no answer fits before that is mended.
_OVERLAP = "any object fits several branches of its `oneOf`, which forbids that; read as `anyOf` here"
CONTRADICTIONS: Mapping[str, str] = {"DeploymentHistoryServiceDetails": _OVERLAP}
COMPONENTS = copy.deepcopy(PUBLISHED["components"])
for _name in CONTRADICTIONS:
    COMPONENTS["schemas"][_name]["anyOf"] = COMPONENTS["schemas"][_name].pop("oneOf")
# Where Qovery sends another format than it describes, as the sources of its clients show.
FORMATS: Mapping[tuple[str, str], str] = {
    ("ClusterFeatureResponse", "id"): "the ids of features are names such as STATIC_IP"
}
for _name, _key in FORMATS:
    del COMPONENTS["schemas"][_name]["properties"][_key]["format"]
