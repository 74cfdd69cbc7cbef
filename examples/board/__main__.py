"""Which environments and services of an organization are changing their state right now? A web page shows it.

    QOVERY_API_TOKEN=... python examples/board
    QOVERY_API_TOKEN=... python examples/board --project shop --mode PRODUCTION --mode STAGING

It follows one stream for each environment and one for each cluster, however many browsers watch. Each handshake is one
of the 1000 requests that a token has in an hour, and each inventory takes five and one for each project. The page is
served to this machine only, unless `--host` says otherwise: anyone who reaches it sees all names and states.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Sequence
from fnmatch import fnmatchcase

from aiohttp import web
from follow import Follower
from picture import Picture
from serve import application
from watchers import Watchers

from qovery_async import AsyncQovery, Inventory, InventoryEnvironment, QoveryError
from qovery_async.models import EnvironmentModeEnum

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
CLOSING = 1.0
"""Seconds that a browser which does not read has at the end."""


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="board", description="Serves a page with the states of an organization, as they change."
    )
    parser.add_argument(
        "--project", action="append", metavar="NAME", help="only those of this project; may be repeated"
    )
    parser.add_argument(
        "--mode", action="append", choices=[*EnvironmentModeEnum], help="only those of this mode; may be repeated"
    )
    parser.add_argument(
        "--name", action="append", metavar="PATTERN", help="of project/environment, such as 'shop/*'; may be repeated"
    )
    parser.add_argument(
        "--limit",
        type=int,
        default=100,
        metavar="N",
        help="the most environments, and so streams; default: %(default)s",
    )
    parser.add_argument(
        "--refresh", type=float, default=300, metavar="SECONDS", help="between inventories; default: %(default)s"
    )
    parser.add_argument(
        "--host", default="127.0.0.1", help="the address to listen on; default: %(default)s, this machine only"
    )
    parser.add_argument("--port", type=int, default=8765, help="default: %(default)s; 0 picks a free one")
    args = parser.parse_args()
    if args.limit < 1:
        parser.error(f"--limit must be 1 or more, got {args.limit}")
    if not args.refresh >= 10:
        parser.error(f"--refresh must be 10 or more, got {args.refresh}")
    return args


def chosen(inventory: Inventory, args: argparse.Namespace) -> Sequence[InventoryEnvironment]:
    return [
        environment
        for environment in inventory.environments
        if (not args.project or environment.project.name in args.project)
        and (not args.mode or environment.mode in args.mode)
        and any(fnmatchcase(f"{environment.project.name}/{environment.name}", name) for name in args.name or ["*"])
    ][: args.limit]


async def main(args: argparse.Namespace) -> None:
    watchers = Watchers()
    picture = Picture(watchers)
    follower = Follower(picture, lambda inventory: chosen(inventory, args), args.refresh)
    async with AsyncQovery(pace="wait", on_retry=follower.retrying, on_response=follower.responded) as client:
        picture.title = (await client.organization.get()).name
        await follower.look(client)
        hosts = LOOPBACK if args.host in LOOPBACK else None
        app = application(picture, watchers, hosts)
        runner = web.AppRunner(app, access_log=None, handler_cancellation=True, shutdown_timeout=CLOSING)
        await runner.setup()
        try:
            await web.TCPSite(runner, args.host, args.port).start()
            host, port = runner.addresses[0][:2]
            print(f"The board is at http://{f'[{host}]' if ':' in host else host}:{port}/ until Ctrl-C.", flush=True)
            await follower.run(client)
        finally:
            await runner.cleanup()


if __name__ == "__main__":
    try:
        asyncio.run(main(arguments()))
    except KeyboardInterrupt:
        pass
    except (QoveryError, OSError) as error:
        sys.exit(f"board: {error}")
