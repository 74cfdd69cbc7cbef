"""Is a file noticed that the built archives lack, or have beside what they should?"""

from __future__ import annotations

import tarfile
import zipfile
from pathlib import Path

from upkeep.distribution import differing_in_wheel, missing_in_sdist

TRACKED = {"README.md", "Dockerfile", "qovery.py", "qovery_async/client.py", "qovery_async/py.typed", "tests/test_a.py"}


def test_of_the_source_distribution(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    sdist = tmp_path / "qovery_sdk-1.0.0.tar.gz"
    with tarfile.open(sdist, "w:gz") as archive:
        for name in ("README.md", "qovery.py", "qovery_async/client.py", "PKG-INFO"):
            archive.add(tmp_path / "file", f"qovery_sdk-1.0.0/{name}")
    assert missing_in_sdist(sdist, TRACKED) == {"qovery_async/py.typed", "tests/test_a.py"}


def test_of_the_wheel(tmp_path: Path) -> None:
    wheel = tmp_path / "qovery_sdk-1.0.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for name in ("qovery.py", "qovery_async/client.py", "tests/test_a.py", "qovery_sdk-1.0.0.dist-info/METADATA"):
            archive.writestr(name, "")
    assert differing_in_wheel(wheel, TRACKED) == {"qovery_async/py.typed", "tests/test_a.py"}
