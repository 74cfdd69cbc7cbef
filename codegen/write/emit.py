"""Which files does api.json become, and are they up to date?"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from codegen.decisions import tables
from codegen.decisions.named import Api
from codegen.write import bodies, emulator_facts, layout, stream_paths
from codegen.write.models import ModelFiles
from codegen.write.module import Writer
from codegen.write.patches import PatchFiles
from codegen.write.resources import ResourceFiles
from codegen.write.twins.module import twins
from codegen.write.twins.source import Source

_ROOT = Path(__file__).parents[2]
_EMULATOR_FACTS = "qovery_async/emulator/facts/operations.json"
_FOLDERS = ("qovery_async", "qovery_sync", "tests/twins")
_WHOLLY = ("bodies", "models", "resources")
_MARK = "# Generated"


def generate(api: Api, *, check: bool) -> int:
    """Writes the generated files, or says with `check` which of them would change."""
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder)
        written = files(api)
        for path, text in written.items():
            (target / path).parent.mkdir(parents=True, exist_ok=True)
            (target / path).write_text(text, encoding="utf-8")
        _format(target)
        theirs = {path: (target / path).read_text(encoding="utf-8") for path in written}
    ours = _present()
    if check:
        return _compare(ours, theirs)
    for path in ours.keys() - theirs.keys():
        (_ROOT / path).unlink()
    for path, text in theirs.items():
        (_ROOT / path).parent.mkdir(parents=True, exist_ok=True)
        (_ROOT / path).write_text(text, encoding="utf-8")
    return 0


def _format(target: Path) -> None:
    config = ["--config", str(_ROOT / "pyproject.toml"), "--quiet"]
    ruff = [sys.executable, "-m", "ruff"]
    for command in (["check", "--fix", "--select", "I"], ["format"]):
        subprocess.run([*ruff, *command, *config, "."], check=True, cwd=target)  # noqa: S603


def _present() -> dict[str, str]:
    """The generated files as they stand, by path; in some folders nothing else may stand."""
    paths = [path for folder in _FOLDERS for path in (_ROOT / folder).rglob("*.py")]
    texts = {path: path.read_text(encoding="utf-8") for path in [*paths, _ROOT / _EMULATOR_FACTS] if path.exists()}
    return {
        str(path.relative_to(_ROOT)): text
        for path, text in texts.items()
        if text.startswith(_MARK) or path.suffix == ".json" or path.relative_to(_ROOT).parts[1] in _WHOLLY
    }


def _compare(ours: dict[str, str], theirs: dict[str, str]) -> int:
    different = sorted(path for path in ours.keys() | theirs.keys() if ours.get(path) != theirs.get(path))
    for path in different:
        print(f"{path} differs from what codegen writes: run `nox -s generate`", file=sys.stderr)
    return 1 if different else 0


def files(api: Api) -> dict[str, str]:
    """The content of every generated file, by path, before it is formatted."""
    writer = Writer()
    capabilities = tables.read().capabilities
    arranged = layout.arrange(api)
    models = ModelFiles(api, arranged, writer).files()
    sent = bodies.BodyFiles(api, arranged, writer, bodies.replaced(api)).files()
    sent |= bodies.body_models(api, writer)
    resources = ResourceFiles(api, writer, capabilities).files()
    patches = PatchFiles(api, tables.read().patches, writer).files()
    sources = [Source.read(_module(path), path, text) for path, text in resources.items()]
    sources += [found for module in capabilities.sources if (found := _source(module))]
    blocking = twins(sources, capabilities.by_hand, _source)
    models |= stream_paths.files(api, writer)
    return models | sent | resources | patches | blocking | {_EMULATOR_FACTS: emulator_facts.operations(api, arranged)}


def _source(module: str) -> Source | None:
    """A hand-written module of the project."""
    place = module.replace(".", "/")
    for path in (f"{place}.py", f"{place}/__init__.py"):
        if (_ROOT / path).is_file():
            return Source.read(module, path, (_ROOT / path).read_text(encoding="utf-8"))
    return None


def _module(path: str) -> str:
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
