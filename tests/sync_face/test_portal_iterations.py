"""An async iterator is stepped on from a blocking thread, and closed however it is left."""

from __future__ import annotations

from collections.abc import Callable

Run = Callable[..., list[str]]


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
