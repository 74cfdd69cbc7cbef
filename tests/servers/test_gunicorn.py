"""Does a client that was used before gunicorn forked work in all workers, and in the master?"""

from __future__ import annotations

import os
import re
import signal
import socket
import sys
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.support.programs import Api, Program, Start, eventually

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="gunicorn needs fork()")

WORKERS = 2


class Site:
    """Gunicorn with the application of `wsgi_app.py`."""

    def __init__(self, program: Program, url: str) -> None:
        self.program = program
        self.master = program.process.pid
        self._url = url

    def trouble(self) -> list[str]:
        """The errors and warnings in its log, without that about the listener, which gunicorn itself leaves open."""
        listener = re.search(r":(\d+)/", self._url)
        assert listener is not None
        ours = [line for line in self.program.says().splitlines() if f", {listener[1]})>" not in line]
        return [line for line in ours if re.search("Traceback|Error|Warning: (?!Enable)|ERROR|CRITICAL|never", line)]

    def get(self, _: object = None) -> int:
        """Asks for the page, and gives the worker that answered."""
        with urllib.request.urlopen(self._url, timeout=30) as answer:
            master, worker = answer.read().split()
        assert int(master) == self.master
        return int(worker)

    def workers(self, requests: int = 40) -> set[int]:
        """The workers that respond when many ask at once."""
        with ThreadPoolExecutor(8) as threads:
            return set(threads.map(self.get, range(requests)))


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        bound.listen(64)
        yield bound


@pytest.fixture
def site(request: pytest.FixtureRequest, start: Start, api: Api, listener: socket.socket) -> Site:
    program = start(
        *("gunicorn", "--preload", "--workers", str(WORKERS), "--bind", f"fd://{listener.fileno()}"),
        *(
            "--config",
            "python:tests.servers.gunicorn_config",
            "--no-control-socket",
            *request.param,
            "tests.servers.wsgi_app:application",
        ),
        environ={"QOVERY_API_URL": api.url},
        descriptors=(listener.fileno(),),
    )
    return Site(program, f"http://127.0.0.1:{listener.getsockname()[1]}/")


def check_end(site: Site, api: Api) -> None:
    """It stops by itself and logs no error; the master has kept its connection, which no worker used."""
    assert site.program.stop() == 0, site.program.says()
    assert site.program.processes() == []
    assert f"the master found {site.master}" in site.program.says()
    assert site.trouble() == []
    assert set(re.findall("loops left.*", site.program.says())) == {"loops left at exit: 0"}
    assert len(api.ports[site.master]) == 1
    assert not api.connections_were_shared


@pytest.mark.parametrize("site", [["--worker-class", "sync"], ["--threads", "4"]], indirect=True)
def test_all_workers_answer_and_the_master_keeps_its_connection(site: Site, api: Api) -> None:
    seen: set[int] = set()
    eventually(lambda: seen.update(site.workers()) or len(seen) == WORKERS)
    check_end(site, api)


@pytest.mark.parametrize("site", [["--threads", "4"]], indirect=True)
def test_a_reload_forks_workers_that_work_too(site: Site, api: Api) -> None:
    before = site.workers()
    os.kill(site.master, signal.SIGHUP)
    eventually(lambda: not before & site.workers())
    check_end(site, api)


@pytest.mark.parametrize("site", [["--max-requests", "5"]], indirect=True)
def test_workers_that_are_replaced_after_a_few_requests_end_cleanly(site: Site, api: Api) -> None:
    assert len(site.workers()) > WORKERS
    check_end(site, api)
