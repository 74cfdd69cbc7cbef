"""An async context manager is a blocking one: entered and left in one task, whoever leaves it."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Callable

import pytest

Run = Callable[..., list[str]]

ROOM = """
class Room:
    '''Notes how it was left, and takes its time.'''

    def __init__(self, suppresses=False):
        self.suppresses, self.left = suppresses, []

    async def __aenter__(self):
        self.task = asyncio.current_task()
        await asyncio.sleep(0)
        return self

    async def __aexit__(self, kind, error, trace):
        assert asyncio.current_task() is self.task
        await asyncio.sleep(0)
        self.left.append(kind and kind.__name__)
        return self.suppresses
"""


def test_it_is_entered_and_left_in_one_task(run: Run) -> None:
    script = """
        from anyio import create_task_group, fail_after

        @contextlib.asynccontextmanager
        async def room():
            async with asyncio.timeout(5), create_task_group() as tasks:
                with fail_after(5):
                    yield "inside"
                tasks.cancel_scope.cancel()
                say("left")

        portal = Portal(stopped)
        with portal.enter(room()) as value:
            assert value == "inside"
            assert portal.call(pong) == "pong"
            with portal.enter(room()):
                say("nested")
    """
    assert run(script) == ["nested", "left", "left", "stopped"]


def test_the_error_of_the_body_reaches_it_and_may_be_suppressed(run: Run) -> None:
    script = """
        portal = Portal(stopped)
        polite, strict = Room(suppresses=True), Room()
        with portal.enter(polite):
            1 / 0
        assert polite.left == ["ZeroDivisionError"]

        error = LookupError("mine")
        gc.disable()
        try:
            with portal.enter(strict):
                raise error
        except LookupError as caught:
            assert caught is error
            assert caught.__traceback__.tb_next is None, "it went to the loop and came back as it was"
        assert strict.left == ["LookupError"]

        @contextlib.asynccontextmanager
        async def translate():
            try:
                yield
            except LookupError as error:
                raise OSError("translated") from error

        try:
            with portal.enter(translate()):
                raise error
        except OSError as caught:
            assert caught.__cause__ is error
        else:
            raise AssertionError("nothing was raised")
    """
    run(ROOM + textwrap.dedent(script))


def test_an_error_on_the_way_in_is_raised_at_the_with(run: Run) -> None:
    run("""
        class Closed:
            async def __aenter__(self):
                raise PermissionError("closed")

            async def __aexit__(self, *_):
                raise AssertionError("it was never entered")

        portal = Portal(stopped)
        try:
            with portal.enter(Closed()):
                raise AssertionError("not refused")
        except PermissionError as error:
            assert str(error) == "closed"
    """)


def test_a_timeout_that_strikes_during_the_body_is_raised_at_its_end(run: Run) -> None:
    run("""
        @contextlib.asynccontextmanager
        async def hurry():
            async with asyncio.timeout(0.1):
                yield

        portal = Portal(stopped)
        try:
            with portal.enter(hurry()):
                time.sleep(0.3)
        except TimeoutError:
            pass
        else:
            raise AssertionError("no TimeoutError")
    """)


@pytest.mark.parametrize("let_go", ["del held", "cycle = [held]; cycle.append(cycle); del held, cycle; gc.collect()"])
def test_one_that_is_let_go_of_is_left_without_a_wait(run: Run, let_go: str) -> None:
    script = f"""
        portal = Portal(stopped)
        lock = threading.Lock()

        class Locked(Room):
            async def __aexit__(self, *raised):
                with lock:
                    return await super().__aexit__(*raised)

        room = Locked()
        held = portal.enter(room)
        held.__enter__()
        with lock:
            began = time.monotonic()
            {let_go}
            assert time.monotonic() - began < 1
            assert not room.left
        eventually(lambda: room.left == ["CancelledError"])
    """
    run(ROOM + textwrap.dedent(script))


@pytest.mark.parametrize("end", ["portal.close()", "in_thread(portal.close).join()"])
def test_close_leaves_it_and_the_body_goes_on(run: Run, end: str) -> None:
    script = f"""
        portal = Portal(stopped)
        room = Room()
        with portal.enter(room):
            {end}
            assert room.left == ["CancelledError"]
            say("body")
    """
    assert run(ROOM + textwrap.dedent(script)) == ["stopped", "body"]


def test_exit_leaves_it(run: Run) -> None:
    script = """
        portal = Portal(stopped)
        room = Room()
        held = portal.enter(room)
        held.__enter__()
        last_words.append(lambda: say(str(room.left)))
    """
    assert run(ROOM + textwrap.dedent(script)) == ["stopped", "['CancelledError']"]


def test_ctrl_c_on_the_way_in_and_on_the_way_out_cancels_it(run: Run) -> None:
    run("""
        unwound = []

        @contextlib.asynccontextmanager
        async def slow(way):
            try:
                if way == "in":
                    await asyncio.sleep(30)
                yield
                await asyncio.sleep(30)
            finally:
                await asyncio.sleep(0.1)
                unwound.append(way)

        portal = Portal(stopped)
        portal.call(pong)
        for way in "in", "out":
            press_ctrl_c(after=0.2)
            try:
                with portal.enter(slow(way)):
                    pass
            except KeyboardInterrupt:
                assert unwound.pop() == way
            else:
                raise AssertionError("no KeyboardInterrupt")
        assert portal.call(pong) == "pong"
    """)


def test_it_can_be_entered_once(run: Run) -> None:
    script = """
        portal = Portal(stopped)
        context = portal.enter(Room())
        with context:
            pass
        try:
            context.__enter__()
        except RuntimeError as error:
            assert "begin a new one" in str(error)
        else:
            raise AssertionError("not refused")
    """
    run(ROOM + textwrap.dedent(script))


@pytest.mark.skipif(sys.platform == "win32", reason="Windows cannot fork")
def test_after_a_fork_it_belongs_to_the_parent(run: Run) -> None:
    script = """
        portal = Portal(stopped)
        room = Room()

        def child():
            portal._thread._loop = "not to be touched"
            context.__exit__(None, None, None)
            assert not room.left

        context = portal.enter(room)
        with context:
            fork(child)
            assert not room.left
        assert room.left == [None]
    """
    assert run(ROOM + textwrap.dedent(script)) == ["stopped"]
