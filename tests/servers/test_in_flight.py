"""Forks, Ctrl-C, signals and the end of the program while calls, retries, waits for a turn and iterations are on."""

from __future__ import annotations

import asyncio
import sys
import textwrap
from collections.abc import Iterator

import pytest
from aiohttp import web

from tests.support.programs import Run
from tests.support.server import PROJECT, Answer, Server, in_thread, serve

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows cannot fork, and its signals differ")

BEGIN = """
import multiprocessing

from qovery_async import AsyncQovery
from qovery_sync import Pace, Qovery, RetryPolicy

retrying = threading.Event()

def client(**options):
    told = lambda event: retrying.set()
    policy = RetryPolicy(base=0, total=3600)
    return Qovery("x", base_url=sys.argv[1], organization_id="o1", retries=policy, on_retry=told, **options)

def name(client, project="p1"):
    return client.projects.get(project).name

# Each leaves something in flight in a thread, and gives what to wait for until it is.
def begin(what, client, seconds):
    if what == "a call":
        call = lambda: name(client, f"slow-{seconds}")
        under_way = lambda: time.sleep(0.2)
    elif what == "a back-off":
        call = lambda: name(client, f"busy-{seconds}")
        under_way = retrying.wait
    elif what == "a wait for a turn":
        name(client, f"last-{seconds}")
        call = lambda: name(client)
        under_way = lambda: time.sleep(0.2)
    else:
        events = client.events.iterate()
        assert next(events).id == "0"
        call = lambda: list(events)
        under_way = lambda: time.sleep(0.2)
    return call, under_way
"""

EVERYTHING = pytest.mark.parametrize("what", ["a call", "a back-off", "a wait for a turn", "an iteration"])
WAITS = pytest.mark.parametrize("what", ["a call", "a back-off", "a wait for a turn"])


@pytest.fixture
def server() -> Iterator[Server]:
    """A project is found at once, `slow-N` after N seconds, `busy-N` if asked again after as long.

    With `last-N` the token's hour is used up, and the next one begins after N seconds. Events are slow.
    """
    asked: set[str] = set()

    def answer(request: web.BaseRequest) -> web.StreamResponse:
        if request.path.endswith("/events"):
            return Answer(page(request)).response()
        name, _, seconds = request.path.rpartition("/")[2].partition("-")
        if name == "busy" and request.path not in asked:
            asked.add(request.path)
            return Answer({"detail": "busy"}, 503, headers={"Retry-After": seconds}).response()
        left, reset = ("0", seconds) if name == "last" else ("100000", "3600")
        headers = {"X-RateLimit-Limit": "100000", "X-RateLimit-Remaining": left, "X-RateLimit-Reset": reset}
        return Answer(PROJECT, headers=headers).response()

    async def answer_later(request: web.BaseRequest) -> web.StreamResponse:
        if "/slow-" in request.path:
            await asyncio.sleep(float(request.path.rpartition("-")[2]))
        if request.path.endswith("/events") and request.query:
            await asyncio.sleep(0.5)
        return answer(request)

    with in_thread(serve(answer_later)) as running:
        yield running


def page(request: web.BaseRequest) -> dict[str, object]:
    second = "continueToken" in request.query
    links = {} if second else {"next": f"{request.url}?continueToken=2"}
    return {"links": links, "events": [{"id": str(int(second)), "timestamp": PROJECT["created_at"]}]}


def script(text: str) -> str:
    return BEGIN + textwrap.dedent(text)


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


def test_a_lock_held_at_the_fork_does_not_bind_the_child(run: Run, server: Server) -> None:
    run(
        script("""
            import qovery_async.pacing.limiter as module

            here = client(pace="wait")
            name(here)
            held = threading.Event()

            def hold():
                with module._lock:
                    held.set()
                    time.sleep(0.5)

            holder = in_thread(hold)
            held.wait()
            fork(lambda: name(here))
            holder.join()
        """),
        server.url,
    )


def test_a_fork_in_the_midst_of_the_first_calls_imports_does_not_hang(run: Run, server: Server) -> None:
    run(
        script("""
            class Slow:
                def find_spec(self, module, path, target=None):
                    if module == "qovery_async.models.projects":
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


@WAITS
def test_the_end_of_the_program_is_prompt_and_silent(run: Run, server: Server, what: str) -> None:
    run(
        script("""
            call, under_way = begin(sys.argv[2], client(pace="wait"), 600)
            threading.Thread(target=call, daemon=True).start()
            under_way()
        """),
        server.url,
        what,
    )


@WAITS
def test_close_ends_what_other_threads_wait_for(run: Run, server: Server, what: str) -> None:
    printed = run(
        script("""
            here = client(pace="wait")
            call, under_way = begin(sys.argv[2], here, 600)

            def wait():
                try:
                    call()
                except ConfigurationError as error:
                    say(str(error))

            thread = in_thread(wait)
            under_way()
            here.close()
            thread.join()
        """),
        server.url,
        what,
    )
    assert printed == ["this client is closed: make a new one"]


@WAITS
@pytest.mark.parametrize("signal", ["SIGINT", "SIGALRM"])
def test_a_signal_ends_the_wait_and_nothing_is_sent_afterwards(
    run: Run, server: Server, what: str, signal: str
) -> None:
    printed = run(
        script("""
            class TimeLimit(Exception):
                pass

            def interrupt(number, frame):
                raise TimeLimit

            signal.signal(signal.SIGALRM, interrupt)
            here = client(pace="wait")
            call, under_way = begin(sys.argv[2], here, 1)
            threading.Timer(0.4, os.kill, (os.getpid(), getattr(signal, sys.argv[3]))).start()
            try:
                call()
            except (KeyboardInterrupt, TimeLimit) as error:
                say(type(error).__name__)
            time.sleep(2.5)
            say("waited")
            assert name(here.with_options(pace=None), "p2") == "shop"
        """),
        server.url,
        what,
        signal,
    )
    assert printed == ["KeyboardInterrupt" if signal == "SIGINT" else "TimeLimit", "waited"]
    first = {"a call": "slow-1", "a back-off": "busy-1", "a wait for a turn": "last-1"}[what]
    assert server.paths == [f"/project/{first}", "/project/p2"]


def test_a_client_goes_on_after_each_loop_was_left_in_the_midst(run: Run, server: Server) -> None:
    run(
        script("""
            import anyio

            here = AsyncQovery("x", base_url=sys.argv[1], pace="wait", retries=RetryPolicy(base=0))

            async def leave(project):
                with anyio.move_on_after(0.3) as scope:
                    await here.projects.get(project)
                assert scope.cancelled_caught
                asyncio.ensure_future(here.projects.get(project))
                await asyncio.sleep(0.05)  # the end of the loop cuts it off

            async def use():
                return (await here.projects.get("p1")).name

            for number in range(3):
                asyncio.run(leave(f"slow-{number + 600}"))
                assert asyncio.run(use()) == "shop"
                asyncio.run(leave(f"busy-{number + 60}"))
                assert asyncio.run(use()) == "shop"
            asyncio.run(here.projects.get("last-600"))
            asyncio.run(leave("p1"))
        """),
        server.url,
    )
