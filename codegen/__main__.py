"""`python -m codegen import SOURCE ...` reads descriptions; `generate` writes code, `site` the pages of the documentation."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import attrs

from codegen import facts
from codegen.changes.draft import changes
from codegen.decisions import tables
from codegen.decisions.enums import Enums
from codegen.decisions.loader import TableError
from codegen.decisions.named import Api
from codegen.decisions.pairs import Walk
from codegen.decisions.tables import Decisions
from codegen.read import importer
from codegen.read.description import DescriptionError
from codegen.site import writing
from codegen.write import emit
from codegen.write.twins.source import NoTwin

_PUBLIC = "https://raw.githubusercontent.com/Qovery/qovery-openapi-spec/main"
PUBLIC_ADDRESSES = (f"{_PUBLIC}/openapi.yaml", f"{_PUBLIC}/websocket-openapi.yaml")


def main() -> int:
    parser = argparse.ArgumentParser(prog="codegen", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    reader = commands.add_parser("import", help="rebuild api.json and streams.json from descriptions")
    reader.add_argument("sources", nargs="*", default=PUBLIC_ADDRESSES, help="paths or addresses")
    reader.add_argument("--dry-run", action="store_true", help="report, but leave the files alone")
    writer = commands.add_parser("generate", help="write models and resources from the files")
    writer.add_argument("--check", action="store_true", help="fail where a file would change")
    pages = commands.add_parser("site", help="write the pages of the documentation, for Sphinx and as Markdown")
    pages.add_argument("folder", type=Path, help="gets `source`, for Sphinx, and `beside`, for the site as it is")
    arguments = parser.parse_args()
    try:
        if arguments.command == "generate":
            return generate(facts.read(), check=arguments.check)
        if arguments.command == "site":
            writing.write(arguments.folder)
            return 0
        return _import(arguments.sources, dry_run=arguments.dry_run)
    except (TableError, NoTwin) as error:
        print(error, file=sys.stderr)
    except DescriptionError as error:
        print(f"The import stopped at {error}.", file=sys.stderr)
        print("If the description is wrong there, correct it in codegen/decisions/corrections.toml;", file=sys.stderr)
        print("if it is right, codegen/read has to learn it.", file=sys.stderr)
    return 1


def generate(read: facts.ApiFacts, *, check: bool) -> int:
    """Writes code, unless a decision is missing or a row of a table matches nothing."""
    decisions = tables.read()
    api = decisions.name(read)
    wrong = [*decisions.dead(api), *undecided(decisions, read)]
    for line in [*wrong, *_invented(api)]:
        print(line, file=sys.stderr)
    return 1 if wrong else emit.generate(api, check=check)


def undecided(decisions: Decisions, read: facts.ApiFacts) -> list[str]:
    """The decisions that must be taken before code is written."""
    api = decisions.name(read)
    where = "named like a secret, add it to codegen/decisions/secrets.toml as hidden or shown"
    alike = "enums of the same values, add them to codegen/decisions/enums.toml as one or apart"
    pages = "looks as if it had pages, add it to codegen/decisions/pagers.toml as pagers or single"
    puts = "a PUT, add it to codegen/decisions/patches.toml as patched or unpatched"
    pairs = "say in codegen/decisions/patches.toml where it goes, or why it is left out"
    dead = "mend or remove it in codegen/decisions/patches.toml"
    # Of enums that are one class, a response may have more values than its request takes.
    walk = Walk(decisions.patches, attrs.evolve(decisions, enums=Enums([], [])).name(read))
    return [
        *(f"{puts}: {call}" for call in decisions.patches.without(api)),
        *(f"{line}: {pairs}" for line in walk.all()),
        *(f"{line}: {dead}" for line in walk.dead()),
        *(f"{where}: {name}" for name in decisions.secrets.undecided(api)),
        *(f"{pages}: {call}" for call in decisions.pagers.undecided(api)),
        *(f"{alike}: {names}" for names in decisions.enums.undecided(api)),
    ]


def _invented(api: Api) -> list[str]:
    where = "named by convention, add it to codegen/decisions/names.csv"
    return [f"{where}: {id_} -> {call}" for id_, call in api.invented.items()]


def _import(sources: Sequence[str], *, dry_run: bool) -> int:
    decisions = tables.read()
    read = [importer.read(source, decisions.corrections.correction) for source in sources]
    new = {_file(found): found for found in read}
    old = {file: facts.read(file) for file in (facts.API_JSON, facts.STREAMS_JSON) if file.exists()}
    joined = _joined(old | new)
    api = decisions.name(joined)
    if old:
        print("\n".join(changes(decisions.name(_joined(old)), api)) or "No changes.")
    lines = _invented(api)
    lines += [f"codegen/decisions/names.csv is out of date: {row}" for row in decisions.names.outdated(api)]
    lines += [f"matches nothing any more, remove it: {row}" for row in decisions.dead(api)]
    lines += undecided(decisions, joined)
    print("\n".join(lines + [_counts(found) for found in read]))
    for file, found in new.items() if not dry_run else ():
        file.write_text(facts.dump(found), encoding="utf-8")
    return 0


def _file(found: facts.ApiFacts) -> Path:
    return facts.STREAMS_JSON if found.streams else facts.API_JSON


def _joined(found: Mapping[Path, facts.ApiFacts]) -> facts.ApiFacts:
    nothing = facts.ApiFacts("", [], {}, {})
    return facts.joined(found.get(facts.API_JSON, nothing), found.get(facts.STREAMS_JSON, nothing))


def _counts(found: facts.ApiFacts) -> str:
    what = f"{len(found.streams)} streams" if found.streams else f"{len(found.operations)} operations"
    return f"{what}, {len(found.schemas)} schemas, {len(found.unnamed)} declared schemas without a class of their own"


if __name__ == "__main__":
    sys.exit(main())
