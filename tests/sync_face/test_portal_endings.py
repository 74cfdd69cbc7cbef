"""However a portal ends, its loop ends with it: no thread, no socket and no warning is left."""

from __future__ import annotations

from collections.abc import Callable

Run = Callable[..., list[str]]


def test_exit_without_close_ends_the_loop(run: Run, server: str) -> None:
    script = """
        import aiohttp

        class Core:
            session = None

            async def get(self, url):
                self.session = self.session or aiohttp.ClientSession()
                async with self.session.get(url) as response:
                    return await response.text()

            async def stream(self, url):
                while True:
                    async with self.session.get(url) as response:
                        yield await response.text()

            async def close(self):
                await self.session.close()
                say("closed")

        core = Core()
        portal = Portal(core.close)
        assert portal.call(core.get, sys.argv[1]) == "pong"
        suspended = portal.iterate(core.stream(sys.argv[1]))
        assert next(suspended) == "pong"
    """
    assert run(script, server) == ["closed"]


def test_exit_is_silent_for_a_daemon_thread_in_a_call(run: Run) -> None:
    script = """
        portal = Portal(stopped)
        begun = threading.Event()

        async def tail():
            begun.set()
            await asyncio.sleep(30)

        def follow_logs():
            while True:
                portal.call(tail)

        follower = threading.Thread(target=follow_logs, daemon=True)
        follower.start()
        begun.wait()
    """
    assert run(script) == ["stopped"]


def test_exit_handlers_may_still_call_until_the_portals_own_has_run(run: Run) -> None:
    script = """
        used, unused = Portal(stopped), Portal(stopped)
        used.call(pong)

        @atexit.register
        def in_time():
            say(used.call(pong))

        def too_late():
            for portal in used, unused:
                try:
                    portal.call(pong)
                except ConfigurationError:
                    say("refused")

        last_words.append(too_late)
    """
    assert run(script) == ["pong", "stopped", "refused", "refused"]


def test_a_dropped_portal_ends_its_loop(run: Run) -> None:
    script = """
        portal = Portal(stopped)
        portal.call(pong)
        del portal
        eventually(lambda: not loops())
        say("dropped")

        class Owner:
            def __init__(self):
                self.portal, self.me = Portal(stopped), self

        owner = Owner()
        owner.portal.call(pong)
        del owner
        gc.collect()
        eventually(lambda: not loops())
        say("dropped in a cycle")
    """
    assert run(script) == ["stopped", "dropped", "stopped", "dropped in a cycle"]


def test_a_portal_collected_on_its_own_loop_does_not_wait_for_itself(run: Run) -> None:
    script = """
        async def drop_later(held):
            asyncio.get_running_loop().call_later(0.2, held.clear)

        portal = Portal(stopped)
        held = [portal]
        portal.call(drop_later, held)
        del portal
        eventually(lambda: not held and not loops())
    """
    assert run(script) == ["stopped"]


def test_the_loop_does_not_hold_its_portal_by_the_context_of_the_first_caller(run: Run) -> None:
    script = """
        from contextvars import ContextVar, copy_context

        def use():
            current = ContextVar("current")
            current.set(Portal(stopped))
            current.get().call(pong)

        copy_context().run(use)
        gc.collect()
        eventually(lambda: not loops())
    """
    assert run(script) == ["stopped"]


def test_short_lived_portals_leave_no_thread_and_no_file(run: Run) -> None:
    run("""
        async def nothing():
            pass

        def descriptors():
            return len(os.listdir("/proc/self/fd"))

        def use_and(end):
            portal = Portal(nothing)
            portal.call(pong)
            end(portal)

        use_and(Portal.close)
        if sys.platform == "linux":
            before = descriptors()
        for _ in range(50):
            use_and(Portal.close)
        assert not loops()
        for _ in range(50):
            use_and(lambda portal: None)
        eventually(lambda: not loops())
        if sys.platform == "linux":
            eventually(lambda: descriptors() == before)
    """)


def test_tasks_that_calls_left_behind_are_cancelled(run: Run) -> None:
    script = """
        left = []

        async def work():
            try:
                await asyncio.sleep(30)
            finally:
                await asyncio.sleep(0)
                say("unwound")

        async def leave_a_task_behind():
            left.append(asyncio.create_task(work()))
            await asyncio.sleep(0)

        portal = Portal(stopped)
        portal.call(leave_a_task_behind)
    """
    assert run(script) == ["stopped", "unwound"]


def test_a_call_whose_task_is_cancelled_before_its_first_step_does_not_hang(run: Run) -> None:
    script = """
        import concurrent.futures, time

        portal = Portal(stopped)

        async def current_loop():
            return asyncio.get_running_loop()

        async def work():
            say("ran")

        def cancel_all():
            for task in asyncio.all_tasks():
                if task.get_coro().__name__ == "run":
                    task.cancel()

        loop = portal.call(current_loop)
        loop.call_soon_threadsafe(time.sleep, 1)
        with concurrent.futures.ThreadPoolExecutor(1) as threads:
            call = threads.submit(portal.call, work)
            time.sleep(0.5)
            loop.call_soon_threadsafe(cancel_all)
            say(type(call.exception(10)).__name__)
        portal.close()
    """
    assert run(script) == ["CancelledError", "stopped"]
