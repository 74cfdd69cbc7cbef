"""Do the examples of receivers work under the servers that people use, and do the emulator's events reach them?"""

from __future__ import annotations

import json
import signal
import socket
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator

import attrs
import pytest

from qovery_async import to_dict
from qovery_async.emulator import Emulator
from qovery_sync import Qovery
from tests.support import ROOT
from tests.support.deliveries import EVENT, EVENTS, SECRET, environment_id
from tests.support.programs import Program, Start, eventually
from tests.support.server import in_thread

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="gunicorn needs fork()")

COMMANDS: dict[str, Callable[[int], tuple[str, ...]]] = {
    "aiohttp": lambda port: ("webhooks_aiohttp", str(port)),
    "fastapi": lambda port: ("uvicorn", "webhooks_fastapi:app", "--port", str(port)),
    "flask": lambda port: ("gunicorn", "--bind", f"127.0.0.1:{port}", "--no-control-socket", "webhooks_flask:app"),
    "django": lambda port: ("gunicorn", "--bind", f"127.0.0.1:{port}", "--no-control-socket", "webhooks_django:application"),
}  # fmt: skip


@attrs.frozen
class Receiver:
    """A running example."""

    program: Program
    url: str

    def printed(self) -> list[str]:
        return [line for line in self.program.says().splitlines() if line.startswith("DEPLOYMENT_")]

    def status(self, body: bytes | None, **headers: str) -> int:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        try:
            with urllib.request.urlopen(urllib.request.Request(self.url, body, named), timeout=30) as response:
                return int(response.status)
        except urllib.error.HTTPError as error:
            error.close()
            return error.code


@pytest.fixture(params=COMMANDS)
def receiver(request: pytest.FixtureRequest, start: Start) -> Iterator[Receiver]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environ = {"PYTHONPATH": f"{ROOT}:{ROOT / 'examples'}", "QOVERY_WEBHOOK_SECRET": SECRET}
    program = start(*COMMANDS[request.param](port), environ=environ)

    def listens() -> bool:
        assert program.process.poll() is None, program.says()
        with socket.socket() as peer:
            return peer.connect_ex(("127.0.0.1", port)) == 0

    eventually(listens)
    yield Receiver(program, f"http://127.0.0.1:{port}/qovery")
    assert program.stop() in (0, -signal.SIGTERM)  # uvicorn ends by the signal itself
    assert "Traceback" not in program.says()
    assert SECRET not in program.says()


def test_a_deployment_in_the_emulator_reaches_it(receiver: Receiver) -> None:
    with (
        in_thread(Emulator(world="demo", speed=50)) as emulator,
        Qovery(emulator.token, base_url=emulator.url) as client,
    ):
        webhook = client.webhooks.create(
            {"kind": "STANDARD", "target_url": receiver.url, "target_secret": SECRET, "events": EVENTS}
        )
        client.deployments.deploy(environment_id(emulator, "production"), timeout=60)
        eventually(lambda: len(receiver.printed()) == 2)
        emulator.webhooks.wait_settled(30)
        assert receiver.printed() == [
            "DEPLOYMENT_STARTED shop production",
            "DEPLOYMENT_SUCCESSFUL shop production",
        ]
        events = client.webhooks.list_events(webhook.id)
        assert [event.target_response_status_code for event in events] == [204, 204]
        assert client.webhooks.missed(webhook.id) == []
        # The same once more, as Qovery may send it.
        again = json.dumps(to_dict(events[0])["request"], indent=1).encode()
        assert receiver.status(again, Qovery_Signature=SECRET) == 204
        assert receiver.status(json.dumps(EVENT).encode(), qovery_secret=SECRET) == 204
        eventually(lambda: len(receiver.printed()) == 3)


def test_whatever_else_comes_is_refused(receiver: Receiver) -> None:
    body = json.dumps(EVENT).encode()
    assert receiver.status(body) == 401
    assert receiver.status(body, Qovery_Secret=SECRET + "x") == 401
    assert receiver.status(b"{", Qovery_Secret=SECRET) == 400
    assert receiver.status(b'{"text": "hello"}', Qovery_Secret=SECRET) == 400
    assert receiver.status(b"", Qovery_Secret=SECRET) == 400
    assert receiver.status(None, Qovery_Secret=SECRET) == 405
    large = json.dumps({**EVENT, "more": "x" * 3_500_000}).encode()
    assert receiver.status(large, Qovery_Secret=SECRET) == 204
    eventually(lambda: len(receiver.printed()) == 1)
