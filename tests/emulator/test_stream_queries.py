"""Which lines of a service does a stream send for a query in LogQL, and what does it say to one that is none?"""

from __future__ import annotations

import pytest

from qovery_async.emulator.streams.server import Close
from tests.support.stream_world import SERVICE, World, ending, line, serving

pytestmark = pytest.mark.anyio

LINES = [
    line(0, "GET /orders took 12 ms", container_name="api", labels={"app": "api"}),
    line(1, "timeout of db-1, retrying", container_name="api", severity_text="ERROR", labels={"app": "api"}),
    line(2, '{"level":"error","status":503,"http":{"path":"/orders"},"ok":false}', container_name="proxy", version="2"),
    line(3, '{"level":"info","status":200,"http":{"path":"/pay"},"ok":true}', container_name="proxy", version="2"),
    line(4, 'say "hi" |= there', container_name="proxy", labels={"app": "proxy"}),
]


async def found(query: str) -> list[int]:
    """The numbers of the lines that a stream with this query sends."""
    world = World(LINES)
    world.news.put_nowait(Close.normal())
    numbers = {each.message: number for number, each in enumerate(LINES)}
    async with serving(world) as served, served.open("/service/logs", {**SERVICE, "query": query}) as socket:
        return [numbers[message.json()["message"]] async for message in socket]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("orders", [0, 2]),
        ("|| there", []),
        ('|= "orders"', [0, 2]),
        ("|= `orders`", [0, 2]),
        ('|= "nothing" or "retrying"', [1]),
        ('!= "orders"', [1, 3, 4]),
        ('!= "orders" or "pay"', [1, 4]),
        ('|~ "t(ook|imeout)"', [0, 1]),
        ('!~ "t(ook|imeout)" != "level"', [4]),
        ('|= "say \\"hi\\" |="', [4]),
        ('{pod="pod-1"}', [0, 1, 2, 3, 4]),
        ('{pod="pod-1", container="api"} |= "orders"', [0]),
        ('{container=~"a.*|none"}', [0, 1]),
        ('{container=~"ap"}', []),  # the whole value has to match
        ('{container!~"a.*"} != "level"', [4]),
        ('{app!="api"}', [2, 3, 4]),
        ('{app=""}', [2, 3]),
        ('{version="2"}', [2, 3]),
        ('{level="error"}', [1]),
        ('{container="api"} | level="error"', [1]),
        ('| json | level="error"', [1, 2]),
        ('| json | level="error" | __error__=""', [2]),
        ('{container="proxy"} | json | status>=500', [2]),
        ("| json | status=200", [3]),
        ("| json | status!=200", [2]),
        ('| json | http_path=~"/o.*" or ok="true"', [2, 3]),
        ('| json | level="error" and status<600, ok="false"', [2]),
        ('| json | (level="info" or status>500) and http_path="/pay"', [3]),
        ('  {pod="pod-1"}|json|status == 503  ', [2]),
    ],
)
async def test_lines_are_chosen_as_loki_does(query: str, expected: list[int]) -> None:
    assert await found(query) == expected


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("{pod", "col 5 of the query: expected =, !=, =~ or !~"),
        ("{pod=pod-1}", 'col 6 of the query: expected a text in "" or ``'),
        ('{pod="a" app="b"}', "col 9 of the query: expected , or }"),
        ('{pod="a"} orders', "col 10 of the query: expected a filter"),
        ('|= "open', 'col 3 of the query: expected a text in "" or ``'),
        ('|~ "("', "col 7 of the query: expected a regular expression (missing ), unterminated subpattern"),
        ('{pod=~"("}', "col 10 of the query: expected a regular expression"),
        ("| logfmt", "col 9 of the query: expected a comparison: json is the only parser"),
        ('| json | (level="error"', "col 24 of the query: expected )"),
        ("| status > high", "col 11 of the query: expected a number"),
        ('|= "\\q"', "col 8 of the query: expected a text without unknown escapes"),
        ("|", "col 2 of the query: expected json or a label"),
    ],
)
async def test_a_query_that_is_none_ends_the_stream_with_its_place(query: str, reason: str) -> None:
    async with serving(World(LINES)) as served, served.open("/service/logs", {**SERVICE, "query": query}) as socket:
        code, told = await ending(socket)
    assert code == 1011
    assert told.startswith(f"parse error at {reason}")
