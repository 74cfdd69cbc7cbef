"""From an installed wheel, the example of Qovery's own page runs as printed, and `qovery` hands on the same classes."""

from __future__ import annotations

import functools
import sysconfig
import zipfile
from collections.abc import Callable
from pathlib import Path

import anyio.to_thread
import pytest

from qovery_async import AsyncQovery
from qovery_async.emulator import Emulator

AS_PRINTED = Path(__file__).parent / "user_code" / "as_printed.py"

Run = Callable[..., str]


@pytest.mark.anyio
async def test_the_printed_example_runs(run: Run) -> None:
    async with Emulator(world="demo", token="your-api-token") as emulator:
        example = functools.partial(run, AS_PRINTED.read_text(encoding="utf-8"), QOVERY_API_URL=emulator.url)
        printed = await anyio.to_thread.run_sync(example)
        async with AsyncQovery(emulator.token, base_url=emulator.url) as client:
            projects = await client.projects.list()
    assert projects
    assert printed.splitlines() == [f"Project: {project.name}" for project in projects]


@pytest.mark.parametrize("module", ["qovery", "qovery_async", "qovery_sync"])
def test_modules_come_from_the_wheel(run: Run, module: str) -> None:
    file = run(f"import {module}; print({module}.__file__)")
    assert Path(file).is_relative_to(sysconfig.get_path("purelib"))


@pytest.mark.parametrize(("name", "module"), [("Qovery", "qovery_sync"), ("AsyncQovery", "qovery_async")])
def test_the_classes_are_the_same_objects(run: Run, name: str, module: str) -> None:
    assert run(f"import qovery, {module}; print(qovery.{name} is {module}.{name})") == "True"


def test_importing_it_loads_itself_and_nothing_more(run: Run) -> None:
    ours, theirs = (
        run(f"import {name}, sys; print(*sys.modules)").split() for name in ("qovery", "qovery_sync")
    )  # fmt: skip
    assert {*ours} - {*theirs} == {"qovery"}


def test_the_wheel_holds_the_packages_and_nothing_beside_them(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.partition("/")[0] for name in names if ".dist-info/" not in name} == {
        "qovery.py", "qovery-stubs", "qovery_async", "qovery_sync"
    }  # fmt: skip
    assert {"qovery-stubs/__init__.pyi", "qovery_async/py.typed", "qovery_sync/py.typed"} <= {*names}
