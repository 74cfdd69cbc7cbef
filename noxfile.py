"""How is the project tried, tested and checked? `nox -l` lists the sessions."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
import tomllib
from pathlib import Path

import nox

nox.needs_version = ">=2024.10.9"
nox.options.default_venv_backend = "virtualenv"
nox.options.sessions = ["demo", "tests", "lint"]

ROOT = Path(__file__).parent
SPEC = Path(os.environ.get("QOVERY_SPEC", ROOT.parent / "shared" / "spec" / "openapi.yaml"))
PYTHONS = ("3.11", "3.12", "3.13")  # as the classifiers say
NEWER = ("3.14", "3.15")  # not supported yet, but tested if they are installed
# Runs the tests that need no other program and no network.
NOT_ALONE = ("browser", "conformance", "frameworks", "packaging", "servers")
ALONE = ("-n", "auto", *(f"--ignore=tests/{folder}" for folder in NOT_ALONE))
# `tests` and `slow` share these tests out: a test of more than two seconds is marked `slow`.
QUICK, SLOW = "not slow", "slow"
# These tests read files outside the packages and start programs, so they show quickly if the archive misses a file.
SAMPLE = ("tests/codegen", "tests/test_documents.py", "tests/test_house.py")
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def install(session: nox.Session, *groups: str) -> None:
    session.install("-e", ".", *(word for group in groups for word in nox.project.dependency_groups(PYPROJECT, group)))


@nox.session
def demo(session: nox.Session) -> None:
    """Prints an inventory in both styles, from an emulated Qovery; needs no account."""
    session.install(".")
    session.run("python", "examples/demo.py")


@nox.session
def tests(session: nox.Session) -> None:
    """Runs the quick tests that need no other program: six minutes on two cores."""
    install(session, "test")
    session.run("pytest", *ALONE, "-m", QUICK, *session.posargs)


@nox.session
def slow(session: nox.Session) -> None:
    """Runs the tests that `tests` leaves out, and those of the blocking client on every other Python found."""
    install(session, "test")
    others = os.pathsep.join(other_pythons(session))
    session.run("pytest", *ALONE, "-m", SLOW, *session.posargs, env={"QOVERY_TEST_PYTHONS": others})


@nox.session
def lowest(session: nox.Session) -> None:
    """Runs the tests of both, on one Python, with the oldest dependencies that pyproject.toml allows."""
    install(session, "test")
    session.install(*(word.replace(">=", "==") for word in PYPROJECT["project"]["dependencies"]))
    session.run("pytest", *ALONE, "--ignore=tests/typing", *session.posargs)


@nox.session
def conformance(session: nox.Session) -> None:
    """Calls every operation of both packages against Qovery's API description, served by Prism (needs Node.js)."""
    if not SPEC.exists():
        session.error(f"no API description at {SPEC}; set QOVERY_SPEC to the path of one")
    install(session, "conformance")
    session.run("pytest", "-n", "auto", "tests/conformance", *session.posargs, env={"QOVERY_SPEC": str(SPEC)})


@nox.session
def servers(session: nox.Session) -> None:
    """Tests the client under gunicorn and Celery, with Redis, PostgreSQL, busybox, forks and signals (needs all three)."""
    for program in ("redis-server", "psql", "busybox"):
        if shutil.which(program) is None:
            session.error(f"{program} is not installed")
    install(session, "servers")
    # More workers than cores, because these tests mostly wait for other processes.
    session.run("pytest", "-n", "4", "tests/servers", *session.posargs)
    session.run("pytest", "tests/shell/test_commands.py", "-k", "busybox")


@nox.session
def frameworks(session: nox.Session) -> None:
    """Tests the receivers of webhooks under aiohttp, FastAPI, Flask and Django, with what the emulator delivers."""
    install(session, "frameworks")
    session.run("pytest", "-n", "2", "tests/frameworks", *session.posargs)


@nox.session
def browser(session: nox.Session) -> None:
    """Looks at the board and the console in a browser (needs chromium); `-- --write-picture` writes their pictures."""
    install(session, "browser")
    session.run("pytest", "-n", "2", "tests/browser", *session.posargs)


@nox.session(reuse_venv=False)
def wheel(session: nox.Session) -> None:
    """Tests the imports and types of the built wheel, outside the repository."""
    folder = Path(session.create_tmp()).resolve()
    for old in folder.glob("*.whl"):
        old.unlink()
    session.run("pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", str(folder), str(ROOT))
    (built,) = folder.glob("*.whl")
    session.install(str(built), *nox.project.dependency_groups(PYPROJECT, "wheel"))
    session.chdir(folder)
    # The settings of the other tests would import the packages from the repository.
    alone = ("-o", "pythonpath=", f"--confcutdir={ROOT / 'tests' / 'packaging'}")
    session.run("pytest", *alone, str(ROOT / "tests" / "packaging"), *session.posargs, env={"QOVERY_WHEEL": str(built)})


