"""How does a test generate the packages from a few facts of its own, and run what was generated?"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import attrs
import pytest

from codegen import facts
from codegen.decisions import tables
from codegen.decisions.capabilities import Capabilities
from codegen.decisions.named import Api, Operation
from codegen.facts import EnumSchema, Field, ObjectSchema, ResponseFacts
from codegen.write import emit
from tests.support import ROOT
from tests.support.descriptions import JSON, Described


def api(operations: list[Operation] | None = None, schemas: dict[str, facts.Schema] | None = None) -> Api:
    return Api(operations or [], schemas or {})


def model(**types: str) -> ObjectSchema:
    return ObjectSchema([Field(name, name, type_) for name, type_ in types.items()])


LIST = Operation("listOrganization", "GET", "/organization", [], [ResponseFacts(204)], [], call="organizations.list")
GET = Operation("getThing", "GET", "/thing", [], [ResponseFacts(200, JSON, "Thing")], [], call="things.get")
SMALL = api(
    [LIST, GET],
    {"Thing": ObjectSchema([Field("name", "name", "str", required=True), Field("state", "state", "State")]),
     "State": EnumSchema(["ON", "OFF"])},
)  # fmt: skip


def copied(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Both packages without their generated folders, which the generator writes into from now on."""
    generated = shutil.ignore_patterns("__pycache__", "bodies", "models", "resources")
    for name in ("qovery_async", "qovery_sync"):
        shutil.copytree(ROOT / name, folder / name, ignore=generated)
    shutil.copy(ROOT / "pyproject.toml", folder)
    monkeypatch.setattr(emit, "_ROOT", folder)
    # Of the hand-written modules, those that need no namespace that a small API lacks.
    decisions = tables.read()
    few = Capabilities(["qovery_async.runtime.root"], {}, decisions.capabilities.by_hand)
    monkeypatch.setattr(tables, "read", lambda: attrs.evolve(decisions, capabilities=few))
    return folder


def run(script: str, folder: Path, **environment: str) -> str:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", script],
        cwd=folder, env={**os.environ, "PYTHONPATH": str(folder), **environment}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def round_trip(package: Path, schemas: Mapping[str, facts.Schema], payload: Described, *, sent: bool = False) -> str:
    """Generates a package with these schemas, reads a `Thing` with it and writes it back; its repr."""
    operation = attrs.evolve(GET, body=facts.Body("Thing")) if sent else GET
    assert emit.generate(api([LIST, operation], {**schemas}), check=False) == 0
    script = (
        f"from qovery_async import from_dict, models, to_dict; import qovery_sync; payload = {payload!r};"
        "thing = from_dict(models.Thing, payload); assert to_dict(thing) == payload, to_dict(thing); print(thing)"
    )
    return run(script, package).strip()
