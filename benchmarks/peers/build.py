"""How are the peers made from the description that `QOVERY_SPEC` names?

Each gets a folder of its own below one that is never committed. What cannot be made here is told with its reason.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import yaml

from peers.description import hoisted

SETTINGS = "lazyImports=true,useOneOfDiscriminatorLookup=true"
"""The best that openapi-generator has: without them, a process starts ten times slower."""
WITHOUT = "apiTests=false,modelTests=false,apiDocs=false,modelDocs=false"


def build(description: Path, folder: Path) -> dict[str, str]:
    """Makes the folders that are not there yet. Why each of the others could not be made."""
    made: dict[str, Callable[[Path, Path], None]] = {
        "generated_asyncio": _generator("asyncio"),
        "generated_urllib3": _generator("urllib3"),
        "generated_httpx": _python_client,
        "old": _old,
    }
    missing: dict[str, str] = {}
    for name, make in made.items():
        target = folder / name
        if target.exists():
            continue
        print(f"building {name}", file=sys.stderr, flush=True)
        try:
            make(description, target)
        except (OSError, subprocess.CalledProcessError) as error:
            shutil.rmtree(target, ignore_errors=True)
            said = getattr(error, "stderr", None) or str(error)
            missing[name] = said.strip().splitlines()[-1][:100]
    return missing


def _generator(library: str) -> Callable[[Path, Path], None]:
    def make(description: Path, target: Path) -> None:
        program = _program("openapi-generator-cli")
        _run(
            *(program, "generate", "--generator-name", "python", "--library", library),
            *("--input-spec", str(description), "--output", str(target), "--skip-validate-spec"),
            *("--package-name", target.name, "--additional-properties", SETTINGS, "--global-property", WITHOUT),
        )

    return make


def _python_client(description: Path, target: Path) -> None:
    target.mkdir(parents=True)
    source = target / "description.json"
    loaded = yaml.load(description.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    source.write_text(json.dumps(hoisted(loaded), default=str), encoding="utf-8")
    _run(
        *(_program("openapi-python-client"), "generate", "--path", str(source)),
        *("--meta", "none", "--output-path", str(target / target.name)),
    )


def _old(_: Path, target: Path) -> None:
    # In a folder of its own: its package has the name of our module `qovery`.
    _run(sys.executable, "-m", "pip", "install", "--quiet", "--target", str(target), "qovery==1.0.3")


def _program(name: str) -> str:
    """The program beside this interpreter."""
    found = shutil.which(name, path=str(Path(sys.executable).parent))
    if found is None:
        raise FileNotFoundError(f"{name} is not installed")
    return found


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True, text=True)
