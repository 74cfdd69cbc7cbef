"""Who can read the kubeconfigs that the example writes, and what does it print?"""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from qovery_async import AsyncQovery
from qovery_async.emulator import Emulator, Fault
from tests.support.examples import run_example

pytestmark = pytest.mark.anyio


async def test_each_cluster_gets_a_file_that_only_its_owner_can_read(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "folder"
    async with Emulator(world="demo") as emulator, AsyncQovery(emulator.token, base_url=emulator.url) as client:
        contents = {
            f"{cluster.name}-{cluster.id[:8]}.yaml": str(await client.clusters.kubeconfig.get(cluster.id))
            for cluster in await client.clusters.list()
        }
        folder.mkdir(parents=True)
        victim = tmp_path / "victim"
        victim.write_text("stays")
        first, second = (folder / name for name in contents)
        first.write_text("readable by all")
        first.chmod(0o644)
        second.symlink_to(victim)
        ran = await run_example("kubeconfigs", str(folder), url=emulator.url, token=emulator.token)
    assert (ran.code, ran.err) == (0, "")
    assert set(ran.out.splitlines()) == {str(folder / name) for name in contents}
    assert {path.name: path.read_text() for path in folder.iterdir()} == contents
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}
    assert (victim.read_text(), second.is_symlink()) == ("stays", False)
    secrets = {line.strip() for content in contents.values() for line in content.splitlines() if "token" in line}
    assert not [secret for secret in secrets if secret in ran.out]


async def test_a_name_cannot_lead_out_of_the_folder(tmp_path: Path) -> None:
    async with Emulator(world="demo") as emulator, AsyncQovery(emulator.token, base_url=emulator.url) as client:
        cluster = (await client.clusters.list())[0]
        emulator.state.every("cluster")[0].value["name"] = "../../etc/passwd x"
        ran = await run_example("kubeconfigs", str(tmp_path / "a" / "b"), url=emulator.url, token=emulator.token)
    assert ran.code == 0
    assert f"etc-passwd-x-{cluster.id[:8]}.yaml" in {path.name for path in (tmp_path / "a" / "b").iterdir()}


async def test_a_cluster_without_one_does_not_keep_the_others(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    async with Emulator(world="demo") as emulator:
        emulator.faults.add(Fault.status(404), call="clusters.kubeconfig.get", count=1)
        ran = await run_example("kubeconfigs", str(folder), url=emulator.url, token=emulator.token)
    assert ran.code == 1
    assert len(ran.out.splitlines()) == len(list(folder.iterdir())) == 1
    assert "clusters.kubeconfig.get: GET" in ran.err
