"""What does the newest description of the API change? Imports it, generates, and writes the pull request's text.

python -m upkeep.newest --report request.md [--output "$GITHUB_OUTPUT"] [SOURCE ...]
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
from pathlib import Path

import attrs

ROOT = Path(__file__).parents[1]
SECTIONS = ("### Breaking", "### Added and changed")


@attrs.frozen
class Step:
    """A command of codegen that has run."""

    command: str
    output: str
    passed: bool


def run(*arguments: str, root: Path = ROOT) -> Step:
    command = [sys.executable, "-m", "codegen", *arguments]
    done = subprocess.run(
        command, cwd=root, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )  # fmt: skip
    return Step(" ".join(["python -m codegen", *arguments]), done.stdout, done.returncode == 0)


def draft(imported: str) -> list[str]:
    """The sections for the changelog, out of what the import printed."""
    lines, inside = list[str](), False
    for line in imported.splitlines():
        inside = line in SECTIONS or (inside and (line.startswith("- ") or not line))
        lines += [line] if inside else []
    while lines and not lines[-1]:
        lines.pop()
    return lines


def changelog(text: str, drafted: list[str]) -> str:
    """The changelog with the draft at the end of its first part, which is that of the next release."""
    parts = re.split(r"^(?=## )", text, flags=re.MULTILINE)
    parts[1] = parts[1].rstrip("\n") + "\n\n" + "\n".join(drafted) + "\n" + ("\n" if parts[2:] else "")
    return "".join(parts)


def request(steps: list[Step], drafted: list[str]) -> str:
    """The text of the pull request: the draft, then what is left to do."""
    failed = [step for step in steps if not step.passed]
    parts = ["Qovery has published a newer description of its API.", "\n".join(drafted)]
    left = [
        "review the draft, which is in CHANGELOG.md, too",
        "move the commit of the description in .github/workflows/tests.yml",
        *(f"mend what stopped `{step.command}`" for step in failed),
    ]
    parts.append("## To do\n\n" + "\n".join(f"- [ ] {one}" for one in left))
    parts += [f"## `{step.command}`\n\n```text\n{step.output.rstrip()}\n```" for step in steps if step.output.strip()]
    return "\n\n".join(parts) + "\n"


def main(arguments: list[str] | None = None, root: Path = ROOT) -> int:
    parser = argparse.ArgumentParser(prog="upkeep.newest", description=__doc__)
    parser.add_argument("--report", type=Path, required=True, help="where the text of the pull request goes")
    parser.add_argument("--output", type=Path, help="gets the line changed=true or changed=false, for a workflow")
    parser.add_argument("sources", nargs="*", help="paths or addresses; by default both public ones")
    given = parser.parse_args(arguments)
    imported = run("import", *given.sources, root=root)
    print(imported.output, end="")
    if not imported.passed:  # there is nothing to commit: the run itself has to be looked at
        return 1
    drafted = draft(imported.output)
    if drafted:
        log = root / "CHANGELOG.md"
        log.write_text(changelog(log.read_text(encoding="utf-8"), drafted), encoding="utf-8")
        given.report.write_text(request([imported, run("generate", root=root)], drafted), encoding="utf-8")
    if given.output:
        with given.output.open("a", encoding="utf-8") as output:
            output.write(f"changed={str(bool(drafted)).lower()}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
