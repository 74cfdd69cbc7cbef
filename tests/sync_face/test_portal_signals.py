"""Ctrl-C, or what a signal handler raises, ends the call and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

Run = Callable[..., list[str]]


def test_ctrl_c_cancels_the_request_and_the_portal_works_on(run: Run, server: str) -> None:
    run(
        """
        import aiohttp

        url, name = sys.argv[1:]

        async def get(path):
            async with aiohttp.ClientSession() as session, session.get(url + path) as response:
                return await response.text()

        portal = Portal(stopped)
        log = lambda: portal.call(get, f"/log/{name}").split()
        for turn in range(1, 4):
            press_ctrl_c_when(lambda: log().count("came") == turn)
            try:
                portal.call(get, f"/slow/{name}")
            except KeyboardInterrupt:
                pass
            else:
                raise AssertionError("no KeyboardInterrupt")
            eventually(lambda: log() == ["came", "cancelled"] * turn)
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


def test_an_exception_of_a_signal_handler_during_the_first_call_leaves_no_thread(run: Run) -> None:
    run("""
        class Alarm(BaseException):
            pass

        async def nothing():
            pass

        def start():
            portal = Portal(nothing)
            began = time.perf_counter()
            portal._running()
            return time.perf_counter() - began

        expect_alarms(Alarm)
        usual = sorted(start() for _ in range(20))[10]
        struck = 0
        portals = [Portal(nothing) for _ in range(150)]
        for portal in portals:
            try:
                ring_within(usual)
                portal.call(nothing)
                time.sleep(0.01)
            except Alarm:
                struck += 1
        assert struck == len(portals)
        for portal in portals:
            assert portal.call(pong) == "pong", "the next call works"
            portal.close()
        eventually(lambda: not loops())
    """)


def test_ctrl_c_in_it_cancels_the_whole_call(run: Run) -> None:
    run("""
        unwound = []

        async def work(function):
            try:
                await asyncio.gather(function(), asyncio.sleep(30))
            finally:
                await asyncio.sleep(0.1)
                unwound.append(True)

        portal = Portal(stopped)
        portal.call(pong)
        for _ in range(3):
            press_ctrl_c(after=0.2)
            try:
                portal.call_back(work, Callback(lambda: time.sleep(30)))
            except KeyboardInterrupt:
                assert unwound.pop()
            else:
                raise AssertionError("no KeyboardInterrupt")
        assert portal.call(pong) == "pong"
    """)


def test_ctrl_c_at_any_moment_leaves_nothing_behind(run: Run) -> None:
    run("""
        swallowed = expect_alarms(KeyboardInterrupt)
        under_way = []

        async def guarded(function):
            under_way.append(True)
            try:
                return [await function(number) for number in range(3)]
            finally:
                under_way.pop()

        async def stream(function):
            for number in await guarded(function):
                yield number

        @contextlib.asynccontextmanager
        async def context(function):
            yield await guarded(function)
            await guarded(function)

        def work(number):
            return portal.call(pong)

        def use():
            portal.call_back(guarded, Callback(work))
            list(portal.iterate(stream(Callback(work))))
            with portal.enter(context(Callback(work))):
                portal.call(pong)

        portal = Portal(stopped)
        use()
        began = time.perf_counter()
        use()
        usual = time.perf_counter() - began
        interrupted = 0
        for _ in range(200):
            try:
                ring_within(usual)
                use()
                time.sleep(usual)
            except KeyboardInterrupt:
                interrupted += 1
        assert interrupted + len(swallowed) == 200
        gc.collect()
        eventually(lambda: not under_way)
        use()
        thread = portal._thread
        eventually(lambda: not thread.is_awaited() and not thread.resident)
    """)
