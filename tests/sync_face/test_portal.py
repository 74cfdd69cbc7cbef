"""The portal runs a coroutine on its own loop and hands back what became of it."""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

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


def test_ctrl_c_cancels_the_request_and_the_portal_works_on(run: Run, server: str) -> None:
    run(
        """
        import aiohttp

        url, name = sys.argv[1:]

        async def get(path):
            async with aiohttp.ClientSession() as session, session.get(url + path) as response:
                return await response.text()

        portal = Portal(stopped)
        for turn in range(1, 4):
            press_ctrl_c(after=0.3)
            try:
                portal.call(get, f"/slow/{name}")
            except KeyboardInterrupt:
                pass
            else:
                raise AssertionError("no KeyboardInterrupt")
            wanted = " ".join(["came cancelled"] * turn)
            eventually(lambda: portal.call(get, f"/log/{name}") == wanted)
        """,
        server,
        uuid4().hex,
    )


def test_ctrl_c_waits_until_the_coroutine_has_unwound(run: Run) -> None:
    run("""
        unwound = []

        async def slow():
            try:
                await asyncio.sleep(30)
            finally:
                await asyncio.sleep(0.1)
                unwound.append(True)

        portal = Portal(stopped)
        portal.call(pong)
        press_ctrl_c(after=0.2)
        try:
            portal.call(slow)
        except KeyboardInterrupt:
            assert unwound
        else:
            raise AssertionError("no KeyboardInterrupt")
    """)


def test_a_coroutine_that_swallows_its_cancellation_is_cancelled_again(run: Run) -> None:
    run("""
        swallowed, unwound = [], []

        async def stubborn():
            try:
                with contextlib.suppress(asyncio.CancelledError):
                    await asyncio.sleep(30)
                swallowed.append(True)
                await asyncio.sleep(30)
            finally:
                unwound.append(True)

        portal = Portal(stopped)
        portal.call(pong)
        press_ctrl_c(after=0.2)
        try:
            portal.call(stubborn)
        except KeyboardInterrupt:
            assert swallowed
        else:
            raise AssertionError("no KeyboardInterrupt")
        eventually(lambda: unwound)
    """)


