"""Can every example of the reference be typed as it is printed? Both type checkers read all of them, in both faces."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from textwrap import indent

import pytest

from codegen import facts
from codegen.decisions import tables
from codegen.decisions.named import Api
from codegen.site import faces
from codegen.site.calls import Calls, signature
from codegen.site.faces import ClientPart, Method
from tests.support.checkers import Complaint, mypy, pyright

HEAD = """
from collections.abc import Callable
from qovery_{face} import {client}, VariablesPlan


"""
TYPES = {"environment_ids": "list[str]", "plan": "VariablesPlan", "store": "Callable[[str], object]"}
"""Of what an example does not make; all else is a string."""


def named() -> Api:
    return tables.read().name(facts.read())


def every_method() -> Iterator[tuple[ClientPart, Method]]:
    for place in faces.places():
        for method in place.methods:
            yield place, method


def function(name: str, client: str, example: str) -> str:
    """An example as a function that takes what the example does not make, and prints what it makes."""
    begin = "def" if client == "Qovery" else "async def"
    names = [
        node for node in ast.walk(ast.parse(f"{begin} f():\n{indent(example, '    ')}")) if isinstance(node, ast.Name)
    ]
    made = {node.id for node in names if isinstance(node.ctx, ast.Store)}
    taken = dict.fromkeys(node.id for node in names if node.id not in {*made, "client"})
    given = "".join(f", {one}: {TYPES.get(one, 'str')}" for one in taken)
    printed = f"print({', '.join(made)})"
    lines = example.replace("    ...", f"    {printed}") if example.endswith("    ...") else f"{example}\n{printed}"
    return f"{begin} {name}(client: {client}{given}) -> None:\n{indent(lines, '    ')}\n\n\n"


def programs() -> dict[str, str]:
    """All examples, by the face that they are for."""
    calls = Calls(named())
    texts = {
        "async": HEAD.format(face="async", client="AsyncQovery"),
        "sync": HEAD.format(face="sync", client="Qovery"),
    }
    for number, (place, method) in enumerate(every_method()):
        lines = calls.example(place.path, method)
        texts["async"] += function(f"f{number}", "AsyncQovery", lines[0])
        texts["sync"] += function(f"f{number}", "Qovery", lines[-1])
    return texts


@pytest.mark.slow
@pytest.mark.parametrize("check", [mypy, pyright])
def test_every_example_passes_type_checkers(check: Callable[..., list[Complaint]], tmp_path: Path) -> None:
    texts = programs()
    files = [tmp_path / f"{face}.py" for face in texts]
    for file in files:
        file.write_text(texts[file.stem], encoding="utf-8")
    complaints = check(*files)
    told = [(texts[Path(file).stem].splitlines()[line - 1].strip(), said) for file, line, said in complaints]
    assert told == []
    assert texts["async"].count("async def") == sum(1 for _ in every_method()) > 700


@pytest.mark.parametrize(
    ("call", "written", "lines"),
    [
        (
            "environments.deploy",
            "await client.environments.deploy(environment_id: str) -> models.Status",
            [
                "status = await client.environments.deploy(environment_id)",
                "status = client.environments.deploy(environment_id)",
            ],
        ),
        (
            "projects.delete",
            "await client.projects.delete(project_id: str) -> None",
            ["await client.projects.delete(project_id)", "client.projects.delete(project_id)"],
        ),
        (
            "service",
            "client.service(service_id: str) -> ServiceHandle",
            ["service = client.service(service_id)"],
        ),
    ],
)
def test_a_call_is_written_as_it_is_typed(call: str, written: str, lines: list[str]) -> None:
    found = {
        f"{place.path}.{method.name}".rstrip("."): (place, method)
        for place in faces.places()
        for method in place.methods
    }
    place, method = found[call]
    assert signature(place.path, method) == written
    assert Calls(named()).example(place.path, method) == lines


def test_each_form_is_called_as_it_must_be() -> None:
    first = {}
    for place in faces.places():
        for method in place.methods:
            first.setdefault(method.form, set()).add(f"{place.path}.{method.name}")
    assert "port_forward." in first["entered"]
    assert "events.iterate" in first["iterated"]
    assert "bulk.stream" in first["iterated"]
    assert {"find.service", "inventory.", "deployments.deploy", "bulk.map"} <= first["awaited"]
    assert first["plain"] <= {"service.", "environment.", "project.", "cluster."} | {
        name for name in first["plain"] if re.match(r"streams\.|deployments\.|shell\.|find\.", name)
    }
