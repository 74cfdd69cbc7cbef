"""What users write with `client.shell`, in both faces: read by type checkers, never run."""

from __future__ import annotations

from typing import assert_type

import qovery_async
import qovery_sync
from qovery_async import AsyncQovery, ShellResult
from qovery_async.shell import terminal
from qovery_sync import Qovery


async def in_the_async_face(client: AsyncQovery, service: qovery_async.ServiceHandle) -> None:
    result = await client.shell.run("id", ["ls", "-l"], input=b"x", timeout=5)
    assert_type(result, ShellResult)
    assert_type((result.exit_code, result.output, result.text), tuple[int, bytes, str])
    assert_type(await service.run(("ls",), input="text", pod_name="pod"), ShellResult)
    assert_type(client.shell("id"), qovery_async.ShellSession)
    assert_type(client.shell.exec(service, command=["bash"]), qovery_async.ShellSession)
    assert_type(client.shell.debug("id", flavor="FULL_PRIVILEGE"), qovery_async.ShellSession)
    assert_type(client.shell.ephemeral(service, "clone", cpu_override="500m"), qovery_async.ShellSession)
    width, height = terminal.size()
    async with service.shell(width=width, height=height) as shell:
        await shell.write("ls\n")
        await shell.write(b"ls\n")
        await shell.eof()
        assert_type(await shell.read(), bytes)
        async for data in shell:
            assert_type(data, bytes)
        if shell.closing is not None:
            assert_type((shell.closing.code, shell.closing.reason), tuple[int, str])
        await terminal.attach(shell)


def in_the_blocking_face(client: Qovery, service: qovery_sync.ServiceHandle) -> None:
    assert_type(client.shell.run("id", ["ls"], timeout=5), ShellResult)
    assert_type(service.run(["ls"]), ShellResult)
    with client.shell(service) as shell:
        assert_type(shell, qovery_sync.ShellSession)
        shell.write("ls\n")
        assert_type(shell.read(), bytes)
        for data in shell:
            assert_type(data, bytes)


async def mistakes(client: AsyncQovery, blocking: Qovery) -> None:
    await client.shell.run("id")  # rejected
    await client.shell.run("id", ["ls"], input=5)  # rejected
    client.shell("id", width="80")  # rejected
    client.shell.debug()  # rejected
    blocking.shell.run("id", [1])  # rejected
    async with client.shell("id") as shell:
        await shell.write(5)  # rejected
