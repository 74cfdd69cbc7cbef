"""What do signals and the end of the program do to calls, retries, waits and iterations that are in flight?"""

from __future__ import annotations

import sys

import pytest

from tests.support.in_flight import WAITS, script
from tests.support.programs import Run
from tests.support.server import Server

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows cannot fork, and its signals differ")


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
            call, under_way = begin(sys.argv[2], here, 2)
            threading.Timer(1.0, os.kill, (os.getpid(), getattr(signal, sys.argv[3]))).start()
            try:
                call()
            except (KeyboardInterrupt, TimeLimit) as error:
                say(type(error).__name__)
            time.sleep(3)
            say("waited")
            assert name(here.with_options(pace=None), "p2") == "shop"
        """),
        server.url,
        what,
        signal,
    )
    assert printed == ["KeyboardInterrupt" if signal == "SIGINT" else "TimeLimit", "waited"]
    first = {"a call": "slow-2", "a back-off": "busy-2", "a wait for a turn": "last-2"}[what]
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
