"""Which files does api.json become? Models, resources and their blocking twins."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from codegen.decisions.named import Api
from codegen.write import emulator_facts, layout
from codegen.write.models import ModelFiles
from codegen.write.module import Writer
from codegen.write.resources import ResourceFiles

_ROOT = Path(__file__).parents[2]
_EMULATOR_FACTS = "qovery_async/emulator/operations.json"
_GENERATED = ("qovery_async/models", "qovery_async/resources", "qovery_sync/resources")


def generate(api: Api, *, check: bool) -> int:
    """Writes the generated folders, or tells with `check` whether they would change."""
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder)
        for path, text in files(api).items():
            (target / path).parent.mkdir(parents=True, exist_ok=True)
            (target / path).write_text(text, encoding="utf-8")
        _format(target)
        if check:
            return _compare(target)
        for name in _GENERATED:
            shutil.rmtree(_ROOT / name, ignore_errors=True)
            shutil.copytree(target / name, _ROOT / name)
        (_ROOT / _EMULATOR_FACTS).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(target / _EMULATOR_FACTS, _ROOT / _EMULATOR_FACTS)
    return 0


def _format(target: Path) -> None:
    config = ["--config", str(_ROOT / "pyproject.toml"), "--quiet"]
    ruff = [sys.executable, "-m", "ruff"]
    for command in (["check", "--fix", "--select", "I"], ["format"]):
        subprocess.run([*ruff, *command, *config, "."], check=True, cwd=target)  # noqa: S603


def _compare(target: Path) -> int:
    def texts(root: Path) -> dict[str, str]:
        paths = (p for name in _GENERATED for p in (root / name).rglob("*.py"))
        everything = [*paths, root / _EMULATOR_FACTS]
        return {str(p.relative_to(root)): p.read_text(encoding="utf-8") for p in everything}

    ours, theirs = texts(_ROOT), texts(target)
    different = sorted(p for p in ours.keys() | theirs.keys() if ours.get(p) != theirs.get(p))
    for path in different:
        print(f"differs from what codegen writes: {path}", file=sys.stderr)
    return 1 if different else 0


def files(api: Api) -> dict[str, str]:
    """The text of every generated file, by path, before it is formatted."""
    writer = Writer()
    resources = ResourceFiles(api, writer)
    models = ModelFiles(api, layout.arrange(api), writer)
    facts = {_EMULATOR_FACTS: emulator_facts.operations(api)}
    return models.files() | resources.files("qovery_async") | resources.files("qovery_sync") | facts
