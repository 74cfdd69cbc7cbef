"""What if a client outlives its loop, or is never closed?"""

from __future__ import annotations

import os
import sys
import textwrap
from pathlib import Path

import anyio
import pytest
from aiohttp import web

from tests.support import ROOT
from tests.support.server import TOKEN, Answer, Handler, Server, serve

pytestmark = pytest.mark.anyio

needs_proc = pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="counts descriptors")

LIST = Answer({"results": []})


def organizations(*ids: str) -> Answer:
    return Answer({"results": [{"id": id_, "name": f"name of {id_}"} for id_ in ids]})


class TestWithoutClosing:
    """Scripts of their own, where every warning is an error and a leak would be seen."""

    @staticmethod
    async def run(script: str, *answers: Answer | Handler) -> tuple[list[str], Server]:
        head = """
import asyncio, gc, logging, sys, threading, weakref
from qovery_async import AsyncQovery

url = sys.argv[1]
logging.getLogger("asyncio").setLevel(logging.ERROR)  # it warns of a slow machine
"""
        async with serve(*answers) as server:
            done = await anyio.run_process(
                [sys.executable, "-X", "dev", "-W", "error", "-c", head + textwrap.dedent(script), server.url],
                env={**os.environ, "PYTHONPATH": str(ROOT), "QOVERY_API_TOKEN": TOKEN},
                check=False,
            )
        assert (done.returncode, done.stderr.decode()) == (0, "")
        return done.stdout.decode().split(), server

    async def test_one_client_serves_one_loop_after_another(self) -> None:
        script = """
            client = AsyncQovery(base_url=url)
            for _ in range(2):
                print(len(asyncio.run(client.projects.list())))
        """
        printed, server = await self.run(script, organizations("o1"), LIST)
        assert printed == ["0", "0"]
        assert server.paths.count("/organization") == 1

    async def test_a_finished_loop_is_not_kept_alive(self) -> None:
        script = """
            client = AsyncQovery(base_url=url)

            async def call():
                await client.projects.list(organization_id="o1")
                return weakref.ref(asyncio.get_running_loop())

            loops = [asyncio.run(call()) for _ in range(3)]
            gc.collect()
            print(sum(loop() is not None for loop in loops))
        """
        printed, _ = await self.run(script, LIST)
        assert printed == ["0"]

    LEFT_BEHIND = """
        import os

        def descriptors():
            return len(os.listdir("/proc/self/fd"))

        def call(client):
            async def lists():
                await asyncio.gather(*[client.projects.list(organization_id="o1") for _ in range(3)])

            loop = asyncio.new_event_loop()
            loop.run_until_complete(lists())
            loop.close()  # without `shutdown_asyncgens`, so that nothing on it hears of its end

        def left():
            gc.collect()
            return descriptors() - before

        before = descriptors()
    """

    @needs_proc
    async def test_closed_loops_leave_no_connections_behind(self) -> None:
        script = """
            import aiohttp

            client = AsyncQovery(base_url=url)
            for _ in range(200):
                call(client)
            assert left() == 3, "those of the last loop"
            print(sum(isinstance(o, aiohttp.ClientSession) for o in gc.get_objects()))
            loop = asyncio.new_event_loop()
            loop.run_until_complete(client.aclose())
            loop.close()
            print(left(), sum(isinstance(o, aiohttp.ClientSession) for o in gc.get_objects()))
        """
        printed, server = await self.run(textwrap.dedent(self.LEFT_BEHIND) + textwrap.dedent(script), LIST)
        assert printed == ["1", "0", "0"]
        assert len(server.requests) == 600

    @needs_proc
    async def test_a_dropped_client_closes_those_of_a_closed_loop(self) -> None:
        script = """
            for _ in range(20):
                call(AsyncQovery(base_url=url))
            print(left())
        """
        printed, _ = await self.run(textwrap.dedent(self.LEFT_BEHIND) + textwrap.dedent(script), LIST)
        assert printed == ["0"]

    async def test_a_dropped_client_closes_its_connections(self) -> None:
        script = """
            import aiohttp

            async def call():
                await AsyncQovery(base_url=url).projects.list(organization_id="o1")

            async def main():
                for _ in range(3):
                    await call()
                gc.collect()
                await asyncio.sleep(0.1)
                print(sum(isinstance(o, aiohttp.ClientSession) and not o.closed for o in gc.get_objects()))

            asyncio.run(main())
        """
        printed, _ = await self.run(script, LIST)
        assert printed == ["0"]

    async def test_a_client_serves_loops_of_two_threads_at_once(self) -> None:
        script = """
            client = AsyncQovery(base_url=url)
            barrier = threading.Barrier(2)

            async def main():
                barrier.wait()
                for _ in range(20):
                    await asyncio.gather(*[client.projects.list() for _ in range(5)])

            threads = [threading.Thread(target=asyncio.run, args=(main(),)) for _ in range(2)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            print("done")
        """

        def answer(request: web.BaseRequest) -> web.Response:
            return (organizations("o1") if request.path == "/organization" else LIST).response()

        printed, server = await self.run(script, answer)
        assert printed == ["done"]
        assert server.paths.count("/organization/o1/project") == 200
        assert server.paths.count("/organization") <= 2

    async def test_closing_reaches_the_loops_of_other_threads(self) -> None:
        script = """
            import aiohttp

            client = AsyncQovery(base_url=url)
            called, over = threading.Event(), threading.Event()

            async def stay():
                await client.projects.list(organization_id="o1")
                called.set()
                await asyncio.to_thread(over.wait)

            thread = threading.Thread(target=asyncio.run, args=(stay(),))
            thread.start()
            called.wait()
            sessions = [o for o in gc.get_objects() if isinstance(o, aiohttp.ClientSession)]

            async def close():
                await client.aclose()
                await asyncio.sleep(0.2)

            asyncio.run(close())
            print([session.closed for session in sessions])
            over.set()
            thread.join()
        """
        printed, _ = await self.run(script, LIST)
        assert printed == ["[True]"]

    async def test_after_a_warm_up_the_first_call_imports_nothing(self) -> None:
        script = """
            async def main():
                async with AsyncQovery(base_url=url, organization_id="o1") as client:
                    before = set(sys.modules)
                    await client.warm_up("projects", "applications.environment_variables")
                    assert set(sys.modules) - before
                    before = set(sys.modules)
                    await client.projects.list()
                    await client.applications.environment_variables.list("a1")
                    print(*sorted(set(sys.modules) - before))

            asyncio.run(main())
        """
        printed, server = await self.run(script, LIST)
        assert printed == []
        assert server.paths == ["/organization/o1/project", "/application/a1/environmentVariable"]
