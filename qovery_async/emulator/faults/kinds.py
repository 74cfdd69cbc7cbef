"""What can befall a request? Every kind of trouble, as a change made to its answer."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http import HTTPStatus
from typing import Any, Literal

import attrs
from multidict import CIMultiDict

from qovery_async.codec.plain import is_list, is_object

When = Literal["before", "after"]
"""Whether trouble strikes before the request takes effect or after it has."""

Ending = Literal["whole", "truncated", "reset", "dropped"]
Shape = Literal["detail", "message", "html", "text", "empty"]
"""How an error is told: as the API does today, as it did until 2024, or as something in between does."""

PAST = 64
"""How many earlier answers to the same question are remembered for stale reads."""

_CONSTANT = re.compile(r"[A-Z][A-Z0-9]*(_[A-Z0-9]+)*")
_HTML = "<!DOCTYPE html>\n<html><head><title>{0}</title></head><body><h1>{0}</h1></body></html>\n"


@attrs.frozen
class Answer:
    """An answer that has not been sent yet, and how sending it will end; `foreign` where the API did not write it."""

    status: int
    headers: CIMultiDict[str]
    body: bytes
    ending: Ending = "whole"
    foreign: bool = False

    def value(self) -> Any:
        """What the body says, `None` where it is not JSON."""
        if not self.headers.get("Content-Type", "").startswith("application/json"):
            return None
        try:
            return json.loads(self.body)
        except ValueError:
            return None


@attrs.frozen
class Question:
    """What a fault may know of the request it strikes; `past` holds earlier answers and when they were given."""

    method: str
    path: str
    now: float = 0.0
    past: Sequence[tuple[float, Answer]] = ()


Strike = Callable[[Question, Answer], Answer | None]

NOTHING = Answer(200, CIMultiDict(), b"")
"""What a fault is given to change while there is no answer yet."""


@attrs.frozen
class Fault:
    """One kind of trouble. `when` says whether the request takes effect before it strikes.

    `strike` is a pure function: the answer after the trouble, or `None` where there is nothing it could change (a stale
    read of what was never read before, a truncated answer without a body). `delay` is in seconds.
    """

    name: str
    when: When
    strike: Strike | None = attrs.field(default=None, repr=False, eq=False)
    delay: float = 0.0
    remembers: bool = False

    @classmethod
    def latency(cls, seconds: float, when: When = "before") -> Fault:
        """The answer takes longer. Who gives up while it waits `before` has changed nothing, `after` everything."""
        return cls(f"latency {seconds:g} s", when, delay=seconds)

    @classmethod
    def status(
        cls,
        status: int,
        *,
        shape: Shape = "detail",
        detail: str | None = None,
        headers: dict[str, str] | None = None,
        when: When = "before",
    ) -> Fault:
        """An error instead of the answer."""

        def strike(question: Question, _: Answer) -> Answer:
            return _error(question, status, shape, detail, headers or {})

        return cls(f"status {status}", when, strike)

    @classmethod
    def rate_limited(
        cls,
        *,
        retry_after: float | None = None,
        as_date: bool = False,
        reset: float | None = None,
        reset_as_delay: bool = False,
        when: When = "before",
    ) -> Fault:
        """429. Both times are in seconds from now.

        `Retry-After` is written in seconds, or as an HTTP date with `as_date`; `X-RateLimit-Reset` as a Unix time, or
        in seconds with `reset_as_delay` (Qovery's documentation shows both readings). Neither is sent unless asked for.
        """

        def strike(question: Question, _: Answer) -> Answer:
            now = datetime.now(UTC)
            headers: dict[str, str] = {}
            if retry_after is not None:
                date = format_datetime(now + timedelta(seconds=retry_after), usegmt=True)
                headers["Retry-After"] = date if as_date else f"{retry_after:g}"
            if reset is not None:
                at = reset if reset_as_delay else (now + timedelta(seconds=reset)).timestamp()
                headers |= {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": str(int(at))}
            return _error(question, 429, "detail", None, headers)

        return cls("status 429", when, strike)

    @classmethod
    def drop(cls, when: When = "before") -> Fault:
        """The connection closes without a byte of an answer.

        On a connection that has served before, aiohttp's client asks once more by itself what is safe to repeat.
        """
        return cls("drop", when, lambda _, answer: attrs.evolve(answer, ending="dropped"))

    @classmethod
    def reset(cls, when: When = "after") -> Fault:
        """The connection is reset (RST): in the middle of the answer, or before there is one."""
        return cls("reset", when, lambda _, answer: attrs.evolve(answer, ending="reset"))

    @classmethod
    def truncated(cls) -> Fault:
        """The connection closes after half of the body that `Content-Length` promises."""
        return cls(
            "truncated", "after", lambda _, answer: attrs.evolve(answer, ending="truncated") if answer.body else None
        )

    @classmethod
    def not_json(cls, status: int = 200, when: When = "after") -> Fault:
        """A page of HTML, as proxies and login walls send it."""
        return attrs.evolve(cls.status(status, shape="html", when=when), name="not JSON")

    @classmethod
    def stale(cls, *, answers: int | None = None, seconds: float | None = None) -> Fault:
        """A GET answers as it did so many answers, or so many seconds, ago.

        Nothing but answers given while such a rule stood can come back; the oldest one does when the past asked for
        lies before it.
        """
        if (answers is None) == (seconds is None):
            raise ValueError("stale: give either answers or seconds")
        if answers is not None and not 0 < answers <= PAST:
            raise ValueError(f"stale: answers must be between 1 and {PAST}")

        def strike(question: Question, _: Answer) -> Answer | None:
            if question.method != "GET" or not question.past:
                return None
            if answers is not None:
                return question.past[-min(answers, len(question.past))][1]
            until = question.now - (seconds or 0.0)
            return next((answer for at, answer in reversed(question.past) if at <= until), question.past[0][1])

        return cls(f"stale by {answers} answers" if answers else f"stale by {seconds:g} s", "after", strike, 0.0, True)

    @classmethod
    def unknown_enums(cls, value: str = "FROM_THE_FUTURE", *, keys: Collection[str] | None = None) -> Fault:
        """Enum values in the answer become one nobody knows yet.

        Without `keys`, what looks like one (`ALL_CAPS`) is taken for one, unless its key is `key`, `value` or `name`.
        """

        def change(key: str | None, item: Any) -> Any:
            if not isinstance(item, str):
                return item
            if keys is not None:
                return value if key in keys else item
            return value if key not in {None, "key", "value", "name"} and _CONSTANT.fullmatch(item) else item

        return cls("unknown enums", "after", _rewriting(lambda tree: _walk(tree, None, change)))

    @classmethod
    def unknown_keys(cls, key: str = "from_the_future", value: Any = "surprise") -> Fault:
        """Every object in the answer has one more key."""

        def change(_: str | None, item: Any) -> Any:
            return {**item, key: value} if is_object(item) else item

        return cls("unknown keys", "after", _rewriting(lambda tree: _walk(tree, None, change)))


def _error(question: Question, status: int, shape: Shape, detail: str | None, headers: dict[str, str]) -> Answer:
    try:
        phrase = HTTPStatus(status).phrase
    except ValueError:
        phrase = f"Status {status}"
    text = detail or phrase
    kind, content = "application/json", ""
    if shape == "detail":
        content = json.dumps({"status": status, "detail": text})
    elif shape == "message":
        at = datetime.now(UTC).isoformat(timespec="milliseconds")
        body = {"status": status, "error": phrase, "message": text, "timestamp": at, "path": question.path}
        content = json.dumps(body)
    elif shape == "html":
        kind, content = "text/html; charset=utf-8", _HTML.format(text)
    else:
        kind, content = "text/plain; charset=utf-8", text if shape == "text" else ""
    given = CIMultiDict(headers) if shape == "empty" else CIMultiDict({"Content-Type": kind, **headers})
    return Answer(status, given, content.encode(), foreign=True)


def _rewriting(change: Callable[[Any], Any]) -> Strike:
    def strike(_: Question, answer: Answer) -> Answer | None:
        before = answer.value()
        after = change(before)
        return None if after == before else attrs.evolve(answer, body=json.dumps(after).encode())

    return strike


def _walk(tree: Any, key: str | None, change: Callable[[str | None, Any], Any]) -> Any:
    """The tree with every part changed, the inner ones first; a list's items count as its key's."""
    if is_object(tree):
        tree = {name: _walk(item, name, change) for name, item in tree.items()}
    elif is_list(tree):
        tree = [_walk(item, key, change) for item in tree]
    return change(key, tree)
