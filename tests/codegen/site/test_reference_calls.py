"""Can every example of the reference be typed as it is printed? Both type checkers read all of them, in both faces."""

from __future__ import annotations

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

HEAD = {
    "async": "from qovery_async import AsyncQovery\n\n\n",
    "blocking": "from qovery_sync import Qovery\n\n\n",
}


def named() -> Api:
    return tables.read().name(facts.read())


def generated(api: Api) -> Iterator[tuple[ClientPart, Method]]:
    """The methods whose parameters are known: the operations, and `patch`."""
    for place in faces.places():
        for method in place.methods:
            if f"{place.path}.{method.name}" in api.calls or method.name in ("patch", "patch_preview"):
                yield place, method


def programs() -> dict[str, str]:
    """Each example as a function that takes what the example does not make."""
    api = named()
    texts = dict(HEAD)
    for number, (place, method) in enumerate(generated(api)):
        lines = Calls(api).example(place.path, method)
        ids = [
            p.name for p in method.parameters if p.default is p.empty and p.name not in ("body", "mapping", "changes")
        ]
        given = "".join(f", {name}: str" for name in ids)
        name = lines[0].partition(" = ")[0]
        used = f"\nprint({name})" if name.isidentifier() else ""
        asynchronous, blocking = (indent(line + used, "    ") for line in (lines[0], lines[-1]))
        texts["async"] += f"async def f{number}(client: AsyncQovery{given}) -> None:\n{asynchronous}\n\n\n"
        texts["blocking"] += f"def f{number}(client: Qovery{given}) -> None:\n{blocking}\n\n\n"
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
    assert texts["async"].count("async def") > 600


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
