"""Can any bytes from a socket do harm? A call ends in its result or in an error of the SDK."""

from __future__ import annotations

import gzip
import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.checks import CALLS, ends_well
from tests.support.garbage import BODIES, HEADERS, answer
from tests.support.hostile import examples

pytestmark = pytest.mark.anyio


@examples(300)
@given(die=st.randoms(use_true_random=False), call=st.sampled_from(CALLS))
async def test_any_bytes(die: random.Random, call: Any) -> None:
    await ends_well(answer(die), call)


@pytest.mark.parametrize("status", [200, 302, 400])
@pytest.mark.parametrize("header", HEADERS, ids=lambda header: ascii(header)[2:30])
async def test_each_odd_header(header: bytes, status: int) -> None:
    for body in (b"", b"{}", gzip.compress(b"{}")):
        await ends_well(b"HTTP/1.1 %d OK\r\n%b\r\n\r\n%b" % (status, header, body), CALLS[0])


@pytest.mark.parametrize("body", BODIES, ids=lambda body: ascii(body)[2:30])
async def test_each_odd_body(body: bytes) -> None:
    for call in CALLS:
        for headers in (b"Connection: close", b"Transfer-Encoding: chunked", b"Content-Encoding: gzip"):
            await ends_well(b"HTTP/1.1 200 OK\r\n%b\r\n\r\n%b" % (headers, body), call)
