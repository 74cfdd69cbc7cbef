"""Does a fork find a client that works, whatever is in flight, and leave the parent undisturbed?"""

from __future__ import annotations

import sys

import pytest

from tests.support.in_flight import EVERYTHING, script
from tests.support.programs import Run
from tests.support.server import Server

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows cannot fork, and its signals differ")


@EVERYTHING
def test_a_fork_finds_a_client_that_works_and_leaves_the_parents_undisturbed(
    run: Run, server: Server, what: str
) -> None:
    printed = run(
        script("""
            here = client(pace="wait")
            call, under_way = begin(sys.argv[2], here, 1)
            found = []
            thread = in_thread(lambda: found.append(call()))
            under_way()

            def child():
                assert name(here) == "shop"
                assert [event.id for event in here.events.iterate()] == ["0", "1"]
                here.close()

            fork(child)
            fork(lambda: name(here))
            thread.join()
            assert name(here) == "shop"
            say(str(len(found)))
        """),
        server.url,
        what,
    )
    assert printed == ["1"]


def test_a_thread_that_counts_requests_at_the_fork_does_not_bind_the_child(run: Run, server: Server) -> None:
    run(
        script("""
            from qovery_async import LocalRateLimiter, Rate

            limiter = LocalRateLimiter()
            here = client(rate_limiter=limiter)
            name(here)
            over = threading.Event()

            async def count():
                while not over.is_set():
                    await limiter.learn(Rate(10**9, 10**9, 3600))
                    await limiter.take(most=0, patient=False)

            sys.setswitchinterval(1e-5)
            threads = [in_thread(asyncio.run, count()) for _ in range(2)]
            for _ in range(10):
                fork(lambda: name(here))
            over.set()
            for thread in threads:
                thread.join()
        """),
        server.url,
    )


def test_a_fork_in_the_midst_of_the_first_calls_imports_does_not_hang(run: Run, server: Server) -> None:
    run(
        script("""
            class Slow:
                def find_spec(self, module, path, target=None):
                    if module.startswith("qovery_async.models.") and not importing.is_set():
                        importing.set()
                        time.sleep(0.5)

            sys.meta_path.insert(0, Slow())
            importing = threading.Event()
            here = client()
            thread = in_thread(lambda: name(here))
            importing.wait()

            def child():
                # Python takes the lock's owner for this loop if the system gives both threads the same number.
                others = [in_thread(time.sleep, 1) for _ in range(4)]
                assert name(here) == "shop"

            fork(child)
            thread.join()
        """),
        server.url,
    )


def test_forks_in_the_midst_of_other_threads_calls_and_retries_do_not_hang(run: Run, server: Server) -> None:
    run(
        script("""
            sys.setswitchinterval(1e-5)
            over = threading.Event()
            here = client(pace="wait")
            name(here)  # imports what is needed: other threads' imports do not survive a fork

            def hammer(which):
                number = 0
                while not over.is_set():
                    number += 1
                    assert name(here, f"busy-0.{which}{number:06}") == "shop"

            threads = [in_thread(hammer, which) for which in range(4)]
            try:
                for _ in range(10):
                    fork(lambda: name(here, f"busy-0.{os.getpid():09}"))
            finally:
                over.set()
                for thread in threads:
                    thread.join()
        """),
        server.url,
    )


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
@EVERYTHING
def test_a_process_pool_works_beside_what_is_in_flight(run: Run, server: Server, method: str, what: str) -> None:
    run(
        script("""
            here = client(pace="wait")

            def work(number):
                return name(here)

            if __name__ == "__main__":
                warnings.filterwarnings("ignore", "This process", DeprecationWarning)
                call, under_way = begin(sys.argv[2], here, 1)
                thread = in_thread(call)
                under_way()
                with multiprocessing.get_context(sys.argv[3]).Pool(2) as pool:
                    assert pool.map(work, range(4)) == ["shop"] * 4
                    pool.close()
                    pool.join()
                thread.join()
                assert name(here) == "shop"
        """),
        server.url,
        what,
        method,
    )
