"""What does `progress="rich"` draw in a terminal, and what does it leave there?"""

from __future__ import annotations

import re
import signal
import textwrap
from collections.abc import Iterator

import pytest

from tests.support.busy import Api
from tests.support.server import Server, in_thread, serve
from tests.support.terminals import ESCAPE, HIDE, Ran, program, run_in_terminal

FACES = pytest.mark.parametrize("face", ["async", "blocking"])
COLOR = re.compile(r"\x1b\[[0-9;]*3\d")
MAP = 'print(len(await client.bulk.map(client.projects.get, [f"p{n}" for n in range(100)], progress="rich")))'


@pytest.fixture
def server() -> Iterator[Server]:
    with in_thread(serve(Api(slow=0.01))) as running:
        yield running


@pytest.fixture
def silent() -> Iterator[Server]:
    """A server that never responds."""
    with in_thread(serve(Api(slow=3600))) as running:
        yield running


def at_once(ran: Ran) -> bool:
    """Whether each display was ended before the next began."""
    return re.search(r"\?25l((?!\?25h).)*\?25l", ran.shown, re.DOTALL) is None


class TestDrawing:
    @FACES
    def test_a_batch_is_a_bar_on_stderr(self, server: Server, face: str) -> None:
        ran = run_in_terminal(program(face, MAP), server.url)
        assert (ran.status, ran.printed) == (0, "100\n")
        assert ran.has_cursor
        assert "bulk.map" in ran.shown
        assert "100/100" in ran.shown

    @FACES
    def test_a_bar_says_how_many_calls_have_failed(self, face: str) -> None:
        body = MAP.replace('"rich"', '"rich", on_error="return"')
        with in_thread(serve(Api(refuse=lambda name: 404 if name in ("p3", "p70") else None))) as server:
            ran = run_in_terminal(program(face, body), server.url)
        assert (ran.status, ran.printed) == (0, "100\n")
        assert "2 failed" in ran.shown

    def test_what_the_program_prints_stays_where_it_goes(self, server: Server) -> None:
        body = """
            async def get(name):
                print(name)
                sys.stderr.write(f"about {name}\\n")
                return await client.projects.get(name)
            await client.bulk.map(get, ["p1", "p2"], progress="rich", concurrency=1)
        """
        ran = run_in_terminal(program("async", body), server.url)
        assert (ran.status, ran.printed) == (0, "p1\np2\n")
        assert "about p1" in ran.shown
        assert ran.has_cursor

    def test_without_color_where_none_is_wanted(self, server: Server) -> None:
        colored = run_in_terminal(program("async", MAP), server.url)
        plain = run_in_terminal(program("async", MAP), server.url, {"NO_COLOR": "1"})
        assert COLOR.search(colored.shown)
        assert HIDE in plain.shown
        assert not COLOR.search(plain.shown)

    @pytest.mark.parametrize("environ", [{"TERM": "dumb"}, {"CI": "true"}, {"CI": "1", "FORCE_COLOR": "1"}])
    def test_lines_where_nothing_can_or_should_be_drawn(self, server: Server, environ: dict[str, str]) -> None:
        ran = run_in_terminal(program("async", MAP), server.url, environ)
        assert (ran.status, ran.printed) == (0, "100\n")
        assert ESCAPE not in ran.shown
        assert ran.shown.splitlines()[-1] == "bulk.map: 100 of 100"

    def test_a_variable_that_says_no_to_ci_is_heeded(self, server: Server) -> None:
        assert HIDE in run_in_terminal(program("async", MAP), server.url, {"CI": "false"}).shown


