"""Does this version break users' code, compared with an earlier one? And is its number high enough for that?

python -m upkeep.breaking [REF]     by default, the last tag
"""

from __future__ import annotations

import argparse
import io
import re
import subprocess
import sys
import tarfile
import tempfile
import tomllib
from collections.abc import Iterator
from pathlib import Path

import attrs
import griffe

ROOT = Path(__file__).parents[1]
PACKAGES = ("qovery_async", "qovery_sync")
EVERYTHING = ("models", "bodies", "resources")
"""Rooms in which all is public, whatever the module: names move between these as the API changes."""
VERSION = re.compile(r'^__version__ = "(\d+)\.(\d+)\.(\d+)', re.MULTILINE)


@attrs.frozen(order=True)
class Break:
    """What no longer works."""

    name: str
    what: str

    def __str__(self) -> str:
        return f"{self.name}: {self.what}"


def between(before: Path, after: Path) -> list[Break]:
    """What breaks users' code from the packages in one folder to those in another."""
    old, new = _packages(before), _packages(after)
    found = (_of(old[name], new[name], capabilities(before)) for name in PACKAGES)
    return sorted({one for breaks in found for one in breaks})


def _packages(folder: Path) -> dict[str, griffe.Module]:
    """Read, not imported; together, since one hands on names of the other."""
    loader = griffe.GriffeLoader(search_paths=[folder], allow_inspection=False)
    for name in PACKAGES:
        loader.load(name, try_relative_path=False)
    loader.resolve_aliases()
    return {name: loader.modules_collection[name] for name in PACKAGES}


def _of(old: griffe.Module, new: griffe.Module, mounted: list[str]) -> Iterator[Break]:
    public = [*exported(old), *mounted]
    for breakage in griffe.find_breaking_changes(old, new):
        name = breakage.obj.canonical_path
        removed = breakage.kind is griffe.BreakageKind.OBJECT_REMOVED
        if removed and _moved(name, new):
            continue
        if any(name == one or name.startswith(f"{one}.") for one in public):
            yield Break(name, _said(breakage))


def exported(package: griffe.Module) -> list[str]:
    """Where the names stand that users import, and the rooms that are public as a whole."""
    names = [name if isinstance(name, str) else name.name for name in package.exports or ()]
    members = [package[name] for name in names if name in package.members]
    return [
        *(f"{package.path}.{name}" for name in names),
        *(member.canonical_path for member in members if not member.is_module),
        *(f"{package.path}.{room}" for room in EVERYTHING),
    ]


def capabilities(root: Path) -> list[str]:
    """The classes by hand that stand on the client, and those that they hand out."""
    text = (root / "codegen" / "decisions" / "capabilities.toml").read_text(encoding="utf-8")
    return [one for table in tomllib.loads(text).values() for one in _paths(table)]


def _paths(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for key, below in value.items():
            yield from _paths(key)
            yield from _paths(below)
    elif isinstance(value, list):
        for below in value:
            yield from _paths(below)
    elif isinstance(value, str) and value.startswith(PACKAGES):
        yield value.replace(":", ".")


def _moved(name: str, new: griffe.Module) -> bool:
    """Whether a model or body only stands in another module, or is a module: `models` and `bodies` have all names."""
    _, room, *below = name.split(".")
    if room not in {"models", "bodies"} or not below or room not in new.members:
        return False
    return (len(below) == 1 and below[0].islower()) or (len(below) == 2 and below[1] in new[room].members)


def _said(breakage: griffe.Breakage) -> str:
    if breakage.kind is griffe.BreakageKind.OBJECT_REMOVED:
        return breakage.kind.value
    return f"{breakage.kind.value} (was `{breakage.old_value}`, is `{breakage.new_value}`)"


Version = tuple[int, int, int]


def version(text: str) -> Version:
    match = VERSION.search(text)
    if match is None:
        raise ValueError("qovery_async/version.py has no __version__ of three numbers")
    major, minor, patch = map(int, match.groups())
    return major, minor, patch


def allowed(old: Version, new: Version) -> bool:
    """Whether a version with this number may break what worked in the older one: docs/versioning.md has the rule."""
    return new[:1] > old[:1] if old[0] else new[:2] > old[:2]


def last_tag(root: Path) -> str | None:
    """The newest tag of a release before this commit, which may be tagged itself."""
    command = ["git", "describe", "--tags", "--abbrev=0", "--match", "v[0-9]*", "HEAD^"]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    return done.stdout.strip() or None


def extracted(root: Path, reference: str, folder: Path) -> Path:
    """The files of a commit, written to a folder."""
    command = ["git", "archive", "--format=tar", reference, *PACKAGES, "codegen/decisions/capabilities.toml"]
    done = subprocess.run(command, cwd=root, capture_output=True, check=False)
    if done.returncode:
        raise SystemExit(f"git knows no {reference!r}: {done.stderr.decode().strip()}")
    with tarfile.open(fileobj=io.BytesIO(done.stdout)) as archive:
        archive.extractall(folder, filter="data")
    return folder


def main(arguments: list[str] | None = None, root: Path = ROOT) -> int:
    parser = argparse.ArgumentParser(prog="upkeep.breaking", description=__doc__)
    parser.add_argument("reference", nargs="?", help="a tag or commit to compare with; by default the last tag")
    reference = parser.parse_args(arguments).reference or last_tag(root)
    if reference is None:
        print("There is no release yet, so nothing can break; give a commit to compare with.")
        return 0
    with tempfile.TemporaryDirectory() as folder:
        before = extracted(root, reference, Path(folder))
        found = between(before, root)
        old, new = (version((place / "qovery_async" / "version.py").read_text("utf-8")) for place in (before, root))
    print("\n".join(map(str, found)) or f"Nothing breaks that worked at {reference}.")
    if not found or allowed(old, new):
        return 0
    numbers = [".".join(map(str, number)) for number in (old, new)]
    count = f"{len(found)} break{'s' if found[1:] else ''}"
    print(f"{count} between {numbers[0]} and {numbers[1]}: docs/versioning.md says which number that needs.")
    return 1


if __name__ == "__main__":
    sys.exit(main())
