"""Is what will be published whole, and is it the release of this tag? Builds it, once, to dist/.

python -m upkeep.distribution [--tag v1.2.3]
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
NOT_IN_THE_ARCHIVE = (".gitignore", "Dockerfile", ".dockerignore")
"""Files of the repository that neither users nor packagers need."""
IN_THE_WHEEL = ("qovery.py", "qovery-stubs", "qovery_async", "qovery_sync")


def build(target: str, source: Path, folder: Path) -> Path:
    command = [sys.executable, "-m", "hatchling", "build", "--target", target, "--directory", str(folder)]
    subprocess.run(command, cwd=source, check=True)
    (built,) = folder.glob("*.whl" if target == "wheel" else "*.tar.gz")
    return built


def release(folder: Path) -> tuple[Path, Path]:
    """The source distribution, and the wheel that is built from it, as installers would."""
    shutil.rmtree(folder, ignore_errors=True)
    sdist = build("sdist", ROOT, folder)
    with tempfile.TemporaryDirectory() as place:
        shutil.unpack_archive(sdist, place, filter="data")
        return sdist, build("wheel", Path(place, stem(sdist)), folder)


def stem(sdist: Path) -> str:
    return sdist.name.removesuffix(".tar.gz")


def missing_in_sdist(sdist: Path, tracked: set[str]) -> set[str]:
    """The files of the repository that the archive should have."""
    with tarfile.open(sdist) as archive:
        found = {name.removeprefix(f"{stem(sdist)}/") for name in archive.getnames()}
    return {name for name in tracked if name not in found and name not in NOT_IN_THE_ARCHIVE}


def differing_in_wheel(wheel: Path, tracked: set[str]) -> set[str]:
    """What the wheel lacks of the packages, or has beside them."""
    with zipfile.ZipFile(wheel) as archive:
        found = {name for name in archive.namelist() if ".dist-info/" not in name}
    return found ^ {name for name in tracked if name.partition("/")[0] in IN_THE_WHEEL}


def tracked_files(root: Path = ROOT) -> set[str]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=root, capture_output=True, text=True, check=True).stdout
    return {name for name in listed.split("\0") if name}


def main() -> int:
    parser = argparse.ArgumentParser(prog="upkeep.distribution", description=__doc__)
    parser.add_argument("--tag", help="the tag of the release, which must name its version")
    given = parser.parse_args()
    sdist, wheel = release(ROOT / "dist")
    version = wheel.name.split("-")[1]
    tracked = tracked_files()
    wrong = [
        *(f"{sdist.name} lacks {name}" for name in sorted(missing_in_sdist(sdist, tracked))),
        *(
            f"{wheel.name} lacks, or has beside the packages, {name}"
            for name in sorted(differing_in_wheel(wheel, tracked))
        ),
    ]
    if given.tag and given.tag != f"v{version}":
        wrong.append(f"the tag {given.tag} is not of the version {version}, which qovery_async/version.py has")
    print("\n".join([*wrong, f"{sdist.name} and {wheel.name}: {len(wrong)} wrong"]))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