def test_the_polled_wait_of_windows_tells_its_own_timeouts_from_those_of_the_coroutine(
    run: Run,
) -> None:
    run("""
        portal = Portal(stopped)
        portal.call(pong)
        sys.platform = "win32"

        async def time_out():
            await asyncio.sleep(0.25)
            raise TimeoutError("mine")

        try:
            portal.call(time_out)
        except TimeoutError as error:
            assert str(error) == "mine"
        else:
            raise AssertionError("no TimeoutError")
        assert portal.call(pong) == "pong"
        sys.platform = "linux"
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


def test_iterate_yields_every_item_and_knows_the_end(run: Run) -> None:
    run("""
        portal = Portal(stopped)
        counter = Counter()
        assert list(portal.iterate(counter.count())) == [1, 2, 3]
        assert counter.left == "at the end"

        class Bare:  # an async iterator need not have aclose()
            items = [1, 2]

            def __aiter__(self):
                return self

            async def __anext__(self):
                if not self.items:
                    raise StopAsyncIteration
                return self.items.pop()

        assert list(portal.iterate(Bare())) == [2, 1]
    """)


def test_leaving_an_iteration_early_closes_the_stream_at_once_and_close_waits_until_it_is(run: Run) -> None:
    run("""
        portal = Portal(stopped)

        by_break = Counter()
        for _ in portal.iterate(by_break.count()):
            break
        eventually(lambda: by_break.left == "early")

        by_error = Counter()
        with contextlib.suppress(ZeroDivisionError):
            for number in portal.iterate(by_error.count()):
                1 / 0
        eventually(lambda: by_error.left == "early")

        by_close = Counter()
        iteration = portal.iterate(by_close.count())
        assert next(iteration) == 1
        iteration.close()
        assert by_close.left == "early"
    """)


def test_an_iteration_collected_on_the_loops_own_thread_is_closed_there(run: Run) -> None:
    run("""
        portal = Portal(stopped)
        left = []

        class Stream:  # unlike an async generator, nobody but its user closes it
            def __aiter__(self):
                return self

            async def __anext__(self):
                return 1

            async def aclose(self):
                await asyncio.sleep(0)
                left.append(threading.current_thread().name)

        async def drop(held):
            held.clear()

        iteration = portal.iterate(Stream())
        assert next(iteration) == 1
        held = [iteration]
        del iteration
        portal.call(drop, held)
        eventually(lambda: left == ["qovery-sync"])
    """)


def test_an_iteration_keeps_its_portal_alive(run: Run) -> None:
    run("""
        iteration = Portal(stopped).iterate(Counter().count())
        gc.collect()
        assert list(iteration) == [1, 2, 3]
    """)


def test_the_collector_never_waits_for_a_loop_that_wants_a_lock_of_its_thread(run: Run) -> None:
    run("""
        lock = threading.Lock()

        class Stream:
            left = False

            def __aiter__(self):
                return self

            async def __anext__(self):
                return 1

            async def aclose(self):
                with lock:  # a log handler's, or a hook's
                    Stream.left = True

        def let_go(iteration):
            assert next(iteration) == 1

        def let_go_in_a_cycle(iteration):
            assert next(iteration) == 1
            cycle = [iteration]
            cycle.append(cycle)

        portal = Portal(stopped)
        for function in let_go, let_go_in_a_cycle:
            Stream.left = False
            with lock:
                began = time.monotonic()
                function(portal.iterate(Stream()))
                gc.collect()
                assert time.monotonic() - began < 1
                assert not Stream.left
            eventually(lambda: Stream.left)
    """)


def test_a_stream_that_does_not_close_says_so(run: Run) -> None:
    run("""
        class Stream:
            def __aiter__(self):
                return self

            async def __anext__(self):
                return 1

            async def aclose(self):
                raise OSError("will not close")

        async def listen():
            asyncio.get_running_loop().set_exception_handler(lambda loop, about: reported.append(about["exception"]))

        reported = []
        portal = Portal(stopped)
        portal.call(listen)
        for _ in portal.iterate(Stream()):
            break
        eventually(lambda: [str(error) for error in reported] == ["will not close"])

        iteration = portal.iterate(Stream())
        next(iteration)
        try:
            iteration.close()
        except OSError:
            assert len(reported) == 1
        else:
            raise AssertionError("nothing was raised")
    """)


def test_all_steps_of_an_iteration_run_in_one_task(run: Run) -> None:
    run("""
        from anyio import CancelScope

        async def stream():
            with CancelScope():
                async with asyncio.timeout(5):
                    for number in 1, 2, 3:
                        yield number

        portal = Portal(stopped)
        assert list(portal.iterate(stream())) == [1, 2, 3]
        iteration = portal.iterate(stream())
        assert next(iteration) == 1
        iteration.close()
    """)


def test_two_threads_cannot_be_in_the_midst_of_one_iteration(run: Run) -> None:
    run("""
        begun, go_on = threading.Event(), threading.Event()

        async def stream():
            yield 1
            begun.set()
            while not go_on.is_set():
                await asyncio.sleep(0.01)
            yield 2

        iteration = Portal(stopped).iterate(stream())
        seen = [next(iteration)]
        other = in_thread(lambda: seen.append(next(iteration)))
        begun.wait()
        try:
            next(iteration)
        except RuntimeError as error:
            assert "another thread" in str(error)
        else:
            raise AssertionError("not refused")
        go_on.set()
        other.join()
        assert seen == [1, 2]
        assert list(iteration) == []
    """)


def test_an_exception_of_a_signal_handler_during_the_first_call_leaves_no_thread(run: Run) -> None:
    run("""
        class Alarm(BaseException):
            pass

        async def nothing():
            pass

        def first_call():
            began = time.perf_counter()
            Portal(nothing).call(nothing)
            return time.perf_counter() - began

        swallowed = expect_alarms(Alarm)
        usual = sorted(first_call() for _ in range(20))[10]
        struck = 0
        portals = [Portal(nothing) for _ in range(150)]
        for portal in portals:
            try:
                ring_within(usual)
                portal.call(nothing)
                time.sleep(usual)
            except Alarm:
                struck += 1
        assert struck + len(swallowed) == len(portals)
        for portal in portals:
            assert portal.call(pong) == "pong", "the next call works"
            portal.close()
        eventually(lambda: not loops())
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
