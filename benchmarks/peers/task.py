"""What do all peers do? The same calls, with the same token, to the same server."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

ORGANIZATION = "9d3e1e0a-4b1e-4d5c-8f3d-6f0a0b7c1d22"
TOKEN = "qov_" + "x" * 40
THREADS = 50
"""The most requests at once. Each blocking peer may keep as many connections."""

AsyncCall = Callable[[], Awaitable[object]]
Call = Callable[[], object]