class TestEndings:
    @FACES
    def test_an_error_leaves_the_terminal_clean(self, face: str) -> None:
        with in_thread(serve(Api(slow=0.01, refuse=lambda name: 404 if name == "p30" else None))) as server:
            ran = run_in_terminal(program(face, MAP), server.url)
        assert ran.status == 1
        assert ran.has_cursor
        assert "Item 30 of the batch." in ran.shown.rpartition("\x1b[?25h")[2]

    @FACES
    def test_ctrl_c_leaves_the_terminal_clean(self, silent: Server, face: str) -> None:
        ran = run_in_terminal(program(face, MAP), silent.url, interrupt_at="bulk.map")
        assert ran.status != 0
        assert ran.has_cursor
        assert ran.shown.rstrip().endswith("KeyboardInterrupt")

    @FACES
    def test_a_sigterm_that_the_program_turns_into_an_exit_leaves_the_terminal_clean(
        self, silent: Server, face: str
    ) -> None:
        handler = "import signal\nsignal.signal(signal.SIGTERM, lambda *_: sys.exit(143))\n"
        script = handler + program(face, MAP)
        ran = run_in_terminal(script, silent.url, interrupt_at="bulk.map", with_signal=signal.SIGTERM)
        assert ran.status == 143
        assert ran.has_cursor

    def test_ctrl_c_in_a_loop_of_the_users_own_making(self, silent: Server) -> None:
        ending = """
            import ctypes
            loop = asyncio.new_event_loop()
            task = loop.create_task(main())
            ctypes.pythonapi.Py_IncRef(ctypes.py_object(task))  # not even the garbage collector ends it
            loop.run_until_complete(task)
        """
        script = program("async", MAP).replace("asyncio.run(main())", textwrap.dedent(ending))
        # Drawn by a timer, so that Ctrl-C does not come while the task itself runs.
        ran = run_in_terminal(script, silent.url, interrupt_at="0:00:01")
        assert ran.has_cursor

    def test_cancellation_leaves_the_terminal_clean(self, silent: Server) -> None:
        body = f"""
            async def work():
                {MAP}
            task = asyncio.create_task(work())
            while not sys.stderr.__class__.__name__ == "FileProxy":
                await asyncio.sleep(0)
            task.cancel()
            print(await asyncio.gather(task, return_exceptions=True))
        """
        ran = run_in_terminal(program("async", body), silent.url)
        assert (ran.status, ran.printed) == (0, "[CancelledError('')]\n")
        assert ran.has_cursor

    @FACES
    def test_a_terminal_that_is_gone_does_not_end_the_batch(self, server: Server, face: str) -> None:
        ran = run_in_terminal(program(face, MAP), server.url, hang_up_at="bulk.map")
        assert (ran.status, ran.printed) == (0, "100\n")


class TestSeveralAtOnce:
    def test_batches_on_one_loop(self, server: Server) -> None:
        body = """
            ids = [f"p{n}" for n in range(100)]
            found = await asyncio.gather(
                *(client.bulk.map(client.projects.get, ids, progress="rich") for _ in range(3))
            )
            print([len(projects) for projects in found])
        """
        ran = run_in_terminal(program("async", body), server.url)
        assert (ran.status, ran.printed) == (0, "[100, 100, 100]\n")
        assert ran.has_cursor
        assert at_once(ran)
        assert ran.shown.count("bulk.map: 100 of 100") == 2

    def test_batches_of_clients_in_threads(self, server: Server) -> None:
        """Each client has a loop of its own, and all begin in the same moment."""
        body = """
            import threading
            from concurrent.futures import ThreadPoolExecutor
            together = threading.Barrier(6)
            def work(_):
                found = []
                with Qovery(base_url=url) as own:
                    own.projects.get("p1")
                    for _ in range(5):
                        together.wait()
                        found += own.bulk.map(own.projects.get, ["p1", "p2"], progress="rich")
                return len(found)
            with ThreadPoolExecutor(6) as pool:
                print([*pool.map(work, range(6))], type(sys.stderr).__name__)
        """
        ran = run_in_terminal(program("blocking", body), server.url)
        assert (ran.status, ran.printed) == (0, "[10, 10, 10, 10, 10, 10] TextIOWrapper\n")
        assert ran.has_cursor
        assert at_once(ran)

    def test_beside_a_drawing_of_the_program_itself(self, server: Server) -> None:
        body = f"""
            from rich.console import Console
            from rich.progress import Progress
            with Progress(console=Console(stderr=True)) as drawing:
                drawing.add_task("all of it")
                {MAP}
        """
        ran = run_in_terminal(program("blocking", body), server.url)
        assert ran.status == 0
        assert ran.has_cursor
        assert at_once(ran)
        assert "bulk.map: 100 of 100" in ran.shown
