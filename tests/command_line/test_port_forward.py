"""What does `python -m qovery_async port-forward` do in a terminal?"""

from __future__ import annotations

import argparse
import os
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager

import pytest

from qovery_async.command_line import port_forward
from qovery_async.emulator import Close, Emulator
from tests.support import ROOT
from tests.support.server import in_thread

SECONDS = 60


@contextmanager
def running(emulator: Emulator, *arguments: str) -> Generator[subprocess.Popen[str]]:
    environment = {
        **os.environ,
        "QOVERY_API_TOKEN": emulator.token,
        "QOVERY_API_URL": emulator.url,
        "QOVERY_WS_URL": emulator.ws_url,
    }
    command = [sys.executable, "-W", "error", "-m", "qovery_async", "port-forward", *arguments]
    with subprocess.Popen(
        command, env=environment, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def line(stream: object) -> str:
    """The next line that a program writes."""
    assert select.select([stream], [], [], SECONDS)[0], "the program writes nothing"
    found: str = stream.readline()  # type: ignore[attr-defined]
    return found


@pytest.mark.slow
def test_it_prints_the_address_and_failures_and_ends_with_ctrl_c() -> None:
    with in_thread(Emulator(world="demo")) as emulator:
        with running(emulator, "shop/production/orders", ":5432") as process:
            said = line(process.stdout)
            assert said.endswith(" leads to port 5432 of orders; Ctrl-C ends it\n")
            host, _, port = said.split()[0].rpartition(":")
            assert host == "127.0.0.1"
            with socket.create_connection((host, int(port))) as peer:
                peer.sendall(b"echo")
                assert peer.recv(4) == b"echo"
            emulator.streams.close_next(Close.internal("Timeout while connecting to pod"), "/shell/portforward")
            with socket.create_connection((host, int(port))) as peer, pytest.raises(ConnectionResetError):
                peer.recv(1)
            failure = line(process.stderr)
            assert failure.startswith(f"a connection through {host}:{port} failed: port_forward: ")
            assert failure.endswith("Does the service run, and does it have such a pod?\n")
            process.send_signal(signal.SIGINT)
            out, err = process.communicate(timeout=SECONDS)
        assert (process.returncode, out, err) == (130, "", "")


@pytest.mark.slow
def test_a_name_that_is_none_and_a_port_in_use_are_messages() -> None:
    with in_thread(Emulator(world="demo")) as emulator:
        with running(emulator, "shop/production/order", "5432") as process:
            _, err = process.communicate(timeout=SECONDS)
            assert process.returncode == 255
            assert "orders" in err
            assert "Traceback" not in err
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            with running(emulator, "shop/production/orders", f"{port}:5432") as process:
                _, err = process.communicate(timeout=SECONDS)
        assert process.returncode == 255
        assert "cannot be opened (Address already in use); choose another local_port" in err
        assert "Traceback" not in err


@pytest.mark.parametrize(
    ("text", "ports"),
    [
        ("5432", (5432, 5432)),
        ("15432:5432", (15432, 5432)),
        (":5432", (0, 5432)),
        ("0:1", (0, 1)),
        ("1:65535", (1, 65535)),
    ],
)
def test_ports_are_read(text: str, ports: tuple[int, int]) -> None:
    assert port_forward._ports(text) == ports


@pytest.mark.parametrize("text", ["", ":", "0", "5432:", "65536", "65536:1", "1:65536", "a", "1:2:3", "-1", "٣", "1.5"])
def test_what_is_no_port_is_refused(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match="is no port such as 5432, 15432:5432 or :5432"):
        port_forward._ports(text)
