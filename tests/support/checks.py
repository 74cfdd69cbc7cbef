"""What must hold of every result and error, whatever the server sent?"""

from __future__ import annotations

import copy
import json
import logging
import pickle
from collections.abc import AsyncIterable, Awaitable, Callable, Generator, Mapping
from contextlib import contextmanager
from typing import Any, cast

import anyio

from qovery_async import NO_RETRIES, AsyncQovery, ConfigurationError, DecodeError, QoveryError, RawResponse
from qovery_async.codec.reader import Codec
from qovery_async.codec.writer import encode_body, to_json
from qovery_async.pacing.rate import read_rate, read_retry_after
from qovery_async.runtime.pagination import Page
from qovery_async.transport.refusal import api_error
from tests.support.server import SECONDS, TOKEN, serve_bytes

DAY = 24 * 3600
LONGEST = 1000
"""Characters of the longest message or log line, less the URL."""


def is_a_good_line(text: str) -> None:
    """A log or a terminal can show it: it is short, on one line, and steers nothing."""
    assert len(text) <= LONGEST, len(text)
    assert text.isprintable(), text


def decodes_or_refuses(value: Any, type_: Any, *, strict: bool) -> None:
    """A value is read as the type into something that behaves, or refused with our own error."""
    codec = Codec(strict=strict)
    try:
        with good_log_lines():
            made = codec.decode(value, type_, operation="fuzz")
    except DecodeError as error:
        is_a_good_line(str(error))
        return
    behaves(made)
    try:
        written = to_json(made)
    except ConfigurationError:  # NaN, or half of a surrogate pair
        return
    assert copy.deepcopy(made) == made
    again = Codec().decode(json.loads(written), type_, operation="fuzz")
    assert again == made, written
    assert to_json(again) == written


def behaves(made: Any) -> None:
    """A result can be shown, pickled, copied and written."""
    text = repr(made)
    assert repr(pickle.loads(pickle.dumps(made))) == text
    assert repr(copy.deepcopy(made)) == text
    encode_body(items_of(made))


def items_of(made: object) -> object:
    """The items of a page, which is no JSON itself; anything else as it is."""
    return cast("Page[object]", made).items if isinstance(made, Page) else made


def error_is_good(status: int, body: bytes, headers: Mapping[str, str]) -> None:
    """An error response becomes an error that can be shown, pickled and read."""
    error = api_error(status, body, operation="fuzz", method="GET", url="http://localhost/x", headers=headers)
    is_a_good_line(str(error))
    again = pickle.loads(pickle.dumps(error))
    assert (str(again), repr(again.body), again.headers) == (str(error), repr(error.body), error.headers)
    copy.deepcopy(error)
    wait = getattr(error, "retry_after", None)
    assert wait is None or 0 <= wait <= DAY


def rate_is_good(headers: Mapping[str, str]) -> None:
    """A time to wait that is read from headers is one that a client can wait."""
    for limited in (True, False):
        wait = read_retry_after(headers, limited=limited)
        assert wait is None or 0 <= wait <= DAY
    rate = read_rate(headers)
    assert rate is None or (0 <= rate.remaining <= rate.limit and rate.limit >= 1 and 0 <= rate.resets_in <= DAY)


async def every(items: AsyncIterable[object]) -> list[object]:
    return [item async for item in items]


Call = Callable[[AsyncQovery], Awaitable[object]]

CALLS: list[Call] = [
    lambda client: client.projects.get("p1"),
    lambda client: client.projects.list(),
    lambda client: client.projects.delete("p1"),
    lambda client: client.events.list(organization_id="o1"),
    lambda client: every(client.events.iterate(organization_id="o1")),
    lambda client: every(client.databases.iterate_deployment_history("d1")),
    lambda client: every(client.containers.iterate_deployment_history_v2("c1")),
    lambda client: client.clusters.kubeconfig.get("c1", organization_id="o1"),
    lambda client: client.request("GET", "/x"),
    lambda client: client.request("HEAD", "/x"),
]


async def ends_well(data: bytes, call: Call) -> None:
    async with serve_bytes(data) as server:
        client = AsyncQovery(TOKEN, base_url=server.url, timeout=2, retries=NO_RETRIES)
        with anyio.fail_after(SECONDS), good_log_lines():
            async with client:
                try:
                    made = await call(client)
                except QoveryError as error:
                    is_a_good_line(f"{error}".replace(server.url, ""))
                    return
        # An answer to `request` is handed on as it came: any depth, and headers that do not pickle.
        if not isinstance(made, RawResponse):
            behaves(made)


@contextmanager
def good_log_lines() -> Generator[None]:
    """Checks all that is logged meanwhile."""
    logger = logging.getLogger("qovery")
    checker = _Checker()
    before = logger.propagate
    logger.addHandler(checker)
    logger.propagate = False
    try:
        yield
    finally:
        logger.removeHandler(checker)
        logger.propagate = before
    for line in checker.lines:
        is_a_good_line(line)


class _Checker(logging.Handler):
    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())
