"""How does `port-forward` open a local port until Ctrl-C?"""

from __future__ import annotations

import argparse
import asyncio
import re
import sys

from qovery_async.client import AsyncQovery

_EPILOG = """\
examples:
  python -m qovery_async port-forward shop/production/orders 5432
  python -m qovery_async port-forward orders 15432:5432   # psql -h 127.0.0.1 -p 15432
  python -m qovery_async port-forward orders :5432        # a free local port, which is printed

Connections that fail are printed, and others go on. Ctrl-C ends it, with the exit status 130.
"""


def declare(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments."""
    parser.description = "Open a local TCP port that leads to a port of a service."
    parser.epilog = _EPILOG
    parser.add_argument("name", metavar="NAME", help="path, name or id of a service, or the address of its page")
    parser.add_argument(
        "ports",
        metavar="[LOCAL:]REMOTE",
        type=_ports,
        help="the local port, by default the same, and that of the service",
    )
    parser.add_argument("--pod", metavar="POD", help="the pod that it leads to; by default, Qovery chooses one")
    parser.add_argument(
        "--address",
        metavar="IP",
        default="127.0.0.1",
        help="the address to listen on: whoever reaches it reaches the service (default: %(default)s)",
    )


async def run(given: argparse.Namespace) -> int:
    """Opens the port, and waits for Ctrl-C."""
    local_port, remote_port = given.ports
    async with AsyncQovery() as client:
        service = await client.find.service(given.name)
        opened = service.port_forward(remote_port, local_port, host=given.address, pod_name=given.pod)
        async with opened as address:
            sys.stdout.write(f"{address} leads to port {remote_port} of {service.name}; Ctrl-C ends it\n")
            sys.stdout.flush()
            # Failed connections are logged as warnings, which Python prints.
            await asyncio.Event().wait()
    return 0


def _ports(text: str) -> tuple[int, int]:
    """The local and the remote port."""
    found = re.fullmatch(r"(?:([0-9]{0,5}):)?([0-9]{1,5})", text)
    if found is None or not 1 <= int(found[2]) <= 65535 or int(found[1] or 0) > 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is no port such as 5432, 15432:5432 or :5432")
    return int(found[2] if found[1] is None else found[1] or 0), int(found[2])
