"""The abandoned `qovery` 1.0.3 beside ours: it wins the import of `qovery`, and neither loses a file to the other."""

from __future__ import annotations

import base64
import hashlib
import shutil
import subprocess
import sys
import sysconfig
import venv
import zipfile
from collections.abc import Callable
from importlib.metadata import Distribution, PackagePath, distributions
from pathlib import Path

import pytest

OLD, OURS = "qovery", "qovery-sdk"

Run = Callable[..., str]


class Environment:
    """A fresh environment, without pip and without our dependencies."""

    def __init__(self, folder: Path, run: Run) -> None:
        self.python = str(folder / "bin" / "python")
        self.site = Path(sysconfig.get_path("purelib", "venv", {"base": str(folder), "platbase": str(folder)}))
        self._run = run

    def install(self, wheel: Path) -> None:
        self._pip("install", "--no-deps", "--no-index", "--no-compile", str(wheel))

    def uninstall(self, name: str) -> None:
        self._pip("uninstall", "--yes", name)

    def _pip(self, *arguments: str) -> None:
        pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", "--python", self.python]
        subprocess.run([*pip, *arguments], check=True)

    def run(self, program: str) -> str:
        # The dependencies come from this environment. pip must not see it: our package is installed in it already.
        after = f"import sys; sys.path.append({sysconfig.get_path('purelib')!r})"
        return self._run(f"{after}; {program}", python=self.python)

    def imported(self, module: str) -> str:
        """The file that the import finds, which must be the environment's own."""
        file = self.run(f"import {module}; print({module}.__file__)")
        return Path(file).relative_to(self.site).as_posix()

    def intact(self) -> set[str]:
        """What is installed here, and has every file that it came with."""
        return {package.name for package in distributions(path=[str(self.site)]) if is_intact(package)}


def is_intact(package: Distribution) -> bool:
    assert package.files
    return all(map(is_as_recorded, package.files))


def is_as_recorded(file: PackagePath) -> bool:
    path = Path(file.locate())
    if file.hash is None:  # the list of files itself
        return path.exists()
    digest = base64.urlsafe_b64encode(hashlib.new(file.hash.mode, path.read_bytes()).digest()) if path.exists() else b""
    return digest.rstrip(b"=").decode() == file.hash.value


@pytest.fixture(scope="module")
def wheels(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Ours, and one with the name, version and folder of the old package."""
    old = tmp_path_factory.mktemp("old") / "qovery-1.0.3-py3-none-any.whl"
    files = {
        "qovery/__init__.py": '__version__ = "1.0.3"\n',
        "qovery/api_client.py": "class ApiClient: ...\n",
        "qovery-1.0.3.dist-info/METADATA": "Metadata-Version: 2.1\nName: qovery\nVersion: 1.0.3\n",
        "qovery-1.0.3.dist-info/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    with zipfile.ZipFile(old, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
        archive.writestr("qovery-1.0.3.dist-info/RECORD", "".join(f"{name},,\n" for name in files))
    return {OLD: old, OURS: wheel}


@pytest.fixture(scope="module", params=[(OLD, OURS), (OURS, OLD)], ids=["ours second", "ours first"])
def template(
    request: pytest.FixtureRequest, wheels: dict[str, Path], tmp_path_factory: pytest.TempPathFactory, run: Run
) -> Path:
    """An environment with both packages, installed in both orders."""
    folder = tmp_path_factory.mktemp("template")
    venv.create(folder, symlinks=True)
    for name in request.param:
        Environment(folder, run).install(wheels[name])
    return folder


@pytest.fixture
def both(template: Path, tmp_path: Path, run: Run) -> Environment:
    """A copy for one test."""
    return Environment(shutil.copytree(template, tmp_path / "both", symlinks=True), run)


def test_the_old_one_is_qovery_and_ours_still_is_qovery_sync(both: Environment) -> None:
    assert both.intact() == {OLD, OURS}
    assert both.imported("qovery") == "qovery/__init__.py"
    assert both.imported("qovery_sync") == "qovery_sync/__init__.py"
    assert both.run("from qovery_sync import Qovery; print(Qovery.__module__)") == "qovery_sync.client"
    assert both.run("import qovery; print(qovery.__version__)") == "1.0.3"


def test_ours_is_whole_when_the_old_one_is_gone(both: Environment) -> None:
    both.uninstall(OLD)
    assert both.intact() == {OURS}
    assert both.imported("qovery") == "qovery.py"
    assert both.run("from qovery import Qovery; print(Qovery.__module__)") == "qovery_sync.client"


def test_the_old_one_is_whole_when_ours_is_gone(both: Environment) -> None:
    both.uninstall(OURS)
    assert both.intact() == {OLD}
    assert both.imported("qovery") == "qovery/__init__.py"
