"""A forked child gets a loop of its own; the loop of the parent goes on as if nothing had been."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Callable

import pytest

Run = Callable[..., list[str]]

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows cannot fork")

CLIENT = """
import aiohttp

class Core:
    '''Keeps one session for each loop, and lets go of none that is not its own.'''

    def __init__(self):
        self.sessions = {}

    async def fetch(self, url):
        loop = asyncio.get_running_loop()
        session = self.sessions.get(loop) or self.sessions.setdefault(loop, aiohttp.ClientSession())
        async with session.get(url) as response:
            return await response.text()

    async def close(self):
        if session := self.sessions.pop(asyncio.get_running_loop(), None):
            await session.close()


class Client:
    def __init__(self):
        self.core = Core()
        self.portal = Portal(self.core.close)

    def get(self):
        return self.portal.call(self.core.fetch, sys.argv[1])
"""


def test_parent_and_child_each_use_a_loop_and_connections_of_their_own(run: Run, server: str) -> None:
    script = """
        client = Client()
        assert client.get() == "pong"

        def child():
            for _ in range(3):
                assert client.get() == "pong"
            assert len(loops()) == 1
            fork(grandchild)
            assert client.get() == "pong"

        def grandchild():
            assert client.get() == "pong"

        for _ in range(3):
            fork(child)
            assert client.get() == "pong"
        connection, = client.core.sessions.values()
        assert len(connection.connector._conns) == 1, "the connection was kept, and is used again"
    """
    run(CLIENT + textwrap.dedent(script), server)


def test_a_portal_may_be_used_in_the_child_alone(run: Run, server: str) -> None:
    script = """
        client = Client()

        def child():
            assert client.get() == "pong"

        fork(child)
        assert not loops()
        assert client.get() == "pong"
    """
    run(CLIENT + textwrap.dedent(script), server)


@pytest.mark.parametrize(
    "what_the_child_does",
    [
        "pass",
        "client.portal.close()",
        "global client; del client; gc.collect()",
        "client.get(); client.portal.close()",
        "global client; client.get(); del client; gc.collect(); eventually(lambda: not loops())",
    ],
)
def test_however_the_child_ends_the_parent_works_on(run: Run, server: str, what_the_child_does: str) -> None:
    script = f"""
        client = Client()
        assert client.get() == "pong"
        before, = client.core.sessions.values()

        def child():
            {what_the_child_does}

        fork(child)
        assert client.get() == "pong"
        assert [before] == list(client.core.sessions.values())
    """
    run(CLIENT + textwrap.dedent(script), server)


def test_the_child_never_touches_the_loop_of_the_parent(run: Run) -> None:
    script = """
        portal = Portal(stopped)
        portal.call(pong)

        def child():
            global portal
            portal._thread._loop = "not to be touched"
            portal.close()
            del portal
            gc.collect()

        fork(child)
    """
    assert run(script) == ["stopped"]


def test_close_in_the_child_closes_the_childs_client(run: Run) -> None:
    script = """
        portal = Portal(stopped)
        portal.call(pong)

        def child():
            portal.close()
            try:
                portal.call(pong)
            except ConfigurationError as error:
                say(str(error))

        fork(child)
        say(portal.call(pong))
    """
    assert run(script) == ["this client is closed: make a new one", "pong", "stopped"]


def test_on_stop_is_awaited_on_the_childs_loop_too(run: Run) -> None:
    script = """
        portal = Portal(stopped)
        portal.call(pong)
        fork(lambda: say(portal.call(pong)))
        say("parent")
    """
    assert run(script) == ["pong", "stopped", "parent", "stopped"]


@pytest.mark.parametrize("how", ["next(iteration)", "iteration.close()", "iteration = None"])
def test_an_iteration_of_the_parent_is_no_business_of_the_child(run: Run, how: str) -> None:
    script = f"""
        portal = Portal(stopped)
        stream = Counter().count()
        alive = weakref.ref(stream)
        iteration = portal.iterate(stream)
        del stream
        assert next(iteration) == 1

        def child():
            global iteration
            portal._thread._loop = "not to be touched"
            with contextlib.suppress(ConfigurationError):
                {how}
            gc.collect()
            assert alive(), "its finalizer would wake the loop of the parent"
            assert list(portal.iterate(Counter().count())) == [1, 2, 3]

        fork(child)
        assert list(iteration) == [2, 3]
    """
    assert run(script) == ["stopped", "stopped"]


@pytest.mark.slow
def test_a_fork_in_the_midst_of_other_threads_calls_and_starts_does_not_hang(run: Run) -> None:
    run("""
        async def nothing():
            pass

        async def work():
            await asyncio.sleep(0.0005)
            return "pong"

        sys.setswitchinterval(1e-5)
        over = threading.Event()
        shared = Portal(nothing)

        def hammer():
            while not over.is_set():
                assert shared.call(work) == "pong"

        def start_and_close():
            while not over.is_set():
                portal = Portal(nothing)
                assert portal.call(pong) == "pong"
                portal.close()

        def child():
            assert shared.call(work) == "pong"
            fresh = Portal(nothing)
            assert fresh.call(work) == "pong"
            fresh.close()

        threads = [in_thread(hammer), in_thread(hammer), in_thread(start_and_close)]
        try:
            for _ in range(10):
                fork(child)
                assert shared.call(work) == "pong"
        finally:
            over.set()
            for thread in threads:
                thread.join()
    """)


def test_threads_that_fork_at_once_do_not_stall_each_other(run: Run) -> None:
    run("""
        async def nothing():
            pass

        portals = [Portal(nothing) for _ in range(4)]
        for portal in portals:
            portal.call(nothing)
        longest = []

        def fork_often():
            for _ in range(12):
                began = time.monotonic()
                pid = os.fork()
                if pid == 0:
                    os._exit(0)
                longest.append(time.monotonic() - began)
                os.waitpid(pid, 0)

        warnings.simplefilter("ignore", DeprecationWarning)
        for thread in [in_thread(fork_often) for _ in range(4)]:
            thread.join()
        assert len(longest) == 48
        assert max(longest) < 4, "a fork waited until a loop gave up"
        for portal in portals:
            portal.call(nothing)
    """)


def test_a_hook_may_fork_while_other_threads_do(run: Run) -> None:
    run("""
        async def nothing():
            pass

        def fork_often():
            for _ in range(10):
                began = time.monotonic()
                pid = os.fork()
                if pid == 0:
                    os._exit(0)
                took.append(time.monotonic() - began)
                os.waitpid(pid, 0)

        async def hook():
            fork_often()

        warnings.simplefilter("ignore", DeprecationWarning)
        took = []
        portals = [Portal(nothing) for _ in range(3)]
        threads = [in_thread(portal.call, hook) for portal in portals] + [in_thread(fork_often)]
        for thread in threads:
            thread.join()
        assert len(took) == 40
        assert max(took) < 4
    """)
