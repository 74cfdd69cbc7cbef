"""`close()` ends the loop and every call on it: with a clear error, and never with a hang."""

from __future__ import annotations

from collections.abc import Callable

Run = Callable[..., list[str]]


def test_close_may_be_called_often_early_and_from_anywhere(run: Run) -> None:
    script = """
        def refused(function):
            try:
                portal.call(function)
            except ConfigurationError as error:
                return str(error) == "this client is closed: make a new one"

        portal = Portal(stopped)
        portal.close()
        assert refused(pong)

        portal = Portal(stopped)
        portal.call(pong)
        for thread in [in_thread(portal.close) for _ in range(8)]:
            thread.join()
        portal.close()
        assert not loops()
        assert refused(pong)

        portal = Portal(stopped)

        async def hook():
            portal.close()
            await asyncio.sleep(30)

        assert refused(hook)
        eventually(lambda: not loops())
    """
    assert run(script) == ["stopped", "stopped"]


def test_calls_under_way_at_close_end_with_a_clear_error(run: Run) -> None:
    script = """
        portal = Portal(stopped)
        begun = threading.Semaphore(0)
        errors = []

        async def slow():
            begun.release()
            await asyncio.sleep(30)

        def call():
            try:
                portal.call(slow)
            except ConfigurationError as error:
                errors.append(str(error))

        threads = [in_thread(call) for _ in range(4)]
        for _ in threads:
            begun.acquire()
        portal.close()
        for thread in threads:
            thread.join(5)
        assert errors == ["this client is closed: make a new one"] * 4
    """
    assert run(script) == ["stopped"]


def test_a_call_made_while_the_portal_ends_does_not_run(run: Run) -> None:
    run("""
        ending = threading.Event()
        ran = []

        async def stop_slowly():
            ending.set()
            await asyncio.sleep(0.3)

        async def note():
            ran.append(True)

        portal = Portal(stop_slowly)
        portal.call(pong)
        closer = in_thread(portal.close)
        ending.wait()
        try:
            portal.call(note)
        except ConfigurationError:
            closer.join()
            assert not ran
        else:
            raise AssertionError("not refused")
    """)


def test_a_call_made_after_the_loops_last_turn_does_not_hang(run: Run) -> None:
    run("""
        late = []

        def call():
            with contextlib.suppress(ConfigurationError):
                portal.call(pong)

        async def let_a_call_in_before_the_loop_is_closed():
            loop = asyncio.get_running_loop()

            def close():
                late.append(in_thread(call))
                time.sleep(0.3)
                type(loop).close(loop)

            loop.close = close

        portal = Portal(let_a_call_in_before_the_loop_is_closed)
        portal.call(pong)
        portal.close()
        late[0].join(5)
        assert not late[0].is_alive()
    """)


def test_no_call_hangs_that_races_with_close(run: Run) -> None:
    run("""
        async def nothing():
            pass

        sys.setswitchinterval(1e-5)

        def hammer():
            barrier.wait()
            with contextlib.suppress(ConfigurationError):
                while True:
                    assert portal.call(pong) == "pong"

        for _ in range(40):
            portal = Portal(nothing)
            barrier = threading.Barrier(5)
            threads = [in_thread(hammer) for _ in range(4)]
            barrier.wait()
            portal.close()
            for thread in threads:
                thread.join(5)
                assert not thread.is_alive(), "a call hangs"
    """)


def test_close_ends_iterations_too(run: Run) -> None:
    script = """
        portal = Portal(stopped)
        counter = Counter()
        iteration = portal.iterate(counter.count())
        assert next(iteration) == 1
        portal.close()
        assert counter.left == "early"
        del iteration
    """
    assert run(script) == ["stopped"]
