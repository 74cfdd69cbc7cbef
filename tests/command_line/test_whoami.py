"""What does `python -m qovery_async whoami` print, and how does it end?"""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from qovery_async.emulator import Emulator, Fault
from qovery_sync import Qovery
from tests.support import ROOT
from tests.support.server import closed_port, in_thread


def whoami(*arguments: str, url: str = "http://127.0.0.1:1", token: str = "") -> subprocess.CompletedProcess[str]:
    environ = {**os.environ, "QOVERY_API_URL": url, "QOVERY_API_TOKEN": token}
    return subprocess.run(
        [sys.executable, "-W", "error", "-m", "qovery_async", "whoami", *arguments],
        cwd=ROOT, env=environ, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


def test_a_token_that_works_is_0() -> None:
    with in_thread(Emulator(world="demo", rate_limit=500)) as emulator:
        (organization,) = emulator.state.every("organization")
        done = whoami(url=emulator.url, token=emulator.token)
        assert (done.returncode, done.stderr) == (0, "")
        lines = done.stdout.splitlines()
        assert lines[0] == f"token:          works at {emulator.url}"
        assert lines[1:4] == [
            "kind:           API token",
            f"organization:   {organization.value['name']} ({organization.id})",
            "role:           Admin",
        ]
        assert lines[5].startswith("requests:       498 of 500 left, all of them again in ")
        told = whoami("--json", url=emulator.url, token=emulator.token)
        assert told.returncode == 0
        read = json.loads(told.stdout)
        assert (read["works"], read["kind"], read["role"], read["refusal"]) == (True, "API_TOKEN", "Admin", None)
        assert read["organizations"] == [{"id": organization.id, "name": organization.value["name"]}]
        assert read["rate"]["remaining"] == 496
        assert emulator.token not in done.stdout + told.stdout


def test_a_revoked_token_is_1() -> None:
    with in_thread(Emulator()) as emulator:
        with Qovery(emulator.token, base_url=emulator.url) as client:
            made = client.api_tokens.create({"name": "gone", "role_id": None})
            client.api_tokens.delete(made.id)
        done = whoami(url=emulator.url, token=made.token or "")
        assert done.returncode == 1
        assert done.stdout.startswith("token:          refused at ")
        assert "reason:         organizations.list returned 401: the token is unknown" in done.stdout
        told = whoami("--json", url=emulator.url, token=made.token or "")
        assert told.returncode == 1
        assert json.loads(told.stdout)["works"] is False
        assert str(made.token) not in done.stdout + done.stderr + told.stdout


@pytest.mark.parametrize("token", ["", "'qov_quoted-token-0123'"])
def test_no_token_or_a_wrong_one_is_2(token: str) -> None:
    done = whoami(token=token)
    assert (done.returncode, done.stdout) == (2, "")
    assert "the token is in quotes" in done.stderr if token else "no token; give token=" in done.stderr
    told = whoami("--json", token=token)
    assert (told.returncode, told.stderr) == (2, "")
    assert json.loads(told.stdout)["works"] is None
    assert "0123" not in done.stderr + told.stdout
    assert whoami("--yaml").returncode == 2


def test_an_api_that_cannot_be_reached_is_3() -> None:
    done = whoami(url=closed_port(), token="qov_unreached")
    assert (done.returncode, done.stdout) == (3, "")
    assert "no connection" in done.stderr or "connect" in done.stderr


def test_an_api_that_fails_is_3() -> None:
    with in_thread(Emulator()) as emulator:
        emulator.faults.add(Fault.status(500))
        done = whoami("--json", url=emulator.url, token=emulator.token)
        assert done.returncode == 3
        assert "returned 500" in json.loads(done.stdout)["error"]
