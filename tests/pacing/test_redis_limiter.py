"""Which addresses of a Redis are taken, and does the SDK do without its package?"""

from __future__ import annotations

import subprocess
import sys

import pytest

from qovery_async import ConfigurationError
from qovery_async.pacing import redis_limiter
from qovery_async.pacing.redis_limiter import RedisRateLimiter


class TestAddresses:
    @pytest.mark.parametrize(
        "address",
        ["rediss://:s3cret@127.0.0.1:6380/1", "unix://:s3cret@/run/redis.sock?db=2", "redis://u:s3cret@[::1]:6379"],
    )
    def test_are_those_of_redis(self, address: str) -> None:
        limiter = RedisRateLimiter(address, name="shop")
        assert "s3cret" not in f"{limiter!r} {vars(limiter)!r}"

    @pytest.mark.parametrize(
        "address",
        [
            "http://u:s3cret@host",
            "redis://:a/s3cret@host",
            "redis://:s3cret@host:port",
            "s3cret",
            "redis://:s3cret@h?db=s3cret",
        ],
    )
    def test_are_refused_without_repeating_the_password(self, address: str) -> None:
        with pytest.raises(ConfigurationError, match="begins with redis://") as caught:
            RedisRateLimiter(address, name="shop")
        assert "s3cret" not in str(caught.value)
        assert caught.value.__context__ is None
        trace = caught.tb
        while trace is not None:
            if trace.tb_frame.f_code.co_filename == redis_limiter.__file__:
                assert "s3cret" not in repr(trace.tb_frame.f_locals)
            trace = trace.tb_next

    def test_are_no_clients_of_another_kind(self) -> None:
        with pytest.raises(ConfigurationError, match=r"an address or a redis\.Redis, got int"):
            RedisRateLimiter(5, name="shop")  # type: ignore[arg-type]


class TestImport:
    WITHOUT = "import sys; sys.modules['redis'] = None; import qovery_async, qovery_sync; "

    def test_of_the_sdk_needs_no_redis(self) -> None:
        subprocess.run([sys.executable, "-c", self.WITHOUT], check=True)

    def test_of_the_limiter_says_what_to_install(self) -> None:
        script = f"{self.WITHOUT} import qovery_async.pacing.redis_limiter"
        done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
        assert done.stderr.endswith(
            "ImportError: RedisRateLimiter needs the Python client of Redis: pip install 'redis>=5'\n"
        )
