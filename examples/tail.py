"""What are all services of an environment logging, as they log it?

    QOVERY_API_TOKEN=... python examples/tail.py shop/production
    QOVERY_API_TOKEN=... python examples/tail.py shop/production --since 10m --grep timeout

Each service has its colour, the same in each run. Colours are for terminals only, and never with `--no-color` or
NO_COLOR. What a line says is shown, never obeyed: control characters are escaped. Ctrl-C ends it; the exit code is 1 if
no service could be followed to its end.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import re
import sys
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from zlib import crc32

from qovery_async import AsyncQovery, QoveryError
from qovery_async.models import ServiceLogLine

COLOURS = (36, 35, 34, 33, 32, 96, 95, 94, 93, 92)
"""Of services, as ANSI numbers them. Red is for errors."""
BOLD, DIM, RED, YELLOW = 1, 2, 31, 33
LEVELS = {"TRACE": DIM, "DEBUG": DIM, "WARN": YELLOW, "ERROR": RED, "CRITICAL": RED, "FATAL": RED}
UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
PAST = 10
"""How many lines of each service come first, without `--since`."""


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Follows the logs of all services of an environment.")
    parser.add_argument("environment", help="its project and name, such as shop/production, its id or console URL")
    parser.add_argument("--since", type=ago, metavar="TIME", help="such as 30s, 10m, 2h or 1d; default: the last lines")
    parser.add_argument("--grep", default="", metavar="TEXT", help="only lines with this in them, in any case")
    parser.add_argument("--service", action="append", metavar="NAME", help="only this service; may be repeated")
    parser.add_argument("--no-color", action="store_true", help="as where the output is no terminal")
    return parser.parse_args()


def ago(text: str) -> datetime:
    found = re.fullmatch(r"(\d{1,6})([smhd])", text)
    if found is None:
        raise argparse.ArgumentTypeError(f"must be a number and s, m, h or d, such as 10m, got {text!r}")
    return datetime.now(UTC) - timedelta(**{UNITS[found[2]]: int(found[1])})


class Printer:
    """Prints lines of services, whose names are known from the start: they are aligned."""

    def __init__(self, names: Iterable[str], args: argparse.Namespace) -> None:
        in_order = sorted(set(names))
        self._width = max((len(safe(name)) for name in in_order), default=0)
        self._grep = re.compile(f"({re.escape(args.grep)})", re.IGNORECASE) if args.grep else None
        self._is_coloured = not args.no_color and not os.environ.get("NO_COLOR") and sys.stdout.isatty()
        self._colours: dict[str, int] = {}
        for name in in_order:
            first = crc32(name.encode())
            turns = (COLOURS[(first + turn) % len(COLOURS)] for turn in range(len(COLOURS)))
            colour = next((one for one in turns if one not in self._colours.values()), None)
            self._colours[name] = colour or COLOURS[first % len(COLOURS)]

    def print(self, found: Iterable[tuple[str, object]]) -> None:
        """What is no log line is left out: a stream gives an unknown frame as it came."""
        lines = [(name, line) for name, line in found if isinstance(line, ServiceLogLine)]
        sys.stdout.write("".join(part for name, line in lines for part in self._shown(name, line)))
        sys.stdout.flush()

    def _shown(self, name: str, line: ServiceLogLine) -> Iterator[str]:
        if self._grep and not self._grep.search(line.message):
            return
        at = datetime.fromtimestamp(line.created_at / 1000).astimezone()
        time = self._in(DIM, f"{at:%H:%M:%S}.{at.microsecond // 1000:03}")
        service = self._in(self._colours[name], f"{safe(name):<{self._width}} |")
        level = next((code for word, code in LEVELS.items() if line.severity_text.upper().startswith(word)), 0)
        for part in line.message.splitlines() or [""]:
            yield f"{time} {service} {self._message(part, level)}\n"

    def _message(self, text: str, level: int) -> str:
        """What `--grep` has found is bold."""
        parts = self._grep.split(text) if self._grep else [text]
        return "".join(self._in(BOLD if at % 2 else level, safe(part)) for at, part in enumerate(parts) if part)

    def _in(self, code: int, text: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self._is_coloured and code else text


def safe(text: str) -> str:
    """A line could move the cursor, or change what was printed before."""
    text = text.expandtabs(4)
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)


def hang_up() -> None:
    """The reader has left, such as `head`. Python would say so when it writes the rest at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


async def main(args: argparse.Namespace) -> int:
    async with AsyncQovery() as client:
        environment = await client.find.environment(args.environment)
        services = [one for one in await environment.services() if not args.service or one.name in args.service]
        if not services:
            sys.exit("tail: the environment has no such service")
        printer = Printer([str(one.name) for one in services], args)
        limit = None if args.since else PAST
        logs = {one: client.streams.service_logs(one, start=args.since, limit=limit) for one in services}
        async with client.streams.merge(logs, on_error="skip") as merged:
            async for lines in merged.pages():
                printer.print((str(service.name), line) for service, line in lines)
        for service, error in merged.failures.items():
            print(f"tail: {safe(str(service.name))}: {error}", file=sys.stderr)
        return 1 if len(merged.failures) == len(services) else 0


if __name__ == "__main__":
    try:
        sys.exit(asyncio.run(main(arguments())))
    except QoveryError as error:
        sys.exit(f"tail: {error}")
    except KeyboardInterrupt:
        pass
    except BrokenPipeError:
        hang_up()
