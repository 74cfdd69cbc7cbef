"""The portal runs a coroutine on its own loop and hands back what became of it."""

from __future__ import annotations

from collections.abc import Callable

Run = Callable[..., list[str]]


def test_a_call_passes_arguments_and_context_and_returns_the_result(run: Run) -> None:
    run("""
        from contextvars import ContextVar

        who = ContextVar("who")

        async def join(*words, sep):
            return sep.join([*words, who.get()])

        who.set("caller")
        portal = Portal(stopped)
        assert portal.call(join, "a", "b", sep="-") == "a-b-caller"
    """)


def test_an_error_keeps_its_type_cause_and_traceback_and_leaves_no_cycle(run: Run) -> None:
    run("""
        import traceback

        class Refused(LookupError):
            pass

        async def refuse():
            try:
                await asyncio.sleep(0)
                raise KeyError("cause")
            except KeyError as cause:
                raise Refused("effect") from cause

        portal = Portal(stopped)
        gc.disable()
        try:
            portal.call(refuse)
        except Refused as error:
            assert repr(error.__cause__) == "KeyError('cause')"
            assert traceback.extract_tb(error.__traceback__)[-1].name == "refuse"
            assert sys._getframe() is error.__traceback__.tb_frame
            trace = weakref.ref(error)
        eventually(lambda: trace() is None)
    """)


def test_threads_that_call_first_at_once_share_one_loop(run: Run) -> None:
    run("""
        portal = Portal(stopped)
        barrier = threading.Barrier(64)
        seen = []

        async def the_loop():
            await asyncio.sleep(0.2)
            return asyncio.get_running_loop()

        def first_call():
            barrier.wait()
            seen.append(portal.call(the_loop))

        began = time.monotonic()
        threads = [in_thread(first_call) for _ in range(64)]
        for thread in threads:
            thread.join()
        assert len(seen) == 64
        assert len(set(seen)) == len(loops()) == 1
        assert time.monotonic() - began < 5, "64 waits of 0.2 s went on one after the other"
    """)


def test_system_exit_in_a_coroutine_reaches_the_caller_not_the_loop(run: Run) -> None:
    run("""
        async def leave(error):
            await asyncio.sleep(0)
            raise error

        portal = Portal(stopped)
        for error in SystemExit(3), KeyboardInterrupt("from within"):
            try:
                portal.call(leave, error)
            except (SystemExit, KeyboardInterrupt) as caught:
                assert caught is error
            else:
                raise AssertionError("no exception")
            assert portal.call(pong) == "pong"
    """)


def test_a_coroutine_that_cancels_itself_ends_the_call_but_not_the_callers_task(run: Run) -> None:
    run("""
        import concurrent.futures

        async def cancel_myself():
            asyncio.current_task().cancel()
            await asyncio.sleep(0)

        portal = Portal(stopped)
        with contextlib.suppress(concurrent.futures.CancelledError):
            portal.call(cancel_myself)
            raise AssertionError("not cancelled")
        assert portal.call(pong) == "pong"
    """)


def test_a_call_from_the_portals_own_loop_is_refused_with_advice(run: Run) -> None:
    run("""
        portal = Portal(stopped)

        async def hook():
            return portal.call(pong)

        async def hook_with_thread():
            return await asyncio.to_thread(portal.call, pong)

        try:
            portal.call(hook)
        except ConfigurationError as error:
            assert "another thread" in str(error)
        else:
            raise AssertionError("not refused")
        assert portal.call(hook_with_thread) == "pong"
    """)


def test_a_call_inside_another_running_loop_works(run: Run) -> None:
    run("""
        portal = Portal(stopped)

        async def notebook_cell():
            return portal.call(pong)

        assert asyncio.run(notebook_cell()) == "pong"
    """)


def test_a_worker_thread_of_another_loop_may_call(run: Run) -> None:
    run("""
        import anyio
        from anyio import from_thread, to_thread
        from contextvars import ContextVar

        who = ContextVar("who")
        portal = Portal(stopped)

        async def slow():
            await asyncio.sleep(0.3)
            return who.get()

        def endpoint():
            return portal.call(slow)

        async def serve():
            who.set("request")
            assert await to_thread.run_sync(endpoint) == "request"
            # What that loop cancels meanwhile ends there, and does not reach over here from its thread.
            results = []
            with anyio.CancelScope() as scope:
                asyncio.get_running_loop().call_later(0.1, scope.cancel)
                await to_thread.run_sync(lambda: results.append(endpoint()))
            assert results == ["request"]

        anyio.run(serve)
        assert portal.call(pong) == "pong"
    """)
