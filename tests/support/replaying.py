"""How is a recorded flow of another client sent again? Paths, bodies and keys come from a table.

| in a step | means |
|---|---|
| `call` | `METHOD /path`, or `SOCKET /path` for the first frames of a WebSocket |
| `{name}` in a call, query or body | what an earlier step has taken; alone in a string, whatever its type |
| `reads` | places that the client reads: each must be there, in every item of a list, and not be null |
| `holds` | what must be at a place; with `[]`, in one of the items |
| `takes` | a name for what is at a place |
| `contains` | parts of a response that is text |
| `until` | the request is repeated, each time 3 seconds later, until its status and what `holds` come true |
| `leaves` | the client of a WebSocket leaves when it has got as many bytes as it has sent |

A response that the emulator has made up is never right.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

import attrs
from aiohttp import ClientSession, WSMsgType

from qovery_async.codec.plain import is_list, is_object
from qovery_async.emulator import Emulator
from qovery_async.emulator.world.inventions import SAMPLE_HEADER

_MOST = 100
_PART = re.compile(r"\[(?:(\w+)=([^\]]*))?\]|([^.\[\]]+)")
_HOLE = re.compile(r"\{(\w+)\}")


@attrs.frozen
class Step:
    """One request, and what its client reads of the response."""

    call: str
    query: Mapping[str, str] = attrs.field(factory=dict[str, str])
    body: Any = None
    """What is sent as JSON; the string `null` for the body that Go clients send if they leave an optional one out."""
    status: int = 200
    reads: Sequence[str] = ()
    holds: Mapping[str, Any] = attrs.field(factory=dict[str, Any])
    takes: Mapping[str, str] = attrs.field(factory=dict[str, str])
    contains: Sequence[str] = ()
    until: bool = False
    leaves: bool = False


@attrs.frozen
class Flow:
    """What one command sends."""

    name: str
    source: Sequence[str]
    steps: Sequence[Step]


@attrs.define
class Replay:
    """Sends flows to an emulator whose clock stands still."""

    emulator: Emulator
    session: ClientSession
    user_agent: str
    taken: dict[str, Any] = attrs.field(factory=dict[str, Any])

    async def run(self, step: Step) -> None:
        """Sends the request of a step, as often as it says, and looks at the last response."""
        left = _MOST if step.until else 0
        self.emulator.clock.advance(3 if step.until else 0)
        body, wrong = await self._once(step)
        while wrong and left:
            left -= 1
            self.emulator.clock.advance(3)
            body, wrong = await self._once(step)
        assert not wrong, f"{step.call}: {'; '.join(wrong)}"
        for place in step.reads:
            found = values(body, self._text(place))
            assert found, f"{step.call}: nothing is at {place} of {body!r:.1000}"
            assert None not in found, f"{step.call}: null is at {place}"
        self.taken |= {name: one(body, self._text(place)) for name, place in step.takes.items()}

    async def _once(self, step: Step) -> tuple[Any, list[str]]:
        """The body of a response, and what is not as the step says."""
        body, wrong = await self._asked(step)
        for place, value in step.holds.items():
            wanted, found = self._filled(value), values(body, self._text(place))
            if wanted not in found:
                wrong.append(f"{place} is {found!r:.300}, not {wanted!r}")
        wrong += [
            f"{part} is not in {body!r:.1000}" for text in step.contains if (part := self._text(text)) not in body
        ]
        return body, wrong

    async def _asked(self, step: Step) -> tuple[Any, list[str]]:
        """The body of a response, and what is wrong with its status."""
        method, _, path = step.call.partition(" ")
        query = {key: str(self._filled(value)) for key, value in step.query.items()}
        headers = {"Authorization": f"Token {self.emulator.token}", "User-Agent": self.user_agent}
        if method == "SOCKET":
            return await self._frames(self.emulator.ws_url + path, query, headers, step), []
        data = None if step.body is None else b"null" if step.body == "null" else json.dumps(self._filled(step.body))
        headers |= {"Content-Type": "application/json"} if data is not None else {}
        url = self.emulator.url + self._text(path)
        async with self.session.request(method, url, params=query, data=data, headers=headers) as response:
            text = await response.text()
            wrong = [] if response.status == step.status else [f"the status is {response.status}: {text:.1000}"]
            wrong += ["it is made up"] if SAMPLE_HEADER in response.headers else []
            return json.loads(text) if response.content_type == "application/json" and text else text, wrong

    async def _frames(self, url: str, query: Mapping[str, str], headers: Mapping[str, str], step: Step) -> Any:
        """The first frame if it is JSON, else all bytes until either side closes."""
        output, sent = b"", str(step.body or "").encode()
        async with self.session.ws_connect(url, params=query, headers=headers) as socket:
            if sent:
                await socket.send_bytes(sent)
            async for frame in socket:
                if frame.type is WSMsgType.TEXT:
                    return json.loads(frame.data)
                output += frame.data
                if step.leaves and len(output) >= len(sent):
                    break
        return {"output": output.decode()}

    def _filled(self, value: Any) -> Any:
        if is_object(value):
            return {key: self._filled(item) for key, item in value.items()}
        if is_list(value):
            return [self._filled(item) for item in value]
        if not isinstance(value, str):
            return value
        whole = _HOLE.fullmatch(value)
        return self.taken[whole[1]] if whole else self._text(value)

    def _text(self, text: str) -> str:
        return _HOLE.sub(lambda found: str(self.taken[found[1]]), text)


def values(body: Any, place: str) -> list[Any]:
    """What is at a place such as `results[].id` or `results[name=api].ports`; a missing key is null."""
    found: list[Any] = [body]
    for key, wanted, part in _PART.findall(place):
        if part:
            found = [item.get(part) if is_object(item) else None for item in found]
        else:
            every = [item for items in found if is_list(items) for item in items]
            found = [item for item in every if not key or str(item.get(key)) == wanted]
    return found


def one(body: Any, place: str) -> Any:
    """The first value at a place."""
    found = values(body, place)
    assert found, f"nothing is at {place} of {body!r:.1000}"
    return found[0]
