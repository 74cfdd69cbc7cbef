"""Functions of the caller, contexts and iterations hold while threads race, with each other and with close()."""

from __future__ import annotations

from collections.abc import Callable

import pytest

Run = Callable[..., list[str]]


@pytest.mark.slow
def test_eight_threads_at_once(run: Run) -> None:
    run("""
        async def map_all(function, numbers):
            return await asyncio.gather(*(function(number) for number in numbers))

        async def stream(function):
            for number in range(20):
                yield await function(number)

        def work(number):
            assert threading.get_ident() == mine.ident
            assert portal.call(pong) == "pong"
            if number % 7 == 3:
                with contextlib.suppress(ZeroDivisionError):
                    portal.call_back(map_all, Callback(lambda _: 1 / 0), [0])
            return number

        def hammer():
            mine.ident = threading.get_ident()
            for _ in range(5):
                assert portal.call_back(map_all, Callback(work), range(20)) == list(range(20))
                assert list(portal.iterate(stream(Callback(work)))) == list(range(20))
            done.append(True)

        sys.setswitchinterval(1e-5)
        mine, done = threading.local(), []
        portal = Portal(stopped)
        for thread in [in_thread(hammer) for _ in range(8)]:
            thread.join()
        assert len(done) == 8
    """)


def test_no_call_hangs_that_races_with_close(run: Run) -> None:
    run("""
        async def nothing():
            pass

        async def work(function):
            return await asyncio.gather(function(), function())

        async def stream(function):
            while True:
                yield await function()

        @contextlib.asynccontextmanager
        async def context(function):
            yield await function()

        def use(portal):
            barrier.wait()
            with contextlib.suppress(ConfigurationError):
                while True:
                    portal.call_back(work, Callback(lambda: portal.call(pong)))
                    for _ in zip(range(3), portal.iterate(stream(Callback(lambda: 1)))):
                        pass
                    with portal.enter(context(Callback(lambda: 1))):
                        pass

        sys.setswitchinterval(1e-5)
        for _ in range(20):
            portal = Portal(nothing)
            barrier = threading.Barrier(5)
            threads = [in_thread(use, portal) for _ in range(4)]
            barrier.wait()
            time.sleep(0.01)
            portal.close()
            for thread in threads:
                thread.join(5)
                assert not thread.is_alive(), "a call hangs"
        eventually(lambda: not loops())
    """)
