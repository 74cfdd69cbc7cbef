"""`python -m codegen import SOURCE` reads a description; `python -m codegen generate` writes code."""

from __future__ import annotations

import argparse
import sys

from codegen import changes, facts
from codegen.decisions import repeatable
from codegen.decisions.secrecy import Secrets
from codegen.facts import Api
from codegen.read import importer
from codegen.read.description import DescriptionError
from codegen.write import emit

PUBLIC_ADDRESS = "https://raw.githubusercontent.com/Qovery/qovery-openapi-spec/main/openapi.yaml"


def main() -> int:
    parser = argparse.ArgumentParser(prog="codegen", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    reader = commands.add_parser("import", help="rebuild api.json from a description")
    reader.add_argument("source", nargs="?", default=PUBLIC_ADDRESS, help="path or address")
    reader.add_argument("--dry-run", action="store_true", help="report, but leave api.json alone")
    writer = commands.add_parser("generate", help="write models and resources from api.json")
    writer.add_argument("--check", action="store_true", help="fail where a file would change")
    arguments = parser.parse_args()
    if arguments.command == "generate":
        return generate(facts.read(), check=arguments.check)
    try:
        return _import(arguments.source, dry_run=arguments.dry_run)
    except DescriptionError as error:
        print(f"stopped at {error}", file=sys.stderr)
        print("If the description is wrong there, add it to codegen/decisions/corrections.toml.", file=sys.stderr)
        return 1


def generate(api: Api, *, check: bool) -> int:
    """Writes code once all is decided that the code depends on."""
    wrong = undecided(api)
    for line in wrong:
        print(line, file=sys.stderr)
    return 1 if wrong else emit.generate(api, check=check)


def undecided(api: Api) -> list[str]:
    """What someone has to decide, or decided about something that is not there, before code is written."""
    secrets = Secrets.read()
    unknown = repeatable.unknown(repeatable.read(), api)
    return [
        *(
            f"named like a secret, say in codegen/decisions/secrets.toml what it is: {name}"
            for name in secrets.undecided(api)
        ),
        *(f"codegen/decisions/secrets.toml speaks of what the API does not have: {name}" for name in secrets.idle(api)),
        *(f"codegen/decisions/repeatable.toml speaks of what is no POST or PATCH: {call}" for call in unknown),
    ]


def _import(source: str, *, dry_run: bool) -> int:
    read = importer.read(source)
    if facts.API_JSON.exists():
        print("\n".join(changes.changes(facts.read(), read.api)) or "No changes.")
    for id_, call in read.invented_names.items():
        print(f"named by convention, add it to codegen/decisions/names.csv: {id_} -> {call}")
    for correction in read.idle_corrections:
        print(f"nothing to correct any more: {correction.at}")
    for line in undecided(read.api):
        print(line)
    counts = f"{len(read.api.operations)} operations, {len(read.api.schemas)} schemas"
    print(f"{counts}, {len(read.api.unnamed)} declared schemas without a class of their own")
    if not dry_run:
        facts.API_JSON.write_text(facts.dump(read.api), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
