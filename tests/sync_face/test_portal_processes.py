"""A child process works, however it was started and whatever its parent held."""

from __future__ import annotations

from collections.abc import Callable

import pytest

Run = Callable[..., list[str]]


def test_a_lock_held_at_the_fork_does_not_bind_the_child(run: Run) -> None:
    run("""
        import qovery_sync.portal as module

        held, over = threading.Event(), threading.Event()
        portal = Portal(stopped)

        def hold():
            with module._starting:
                held.set()
                over.wait()

        holder = in_thread(hold)
        held.wait()
        fork(lambda: portal.call(pong))
        over.set()
        holder.join()
    """)


@pytest.mark.slow
@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_multiprocessing_works_by_every_start_method(run: Run, method: str) -> None:
    run(f"""
        import multiprocessing

        portal = Portal(stopped)

        def work(number):
            return portal.call(pong) + str(number)

        if __name__ == "__main__":
            warnings.filterwarnings("ignore", "This process", DeprecationWarning)
            portal.call(pong)
            with multiprocessing.get_context("{method}").Pool(2) as pool:
                assert pool.map(work, range(4)) == ["pong0", "pong1", "pong2", "pong3"]
                pool.close()
                pool.join()
            assert portal.call(pong) == "pong"
    """)
