"""Does every name that the site writes, in prose or in code, belong to something that there is?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib import import_module
from operator import attrgetter

import pytest

from qovery_async import AsyncQovery, bodies, models
from qovery_sync import Qovery
from tests.support.built_site import MADE_BY_SPHINX, site, twin

CLIENTS = Qovery("of-no-use"), AsyncQovery("of-no-use")
"""They send nothing."""
FILES = {"client.md", "client.py"}
OF_THE_OLD_PACKAGE = {"qovery.api", "qovery.model.deploy_request", "qovery.model.project_request"}
CALL = re.compile(r"(?<![\w.])client\.([a-z_]\w*(?:\.[a-z_]\w*)*)")
TYPE = re.compile(r"(?<![\w.])(models|bodies)\.([A-Z]\w*)")
IMPORT = re.compile(r"^ *from (qovery(?:_async|_sync)?(?:\.\w+)*) import \(?([\w, ]+)", re.MULTILINE)


def pages() -> Iterator[tuple[str, str]]:
    for path in site().keys() - MADE_BY_SPHINX:
        yield path, twin(path)


def has(owner: object, dotted: str) -> bool:
    try:
        attrgetter(dotted)(owner)
    except AttributeError:
        return False
    return True


def test_every_name_below_a_client_is_there() -> None:
    named = {(name, path) for path, text in pages() for name in CALL.findall(text)}
    stale = {(name, path) for name, path in named if not any(has(client, name) for client in CLIENTS)}
    assert {(name, path) for name, path in stale if f"client.{name}" not in FILES} == set()
    assert len({name for name, _ in named}) > 600


def test_every_model_and_body_is_there() -> None:
    named = {(*found, path) for path, text in pages() for found in TYPE.findall(text)}
    packages = {"models": models, "bodies": bodies}
    assert {(package, name, path) for package, name, path in named if not has(packages[package], name)} == set()
    assert len(named) > 500


def test_every_import_is_possible() -> None:
    named = {(module, name.strip()) for _, text in pages() for module, names in IMPORT.findall(text) for name in names.split(",")}  # fmt: skip
    ours = {(module, name.partition(" ")[0]) for module, name in named if module not in OF_THE_OLD_PACKAGE and name}
    assert {(module, name) for module, name in ours if not has(import_module(module), name)} == set()
    assert {module for module, _ in named} >= OF_THE_OLD_PACKAGE


@pytest.mark.parametrize("stale", ["client.projects.lst()", "`client.nowhere`", "await client.environments.deply(id)"])
def test_a_stale_name_is_seen(stale: str) -> None:
    (name,) = CALL.findall(stale)
    assert not any(has(client, name) for client in CLIENTS)
