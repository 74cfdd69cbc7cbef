"""A function of the user, awaited on the loop, runs in the thread that waits in the call."""

from __future__ import annotations

import sys
from collections.abc import Callable

import pytest

Run = Callable[..., list[str]]


def test_it_runs_in_the_callers_thread_and_context(run: Run) -> None:
    run("""
        from contextvars import ContextVar

        who = ContextVar("who")

        def double(number, *, by=2):
            seen.append((threading.current_thread(), who.get()))
            who.set("callback")
            return number * by

        async def work(function):
            return [await function(1), await function(2, by=3)]

        seen = []
        who.set("caller")
        portal = Portal(stopped)
        assert portal.call_back(work, Callback(double)) == [2, 6]
        here = threading.current_thread()
        assert seen == [(here, "caller"), (here, "callback")]
    """)


def test_many_coroutines_of_a_batch_await_it_at_once_and_it_runs_one_by_one(run: Run) -> None:
    run("""
        def work(number):
            inside.append(number)
            assert len(inside) == 1
            time.sleep(0.001)
            inside.remove(number)
            return number * 2

        async def map_all(function, numbers):
            return await asyncio.gather(*(function(number) for number in numbers))

        inside = []
        portal = Portal(stopped)
        assert portal.call_back(map_all, Callback(work), range(64)) == list(range(0, 128, 2))
    """)


def test_errors_go_both_ways_and_leave_no_cycle(run: Run) -> None:
    run("""
        class Refused(LookupError):
            pass

        def refuse():
            raise Refused("by the user")

        async def pass_on(function):
            await function()

        async def recover(function):
            try:
                await function()
            except Refused as error:
                return str(error)

        portal = Portal(stopped)
        assert portal.call_back(recover, Callback(refuse)) == "by the user"
        gc.disable()
        try:
            portal.call_back(pass_on, Callback(refuse))
        except Refused as error:
            trace = weakref.ref(error)
        else:
            raise AssertionError("nothing was raised")
        eventually(lambda: trace() is None)
    """)


def test_it_may_call_its_client_and_be_nested(run: Run) -> None:
    run("""
        async def apply(function, depth):
            return await function(depth)

        def descend(depth):
            if depth == 0:
                return portal.call(pong)
            assert list(portal.iterate(Counter().count())) == [1, 2, 3]
            return portal.call_back(apply, Callback(descend), depth - 1)

        portal = Portal(stopped)
        assert portal.call_back(apply, Callback(descend), 8) == "pong"
    """)


def test_a_hook_that_may_return_nothing_or_an_awaitable_is_served_too(run: Run) -> None:
    run("""
        import inspect

        async def report(hook):
            result = hook("status")
            if inspect.isawaitable(result):
                result = await result
            return result

        seen = []
        assert Portal(stopped).call_back(report, Callback(seen.append)) is None
        assert seen == ["status"]
    """)


def test_the_steps_of_an_iteration_and_of_a_context_serve_it(run: Run) -> None:
    run("""
        async def stream(function):
            try:
                for number in 1, 2, 3:
                    yield await function(number)
            finally:
                await function(0)

        @contextlib.asynccontextmanager
        async def context(function):
            yield await function("in")
            await function("out")

        def note(value):
            assert threading.current_thread() is threading.main_thread()
            seen.append(value)
            return value

        seen = []
        portal = Portal(stopped)
        assert list(portal.iterate(stream(Callback(note)))) == [1, 2, 3]
        iteration = portal.iterate(stream(Callback(note)))
        assert next(iteration) == 1
        iteration.close()
        with portal.enter(context(Callback(note))) as value:
            assert value == "in"
        assert seen == [1, 2, 3, 0, 1, 0, "in", "out"]
    """)


def test_one_awaited_between_two_steps_waits_for_the_next_and_ends_with_the_last(run: Run) -> None:
    run("""
        async def stream(function):
            async def report():
                try:
                    while True:
                        await function()
                        await asyncio.sleep(0)
                except asyncio.CancelledError:
                    ended.append(True)
                    raise

            background.append(asyncio.create_task(report()))
            for number in range(3):
                await asyncio.sleep(0.05)
                yield number

        def note():
            seen.append(stepping)

        seen, ended, background = [], [], []
        portal = Portal(stopped)
        iteration = portal.iterate(stream(Callback(note)))
        for _ in range(3):
            stepping = True
            next(iteration)
            stepping = False
            time.sleep(0.1)
        assert len(seen) > 6 and all(seen)
        assert not ended
        assert list(iteration) == []
        eventually(lambda: ended)
    """)


def test_one_that_nobody_waits_for_any_more_does_not_run(run: Run) -> None:
    run("""
        async def give_up(function):
            slow = asyncio.ensure_future(function(1))
            await asyncio.sleep(0)  # it begins first
            for number in 2, 3:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(function(number), 0.05)
            given_up.set()
            return await slow

        def work(number):
            seen.append(number)
            given_up.wait(10)
            return number

        seen, given_up = [], threading.Event()
        assert Portal(stopped).call_back(give_up, Callback(work)) == 1
        assert seen == [1]
    """)


def test_outside_its_call_it_says_what_is_wrong(run: Run) -> None:
    run("""
        portal = Portal(stopped)
        try:
            portal.call(Callback(print))
        except RuntimeError as error:
            assert "outside the call" in str(error)
        else:
            raise AssertionError("not refused")
    """)


def test_close_meanwhile_ends_the_call_with_a_clear_error(run: Run) -> None:
    run("""
        async def work(function):
            return await function()

        def close():
            in_thread(portal.close).join()

        portal = Portal(stopped)
        try:
            portal.call_back(work, Callback(close))
        except ConfigurationError as error:
            assert "closed" in str(error)
        else:
            raise AssertionError("not refused")
    """)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows cannot fork")
def test_a_fork_in_it_leaves_the_call_to_the_parent(run: Run) -> None:
    script = """
        async def work(function):
            return [await function(), await function()]

        def child():
            assert portal.call(pong) == "pong"

        def fork_here():
            fork(child)
            pid = os.fork()
            if pid == 0:
                return "child"  # to the loop of the parent, which does not exist here
            os.waitpid(pid, 0)
            return "parent"

        warnings.simplefilter("ignore", DeprecationWarning)
        portal = Portal(stopped)
        try:
            assert portal.call_back(work, Callback(fork_here)) == ["parent", "parent"]
        except ConfigurationError as error:
            assert "belongs to the parent" in str(error)
            say("refused in the child")
    """
    lines = run(script)
    assert lines.count("refused in the child") == 2
    assert lines[-1] == "stopped"
