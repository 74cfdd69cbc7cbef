"""Real servers to run the client under: nothing here is imitated."""

from __future__ import annotations

from programs import api, run, start
from redis_server import redis_url

__all__ = ["api", "redis_url", "run", "start"]
