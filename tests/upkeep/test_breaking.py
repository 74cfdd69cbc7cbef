"""Is it found what breaks users' code, and nothing else? On small packages, laid out as ours are."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from upkeep import breaking

CLIENT = """\
class AsyncQovery:
    def __init__(self, token: str) -> None: ...
    def request(self, method: str, path: str) -> None: ...
    def _private(self) -> None: ...
"""
FILES = {
    "codegen/decisions/capabilities.toml": 'modules = []\n[mount]\nbulk = "qovery_async.bulk.Bulk"\n',
    "qovery_async/version.py": '__version__ = "1.4.0"\n',
    "qovery_async/__init__.py": 'from qovery_async.client import AsyncQovery\nfrom qovery_async import models\n__all__ = ["AsyncQovery", "models"]\n',
    "qovery_async/client.py": CLIENT,
    "qovery_async/bulk.py": "class Bulk:\n    async def map(self, items: list[str]) -> None: ...\n",
    "qovery_async/transport/__init__.py": "",
    "qovery_async/transport/http.py": "def send() -> None: ...\n",
    "qovery_async/models/__init__.py": "from .projects import *\nfrom .shops import *\n",
    "qovery_async/models/projects.py": '__all__ = ["Project"]\nclass Project:\n    name: str\n    size: int\n',
    "qovery_async/models/shops.py": '__all__ = ["Shop"]\nclass Shop:\n    name: str\n',
    "qovery_async/resources/__init__.py": "",
    "qovery_async/resources/projects.py": "class Projects:\n    async def get(self, project_id: str) -> None: ...\n",
    "qovery_sync/__init__.py": 'from qovery_async import models\n__all__ = ["models"]\n',
}  # fmt: skip


def write(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return folder


def git(folder: Path, *arguments: str) -> None:
    identity = ("-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "commit.gpgsign=false")
    subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    folder = write(tmp_path / "repository", FILES)
    git(folder, "init")
    git(folder, "add", ".")
    git(folder, "commit", "-m", "one")
    git(folder, "tag", "v1.4.0")
    git(folder, "commit", "--allow-empty", "-m", "two")
    return folder


@pytest.mark.parametrize(
    ("file", "old", "new", "name"),
    [
        ("client.py", "def request(", "def call(", "client.AsyncQovery.request"),
        ("client.py", "path: str)", "path: str, body: str)", "client.AsyncQovery.request"),
        ("client.py", "method: str, path: str", "path: str, method: str", "client.AsyncQovery.request"),
        ("bulk.py", "async def map(", "async def each(", "bulk.Bulk.map"),
        ("models/projects.py", "    size: int\n", "", "models.projects.Project.size"),
        ("resources/projects.py", "def get(", "def fetch(", "resources.projects.Projects.get"),
    ],
)
def test_a_break_is_found(tmp_path: Path, file: str, old: str, new: str, name: str) -> None:
    place = f"qovery_async/{file}"
    assert old in FILES[place]
    before = write(tmp_path / "before", FILES)
    after = write(tmp_path / "after", FILES | {place: FILES[place].replace(old, new)})
    assert {one.name for one in breaking.between(before, after)} == {f"qovery_async.{name}"}


def test_a_model_that_is_gone_is_a_break(tmp_path: Path) -> None:
    gone = {**FILES, "qovery_async/models/shops.py": "__all__ = []\n"}
    found = breaking.between(write(tmp_path / "before", FILES), write(tmp_path / "after", gone))
    assert "Shop" in {one.name.rpartition(".")[2] for one in found}


@pytest.mark.parametrize(
    "changed",
    [
        {"qovery_async/client.py": CLIENT.replace("_private", "_other")},
        {"qovery_async/client.py": CLIENT.replace("path: str)", "path: str, body: str = '')")},
        {"qovery_async/transport/http.py": ""},
        {
            "qovery_async/models/projects.py": FILES["qovery_async/models/projects.py"].replace('["Project"]', '["Project", "Shop"]')
            + "class Shop:\n    name: str\n",
            "qovery_async/models/shops.py": "__all__ = []\n",
        },
    ],
    ids=["a private name", "an optional parameter", "a room that users do not import", "a model in another module"],
)  # fmt: skip
def test_what_no_user_notices_is_none(tmp_path: Path, changed: dict[str, str]) -> None:
    assert breaking.between(write(tmp_path / "before", FILES), write(tmp_path / "after", FILES | changed)) == []


@pytest.mark.parametrize(
    ("old", "new", "may"),
    [
        ((0, 1, 0), (0, 1, 1), False), ((0, 1, 0), (0, 2, 0), True), ((0, 9, 0), (1, 0, 0), True),
        ((1, 4, 0), (1, 5, 0), False), ((1, 4, 0), (2, 0, 0), True), ((1, 4, 0), (1, 4, 0), False),
    ],
)  # fmt: skip
def test_the_number_says_whether_it_may(old: breaking.Version, new: breaking.Version, *, may: bool) -> None:
    assert breaking.allowed(old, new) is may


def test_the_last_tag_is_what_it_is_compared_with(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert breaking.main([], repository) == 0
    assert capsys.readouterr().out == "Nothing breaks that worked at v1.4.0.\n"
    write(
        repository, {"qovery_async/bulk.py": "class Bulk: ...\n", "qovery_async/version.py": '__version__ = "1.5.0"\n'}
    )
    assert breaking.main([], repository) == 1
    assert capsys.readouterr().out.splitlines() == [
        "qovery_async.bulk.Bulk.map: Public object was removed",
        "1 break between 1.4.0 and 1.5.0: docs/versioning.md says which number that needs.",
    ]
    write(repository, {"qovery_async/version.py": '__version__ = "2.0.0"\n'})
    assert breaking.main([], repository) == 0


def test_a_tag_is_not_compared_with_itself(repository: Path) -> None:
    git(repository, "tag", "v1.5.0")
    assert breaking.last_tag(repository) == "v1.4.0"


def test_without_a_tag_there_is_nothing_to_break(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    git(repository, "tag", "--delete", "v1.4.0")
    assert breaking.main([], repository) == 0
    assert "no release yet" in capsys.readouterr().out
    with pytest.raises(SystemExit, match="git knows no 'v9'"):
        breaking.main(["v9"], repository)
