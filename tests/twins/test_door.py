"""A hand-written namespace hangs on the client because a table names it."""

from __future__ import annotations

import pytest

from codegen import facts
from codegen.decisions import tables
from codegen.decisions.capabilities import Capabilities
from codegen.write.module import Writer
from codegen.write.resources import ResourceFiles
from qovery_async import AsyncQovery
from qovery_async.runtime.namespace import Namespace
from tests.twins.qovery_async.fleet import Fleet

FLEET = "tests.twins.qovery_async.fleet.Fleet"
PROJECTS = "tests.twins.qovery_async.fleet.Projects"


def tree(mount: dict[str, str]) -> str:
    api = tables.read().name(facts.read())
    files = ResourceFiles(api, Writer(), Capabilities([], mount, {})).files()
    return files["qovery_async/namespaces.py"]


def test_beside_the_generated_namespaces() -> None:
    text = tree({"fleet": FLEET})
    assert "    from tests.twins.qovery_async.fleet import Fleet\n" in text
    assert '    fleet: Namespace[Fleet] = Namespace("Fleet", "twins.qovery_async.fleet")' in text
    assert "    from qovery_async.resources.projects import Projects\n" in text


def test_in_place_of_a_generated_one() -> None:
    text = tree({"projects": PROJECTS})
    assert "from qovery_async.resources.projects" not in text
    assert '    projects: Namespace[Projects] = Namespace("Projects", "twins.qovery_async.fleet")' in text


def test_its_blocking_twin_is_derived_with_those_that_the_table_names() -> None:
    assert Capabilities(["a.b"], {"fleet": FLEET}, {}).sources == ["a.b", "tests.twins.qovery_async.fleet"]


class Client(AsyncQovery):
    fleet: Namespace[Fleet] = Namespace("Fleet", "twins.qovery_async.fleet")


@pytest.mark.anyio
async def test_it_is_imported_when_it_is_first_touched_and_kept() -> None:
    async with Client("x") as client:
        assert client.fleet is client.fleet
        assert await client.fleet("Flying Dutchman") is None
        # Everything that a namespace needs is one object.
        assert client.fleet._core is client.projects._core is client._core
        assert client.with_options(timeout=1).projects._core is not client._core
