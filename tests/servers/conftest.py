"""Real servers to run the client under: none of them is a mock."""

from __future__ import annotations

from tests.support.in_flight import server
from tests.support.postgres_server import postgres_port
from tests.support.programs import api, run, start
from tests.support.redis_server import redis_url

__all__ = ["api", "postgres_port", "redis_url", "run", "server", "start"]
