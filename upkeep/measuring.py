"""Which sessions of nox measure the SDK?"""

from __future__ import annotations

from pathlib import Path

import nox

from upkeep.project import PYPROJECT, SPEC


@nox.session
def bench(session: nox.Session) -> None:
    """Measures how much time the SDK adds to the same work without it, and the emulator."""
    session.install(".")
    session.run("python", "benchmarks/bench.py", *session.posargs)
    for name in ("first_use", "ladder", "bulk", "streams", "tunnel", "emulator"):
        session.run("python", f"benchmarks/{name}.py")


@nox.session(name="bench-peers")
def bench_peers(session: nox.Session) -> None:
    """Measures the client against raw libraries and generated clients, built from the description (`-- --write`)."""
    if not SPEC.exists():
        session.error(f"no API description at {SPEC}; set QOVERY_SPEC to the path of one")
    session.install(".")
    for requirement in nox.project.dependency_groups(PYPROJECT, "peers"):
        session.install(requirement, success_codes=[0, 1])  # what cannot be installed is missing in the table
    folder = Path(session.create_tmp()).resolve() / "peers"
    session.chdir("benchmarks")
    session.run("python", "-m", "peers", "--description", str(SPEC), "--folder", str(folder), *session.posargs)


@nox.session
def soak(session: nox.Session) -> None:
    """Makes a million calls with each face, and shows that nothing grows: `nox -s soak -- --calls 100000` for fewer."""
    session.install(".")
    session.run("python", "benchmarks/soak.py", *session.posargs)


@nox.session
def checkers(session: nox.Session) -> None:
    """Measures how long mypy and pyright take for a script that uses the SDK, against one that uses aiohttp."""
    session.install(".", *nox.project.dependency_groups(PYPROJECT, "types"))
    session.run("python", "benchmarks/checkers.py", *session.posargs)


@nox.session
def instructions(session: nox.Session) -> None:
    """Counts the instructions of 1,000 calls and of a long list, which may not grow (needs valgrind)."""
    session.install(".")
    session.run("python", "benchmarks/instructions.py", *session.posargs)
