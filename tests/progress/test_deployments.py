"""How does one who waits for a deployment see how far it has come?"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from qovery_async import BulkProgress, DeploymentFailed
from qovery_async.emulator import Emulator
from tests.support.server import Ask, in_thread
from tests.support.terminals import ESCAPE, program, run, run_in_terminal

pytestmark = pytest.mark.anyio

FACES = pytest.mark.parametrize("face", ["async", "blocking"])
SPEED = 60
STAGING = """
    inventory = await client.inventory()
    staging = next(each for each in inventory.environments if each.name == "staging")
"""
HOSTILE = r"[red]api[/]\x1b[2J"


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    with in_thread(Emulator(world="demo", speed=SPEED)) as running:
        yield running


def environ(emulator: Emulator) -> dict[str, str]:
    return {"QOVERY_API_TOKEN": emulator.token}


async def test_a_function_is_told_how_many_services_have_ended(ask: Ask) -> None:
    told: list[BulkProgress] = []
    async with Emulator(world="demo", speed=SPEED) as emulator:
        inventory = await ask(emulator.url, lambda client: client.inventory(), token=emulator.token)
        staging = next(each for each in inventory.environments if each.name == "staging")
        emulator.fail_next_build(next(each.id for each in staging.services if each.kind == "APPLICATION"))
        with pytest.raises(DeploymentFailed):
            await ask(
                emulator.url,
                lambda client: client.deployments.redeploy(staging.id, timeout=60, progress=told.append),
                token=emulator.token,
            )
    assert told[-1] == BulkProgress(4, 1, 4)
    assert len(set(told)) == len(told)


async def test_the_total_is_the_number_of_services_that_are_acted_on(ask: Ask) -> None:
    told: list[BulkProgress] = []
    async with Emulator(world="demo", speed=SPEED) as emulator:
        inventory = await ask(emulator.url, lambda client: client.inventory(), token=emulator.token)
        service = next(each for each in inventory.services if each.kind == "CONTAINER")
        await ask(
            emulator.url,
            lambda client: client.deployments.restart_service(service.id, timeout=60, progress=told.append),
            token=emulator.token,
        )
    assert told[-1] == BulkProgress(1, 0, 1)
    assert {progress.total for progress in told} == {1}


async def test_a_cluster_counts_as_one(ask: Ask) -> None:
    told: list[BulkProgress] = []
    async with Emulator(world="demo", speed=SPEED) as emulator:
        cluster = (await ask(emulator.url, lambda client: client.clusters.list(), token=emulator.token))[0]
        await ask(
            emulator.url,
            lambda client: client.deployments.deploy_cluster(cluster.id, timeout=60, progress=told.append),
            token=emulator.token,
        )
    assert told == [BulkProgress(1, 0, 1)]


async def test_what_the_function_raises_ends_the_wait(ask: Ask) -> None:
    def refuse(_: BulkProgress) -> None:
        raise LookupError("enough")

    async with Emulator(world="demo", speed=SPEED) as emulator:
        inventory = await ask(emulator.url, lambda client: client.inventory(), token=emulator.token)
        with pytest.raises(LookupError, match="enough"):
            await ask(
                emulator.url,
                lambda client: client.deployments.redeploy(inventory.environments[1].id, timeout=60, progress=refuse),
                token=emulator.token,
            )


@pytest.mark.slow
@FACES
def test_a_log_has_a_line_for_each_change(emulator: Emulator, face: str) -> None:
    body = STAGING + '    await client.deployments.redeploy(staging.id, timeout=60, progress="rich")\n'
    ran = run(program(face, body), emulator.url, environ(emulator))
    assert (ran.status, ran.printed) == (0, "")
    assert ESCAPE not in ran.shown
    lines = ran.shown.splitlines()
    assert len({*lines}) == len(lines)
    assert all(line.startswith("redeploy: ") for line in lines)
    assert lines[0].endswith(": BUILD_ERROR at first")
    assert "redeploy: api: DEPLOYED" in lines
    assert lines[-1] == "redeploy: 4 of 4"


@pytest.mark.slow
@FACES
def test_a_terminal_has_a_table_of_the_services(emulator: Emulator, face: str) -> None:
    body = STAGING + '    await client.deployments.redeploy(staging.id, timeout=60, progress="rich")\n'
    ran = run_in_terminal(program(face, body), emulator.url, environ(emulator))
    assert (ran.status, ran.printed) == (0, "")
    assert ran.has_cursor
    last = ran.shown.rpartition("\x1b[1A")[2]  # since the cursor last went up to draw anew
    for shown in ("4/4", "storefront", "APPLICATION", "DEPLOYED"):
        assert shown in last


@FACES
def test_a_deployment_that_fails_leaves_the_terminal_clean(emulator: Emulator, face: str) -> None:
    body = STAGING + '    await client.deployments.cancel(staging.id, timeout=0.01, progress="rich")\n'
    ran = run_in_terminal(program(face, body), emulator.url, environ(emulator))
    assert ran.status == 1
    assert ran.has_cursor


HUGE = f"""
    import attrs
    from qovery_async.progress.choice import reporter
    {{STAGING}}
    async for seen in client.deployments.watch(staging.id):
        break
    one = attrs.evolve(seen.services[0], name={HOSTILE.encode().decode("unicode_escape")!r})
    ended = attrs.evolve(one, status=attrs.evolve(one.status, state="RESTART_ERROR"))
    others = [attrs.evolve(seen.services[0], id=f"s{{{{n}}}}", name=f"other{{{{n}}}}") for n in range(500)]
    async with reporter("rich", "deploy") as report:
        await report.updated(attrs.evolve(seen, services=(*others, one)))
        await report.updated(attrs.evolve(seen, services=(*others, ended)))
""".format(STAGING=STAGING.strip())


def test_names_command_neither_the_terminal_nor_the_log(emulator: Emulator) -> None:
    shown = run_in_terminal(program("async", HUGE), emulator.url, environ(emulator)).shown
    assert HOSTILE in shown
    assert "\x1b[2J" not in shown
    log = run(program("async", HUGE), emulator.url, environ(emulator)).shown
    assert f"deploy: {HOSTILE}: RESTART_ERROR" in log.splitlines()


def test_of_more_services_than_the_screen_holds_those_are_shown_that_change(emulator: Emulator) -> None:
    last = run_in_terminal(program("async", HUGE), emulator.url, environ(emulator)).shown.rpartition("\x1b[1A")[2]
    assert "RESTART_ERROR" in last
    assert "other" not in last
    assert "and 500 more" in last
