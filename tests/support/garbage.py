"""What could come out of a socket instead of HTTP, or of JSON?"""

from __future__ import annotations

import gzip
import json
import random

from tests.support.hostile import ANSWERS, misfit, type_of
from tests.support.server import PROJECT

FIRST_LINES = [
    *[b"HTTP/1.1 %d OK" % status for status in (100, 101, 103, 200, 201, 204, 206, 301, 304, 400, 401, 407, 429, 503)],
    *(b"HTTP/1.1 000 ", b"HTTP/1.1 99999 OK", b"HTTP/9.9 200 OK", b"HTTP/0.9 200", b"ICY 200 OK", b"200", b""),
    *(b"HTTP/1.1 500 \x1b[2J\xff", b"HTTP/1.1 200 " + b"x" * 10_000, b"HTTP/1.1 -20 OK", b"\x16\x03\x01\x00"),
]
HEADERS = [
    *b"""\
Content-Type: application/json; charset=x
Content-Type: text/plain; charset=utf-7
Content-Type: \x1b[2J
Content-Type: ;;;=\xff
Content-Type:
Content-Encoding: gzip
Content-Encoding: gzip, gzip
Content-Encoding: deflate
Content-Encoding: br
Content-Encoding: zstd
Content-Encoding: compress
Content-Encoding: \x07
Transfer-Encoding: chunked
Transfer-Encoding: gzip, chunked
Transfer-Encoding: x
Content-Length: 2
Content-Length: 0
Content-Length: -1
Content-Length: 1_0
Content-Length: 9999999999999999999999
Connection: close
Connection: upgrade
Upgrade: websocket
Set-Cookie: a=b; expires=\xff; ;;
Set-Cookie: \x1b=\x1b
Link: <\xff>; rel
Location: http://[::1
Location: \x1b[2J
Retry-After: \xb2
Date: Wed, 99 Foo 99999
X-Request-Id: \x1b[2J\xff
Proxy-Authenticate: \xff
no colon
: empty
 folded
a\x00b: c""".splitlines(),
    b"Content-Type: " + b"a" * 8000,
    b"X-RateLimit-Reset: " + b"9" * 400,
]
PACKED = gzip.compress(b"{}", mtime=0)
BODIES = [
    *(b"", b"{}", b"[]", b"null", b"0", b"NaN", b"9" * 5000, b"[" * 5000, b"<html>\x1b[2J", b"\xff\xfe"),
    *(b'{"results": [{}]}', b'{"results": "x"}', b'{"page": 1, "links": 5}', b'{"results": ' * 990 + b"1" + b"}" * 990),
    b'{"results": [], "links": {"next": "http://[::1?continueToken=\\ud800"}, "page": "x", "page_size": []}',
    *(
        PACKED,
        PACKED[:-5],
        PACKED * 3,
        gzip.compress(PACKED, mtime=0),
        b"\x1f\x8b\x08\x00",
        json.dumps(PROJECT).encode(),
    ),
    *(b"5\r\n{\r\n0\r\n\r\n", b"zz\r\n", b"ffffffffffffffffff\r\n{}", b"2;x=\x1b\r\n{}\r\n0\r\nTrailer: \xff\r\n\r\n"),
]


def answer(die: random.Random) -> bytes:
    """An answer that may be HTTP: some lines that could be, in any combination, and some bytes of it spoilt."""
    body = die.choice(BODIES)
    if die.randrange(4) == 0:
        body = json.dumps(misfit(type_of(die.choice(ANSWERS)), die)).encode()
    good = die.randrange(2)
    first = b"HTTP/1.1 %d OK" % die.choice((200, 200, 400, 500)) if good else die.choice(FIRST_LINES)
    headers = [die.choice(HEADERS) for _ in range(die.randrange(4))]
    data = bytearray(b"\r\n".join([first, *headers, b"", b""]) + body)
    for _ in range(die.choice((0, 0, 1, 8))):
        if data:
            data[die.randrange(len(data))] = die.randrange(256)
    return bytes(data[: die.randrange(len(data) + 1)] if die.randrange(6) == 0 else data)