@nox.session(reuse_venv=False)
def sdist(session: nox.Session) -> None:
    """Collects all tests of the unpacked source distribution, and runs some of them."""
    session.install(*PYPROJECT["build-system"]["requires"])
    # Outside nox's folder, which is in the repository: a missing file would be found there.
    with tempfile.TemporaryDirectory() as folder:
        session.run("python", "-m", "hatchling", "build", "--target", "sdist", "--directory", folder)
        (built,) = Path(folder).glob("*.tar.gz")
        shutil.unpack_archive(built, folder, filter="data")
        session.chdir(Path(folder, built.name.removesuffix(".tar.gz")))
        session.install(".", *nox.project.dependency_groups(PYPROJECT, "test"))
        session.run("pytest", "--collect-only", "--quiet", "--quiet", *ALONE)
        session.run("pytest", *ALONE, "-m", QUICK, *SAMPLE, *session.posargs)
        session.chdir(ROOT)


@nox.session
def lint(session: nox.Session) -> None:
    """Checks style, docstrings and types, and that the generated code is up to date."""
    install(session, "lint", "browser", "conformance", "frameworks")
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")
    session.run("mypy")
    session.run("pyright")
    session.run("python", "-m", "codegen", "generate", "--check")


@nox.session
def bench(session: nox.Session) -> None:
    """Measures how much time the SDK adds to the same work without it, and the emulator."""
    session.install(".")
    session.run("python", "benchmarks/bench.py", *session.posargs)
    session.run("python", "benchmarks/first_use.py")
    session.run("python", "benchmarks/ladder.py")
    session.run("python", "benchmarks/bulk.py")
    session.run("python", "benchmarks/streams.py")
    session.run("python", "benchmarks/tunnel.py")
    session.run("python", "benchmarks/emulator.py")


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


@nox.session
def chaos(session: nox.Session) -> None:
    """Makes 20,000 calls through faults and broken connections; no effect is lost or repeated, nothing leaks."""
    install(session)
    session.run("python", "-W", "error", "-m", "chaos.run", *session.posargs)


@nox.session
def fuzz(session: nox.Session) -> None:
    """Fuzzes all code that reads responses, guided by coverage: `nox -s fuzz -- -max_total_time=3600`."""
    install(session, "fuzz")
    session.chdir(session.create_tmp())  # libFuzzer writes an input that fails to the working directory
    session.run("python", str(ROOT / "fuzz" / "harness.py"), *(session.posargs or ["-max_total_time=60"]))


@nox.session
def generate(session: nox.Session) -> None:
    """Writes models and resources from codegen/api.json and streams.json."""
    install(session, "codegen")
    session.run("python", "-m", "codegen", "generate")


@nox.session(name="import-spec")
def import_spec(session: nox.Session) -> None:
    """Rebuilds codegen/api.json and streams.json: `nox -s import-spec -- PATH_OR_URL ...`, by default both public ones."""
    install(session, "codegen")
    session.run("python", "-m", "codegen", "import", *session.posargs)


def other_pythons(session: nox.Session) -> list[str]:
    """Installs the package for each other Python on this machine; returns their interpreters."""
    made = []
    ours = session.run("python", "-c", "import sys; print('%d.%d' % sys.version_info[:2])", silent=True)
    for version in (*PYTHONS, *NEWER):
        interpreter = None if version == str(ours).strip() else find_python(version)
        if interpreter is None:
            continue
        folder = ROOT / ".nox" / f"python-{version}"
        if not folder.exists():
            session.run(interpreter, "-m", "venv", str(folder), external=True)
        python = str(folder / "bin" / "python")
        session.run(python, "-m", "pip", "install", "--quiet", "-e", ".", external=True)
        made.append(python)
    return made


def find_python(version: str) -> str | None:
    """The interpreter on the path, else the newest of pyenv. A shim of pyenv is not an interpreter."""
    root = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    installed = sorted(root.glob(f"{version}.*/bin/python{version}"), key=_natural)
    found = shutil.which(f"python{version}")
    on_path = found if found and "shims" not in Path(found).parts else None
    return on_path or (str(installed[-1]) if installed else None)


def _natural(path: Path) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", str(path))]
