"""Where does a response on a kept-alive connection end?"""

from __future__ import annotations

import re

_END_OF_HEAD = b"\r\n\r\n"
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)\r\n", re.IGNORECASE)
_NO_BODY = re.compile(rb"HTTP/1\.1 (?:204|304) ")
_CLOSE = re.compile(rb"\r\nconnection: *close\r\n", re.IGNORECASE)


class Framing:
    """Follows the responses of a connection. It loses track of one without Content-Length, and never finds it again."""

    def __init__(self) -> None:
        self.last = b""
        """The last response that has ended, as it came."""
        self._current = bytearray()
        self._size: int | None = None
        self._lost = False

    def feed(self, data: bytes) -> bool:
        """Whether a response ends with these bytes, and its connection stays open."""
        if self._lost:
            return False
        self._current += data
        if self._size is None and _END_OF_HEAD in self._current:
            self._size = _size_of(bytes(self._current))
            self._lost = self._size is None
        if self._size is None or len(self._current) < self._size:
            return False
        self._lost = len(self._current) > self._size
        self.last, self._size = bytes(self._current), None
        self._current.clear()
        return not self._lost


def _size_of(response: bytes) -> int | None:
    """The bytes of a response whose head is complete, or None if it does not say or ends the connection."""
    head = response[: response.index(_END_OF_HEAD) + len(_END_OF_HEAD)]
    if _CLOSE.search(head):
        return None
    length = _LENGTH.search(head)
    if length is None:
        return len(head) if _NO_BODY.match(head) else None
    return len(head) + int(length[1])
