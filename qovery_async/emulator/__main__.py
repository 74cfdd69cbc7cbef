"""`python -m qovery_async.emulator`: a local Qovery API until Ctrl-C."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import signal
import sys
from collections.abc import Sequence

from qovery_async.emulator import Emulator


def options(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m qovery_async.emulator", description="A local Qovery API to try things out against."
    )
    parser.add_argument("--host", default="127.0.0.1", help="where to listen (default: %(default)s)")
    parser.add_argument("--port", type=int, default=8787, help="0 picks a free one (default: %(default)s)")
    parser.add_argument("--world", choices=("empty", "demo", "large"), default="demo", help="default: %(default)s")
    parser.add_argument("--seed", type=int, default=0, help="the same seed, the same world (default: %(default)s)")
    parser.add_argument(
        "--speed",
        type=float,
        default=1.0,
        help="how much faster deployments run and the hour of the rate limit passes (default: %(default)s)",
    )
    parser.add_argument("--token", help="the token to let in (default: one made from the seed)")
    parser.add_argument(
        "--rate-limit", type=int, default=1000, help="requests an hour, 0 for any (default: %(default)s)"
    )
    parser.add_argument(
        "--error-style",
        choices=("detail", "message"),
        default="detail",
        help="the shape of errors (default: %(default)s)",
    )
    return parser.parse_args(arguments)


async def serve(given: argparse.Namespace) -> None:
    emulator = Emulator(
        world=given.world,
        seed=given.seed,
        token=given.token,
        rate_limit=given.rate_limit or None,
        error_style=given.error_style,
        speed=given.speed,
        host=given.host,
        port=given.port,
    )
    ending = _ending()
    async with emulator:
        _say(f"Qovery emulator, world {given.world!r}, seed {given.seed}; end it with Ctrl-C. To use it, paste:\n")
        _say(f"export QOVERY_API_URL={emulator.url}")
        _say(f"export QOVERY_WS_URL={emulator.ws_url}")
        _say(f"export QOVERY_API_TOKEN={emulator.token}")
        await ending.wait()


def _ending() -> asyncio.Event:
    """Set when somebody asks for the end, by Ctrl-C or SIGTERM."""
    ending = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        # Where the loop has no signals, Ctrl-C ends it as it ends any program.
        with contextlib.suppress(NotImplementedError):
            loop.add_signal_handler(number, ending.set)
    return ending


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> int:
    given = options()
    try:
        asyncio.run(serve(given))
    except KeyboardInterrupt:
        return 0
    except OSError as error:
        sys.stderr.write(f"cannot listen on {given.host}:{given.port}: {error.strerror or error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
