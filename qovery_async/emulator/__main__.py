"""`qovery-emulator`, `python -m qovery_async.emulator`: serve a local Qovery API until Ctrl-C."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from qovery_async.emulator import BadStateFile, Emulator

_EXAMPLES = """\
examples:
  qovery-emulator
      the demo world on port 8787; prints what to export
  qovery-emulator --world empty --token qov_ci --rate-limit 0
      one empty organization for a CI job, with a token that it knows
  qovery-emulator --speed 60 --seed 7
      another demo world, in which deployments take no second
  qovery-emulator --samples refuse --strict
      no response that is made up, no key that a request does not have
  qovery-emulator --state qovery.json
      what was created, deployed and logged is there the next time, too
  qovery-emulator --host 0.0.0.0 --allow-host qovery
      for other containers, which reach it as http://qovery:8787
"""


def options(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """The options of the command line. Exits with status 2 if they are wrong."""
    parser = argparse.ArgumentParser(
        prog="qovery-emulator",
        description="Serve a local Qovery API for tests and experiments, until Ctrl-C.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    parser.add_argument(
        "--port", type=int, default=8787, help="port to listen on, 0 for a free one (default: %(default)s)"
    )
    parser.add_argument(
        "--allow-host",
        action="append",
        default=[],
        metavar="HOST",
        help="further host name that leads to the emulator, such as its service's name in Docker Compose, or host "
        "whose web pages may talk to it; repeat it for several",
    )
    parser.add_argument(
        "--allow-webhook-host",
        action="append",
        default=[],
        metavar="HOST",
        help="host beside this machine that webhooks may be delivered to, with or without a port; repeat it for several",
    )
    parser.add_argument(
        "--world",
        choices=("empty", "demo", "large"),
        default="demo",
        help="empty: one organization; demo: 12 environments; large: 20,000 services (default: %(default)s)",
    )
    parser.add_argument("--seed", type=int, default=0, help="the same seed gives the same world (default: %(default)s)")
    parser.add_argument(
        "--speed",
        type=float,
        default=1.0,
        help="how many times faster than real time deployments and the hour of the rate limit go "
        "(default: %(default)s)",
    )
    parser.add_argument("--token", help="API token to accept (default: determined by the seed)")
    parser.add_argument(
        "--rate-limit",
        type=int,
        default=1000,
        help="requests per hour for each token, 0 for no limit (default: %(default)s)",
    )
    parser.add_argument(
        "--error-style",
        choices=("detail", "message"),
        default="detail",
        help="error bodies as Qovery sends them today (detail) or sent them until 2024 (message) (default: %(default)s)",
    )
    parser.add_argument(
        "--samples",
        choices=("mark", "refuse"),
        default="mark",
        help="made-up responses: mark them with the header `X-Qovery-Emulator: sample`, or refuse them with 501 "
        "(default: %(default)s)",
    )
    parser.add_argument(
        "--strict",
        action="store_true",
        help="refuse a body with keys that its request does not have, such as the read-only ones of a response",
    )
    parser.add_argument(
        "--state",
        type=Path,
        metavar="FILE",
        help="go on from the state in this file, if it exists, instead of --world and --seed; save it there at the end",
    )
    return parser.parse_args(arguments)


async def serve(given: argparse.Namespace) -> None:
    """Serves until SIGINT or SIGTERM. Raises `OSError` if the port cannot be opened."""
    emulator = Emulator(
        world=given.world,
        seed=given.seed,
        token=given.token,
        rate_limit=given.rate_limit or None,
        error_style=given.error_style,
        speed=given.speed,
        host=given.host,
        port=given.port,
        hosts=given.allow_host,
        webhook_hosts=given.allow_webhook_host,
        samples=given.samples,
        strict=given.strict,
        state=given.state,
    )
    ending = _ending()
    was_there = given.state is not None and given.state.exists()
    await emulator.start()
    try:
        what = f"state of {given.state}" if was_there else f"world {given.world!r}, seed {given.seed}"
        _say(f"Qovery emulator, {what}. Stop it with Ctrl-C. Paste this to use it:\n")
        _say(f"export QOVERY_API_URL={emulator.url}")
        _say(f"export QOVERY_WS_URL={emulator.ws_url}")
        _say(f"export QOVERY_API_TOKEN={emulator.token}")
        _say(f"\nThe console is at {emulator.url}/")
        await ending.wait()
    finally:
        await emulator.stop(save=given.state is not None)


def _ending() -> asyncio.Event:
    """An event that SIGINT (Ctrl-C) and SIGTERM set."""
    ending = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        # On Windows the loop has no signal handlers, and Ctrl-C raises KeyboardInterrupt.
        with contextlib.suppress(NotImplementedError):
            loop.add_signal_handler(number, ending.set)
    return ending


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> int:
    """Runs the command line and returns its exit status."""
    given = options()
    try:
        asyncio.run(serve(given))
    except KeyboardInterrupt:
        return 0
    except BadStateFile as error:
        sys.stderr.write(f"cannot start: {error}\n")
        return 1
    except OSError as error:
        what = f"save {given.state}" if error.filename else f"listen on {given.host}:{given.port}"
        sys.stderr.write(f"cannot {what}: {error.strerror or error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
