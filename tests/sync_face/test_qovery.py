"""The blocking client in every place people put one: it neither hangs nor warns nor leaves a thread."""

from __future__ import annotations

from collections.abc import Callable

import pytest

Run = Callable[..., list[str]]

BEGIN = """
    from qovery_sync import ConfigurationError, Qovery

    def client(**options):
        return Qovery(token="x", base_url=sys.argv[1], **options)

    def names(client):
        return [organization.name for organization in client.organizations.list()]

"""


def test_exit_without_close(run: Run, server: str) -> None:
    assert run(BEGIN + "    here = client(); say(names(here)[0])", server) == ["acme"]


def test_a_client_that_was_never_used(run: Run, server: str) -> None:
    assert run(BEGIN + "    kept = client()", server) == []


def test_a_dropped_client(run: Run, server: str) -> None:
    script = """
    names(client())
    eventually(lambda: not loops())
    """
    assert run(BEGIN + script, server) == []


def test_a_client_in_a_reference_cycle(run: Run, server: str) -> None:
    script = """
    here = client()
    names(here)
    here.itself = here
    del here
    gc.collect()
    eventually(lambda: not loops())
    """
    assert run(BEGIN + script, server) == []


def test_with_and_close(run: Run, server: str) -> None:
    script = """
    with client() as here:
        view = here.with_options(timeout=5)
        say(names(view)[0])
    eventually(lambda: not loops())
    for closed in here, view:
        try:
            names(closed)
        except ConfigurationError as error:
            say("closed" if "closed" in str(error) else str(error))
    here.close()
    """
    assert run(BEGIN + script, server) == ["acme", "closed", "closed"]


def test_a_hundred_short_lived_clients(run: Run, server: str) -> None:
    script = """
    files = len(os.listdir("/proc/self/fd"))
    for _ in range(100):
        names(client())
    gc.collect()
    eventually(lambda: not loops())
    eventually(lambda: len(os.listdir("/proc/self/fd")) <= files + 2)
    """
    assert run(BEGIN + script, server) == []


@pytest.mark.parametrize("parent", ["names(here)", "pass"])
@pytest.mark.parametrize("child", ["names(here)", "pass", "here.close()"])
def test_fork(run: Run, server: str, parent: str, child: str) -> None:
    script = f"""
    here = client()
    {parent}
    warnings.simplefilter("ignore", DeprecationWarning)  # 3.12 warns of fork beside threads
    pid = os.fork()
    if pid == 0:
        {child}
        sys.exit(0)
    assert os.waitpid(pid, 0)[1] == 0
    say(names(here)[0])
    """
    assert run(BEGIN + script, server) == ["acme"]


def test_spawn(run: Run, server: str) -> None:
    script = """
    def work(url):
        return [organization.name for organization in Qovery(token="x", base_url=url).organizations.list()]

    if __name__ == "__main__":
        import multiprocessing

        names(client())
        with multiprocessing.get_context("spawn").Pool(1) as pool:
            say(pool.apply(work, [sys.argv[1]])[0])
    """
    # The import of `scenario` in the child is what prints its threads, too.
    assert "acme" in run(BEGIN + script, server)


def test_ctrl_c_cancels_the_request_and_the_client_still_works(run: Run, server: str) -> None:
    script = """
    here = client()
    log = lambda: here.request("GET", "/log/" + NAME).data
    press_ctrl_c_when(lambda: log() == "came")
    try:
        here.projects.get(NAME)
    except KeyboardInterrupt:
        say("interrupted")
    eventually(lambda: log() == "came cancelled")
    say(names(here)[0])
    """
    script = script.replace("NAME", "f'pressed-{os.getpid()}'")
    assert run(BEGIN + script, server) == ["interrupted", "acme"]


def test_64_threads_share_a_client(run: Run, server: str) -> None:
    script = """
    from concurrent.futures import ThreadPoolExecutor

    with client() as here, ThreadPoolExecutor(64) as threads:
        answers = list(threads.map(lambda _: names(here)[0], range(256)))
    say(f"{len(answers)} {set(answers)}")
    """
    assert run(BEGIN + script, server) == ["256 {'acme'}"]


def test_inside_a_running_loop(run: Run, server: str) -> None:
    script = """
    async def cell():
        say(names(client())[0])

    asyncio.run(cell())
    """
    assert run(BEGIN + script, server) == ["acme"]


def test_a_hook_that_calls_its_own_client_is_told_so(run: Run, server: str) -> None:
    script = """
    def hook(event):
        names(here)

    here = client(on_response=hook)
    try:
        names(here)
    except ConfigurationError as error:
        say("told" if "event loop" in str(error) else str(error))
    """
    assert run(BEGIN + script, server) == ["told"]


def test_early_exit_from_a_generator(run: Run, server: str) -> None:
    script = """
    with client(organization_id="o") as here:
        say(str(len(list(here.events.iterate()))))
        for event in here.events.iterate():
            say(event.id)
            break
        left = here.events.iterate()
        next(left)
        del left
        say(names(here)[0])
    """
    assert run(BEGIN + script, server) == ["6", "0", "acme"]
