"""Does every table refuse what it does not understand: a misspelt key, a missing one, a wrong type?"""

from __future__ import annotations

import shutil
from functools import partial
from pathlib import Path

import pytest

from codegen import __main__ as command
from codegen import facts
from codegen.decisions import loader, tables
from codegen.decisions.capabilities import Capabilities
from codegen.decisions.enums import Enums
from codegen.decisions.loader import TableError
from codegen.decisions.naming import Names
from codegen.decisions.patches import Patches
from codegen.decisions.secrecy import Secrets
from codegen.decisions.streams import StreamPaths
from codegen.decisions.tables import Corrections, Modules, Pagers, Repeatable, SchemaNames
from codegen.decisions.words import Fields, Namespaces, Notes, Parameters, Phrases
from tests.support.table_cases import Case, by_table

LISTS = "".join(f"{name} = []\n" for name in ("dropped", "missing", "converted", "branch", "exclusive", "hidden"))
NAMES = "operation_id,call,http_method,path\n"
MISSPELT = [
    Case(
        Fields,
        '[fields]\n[[fields_of]]\nmodels = ["Thing"]\nnotes = {}\n>nots.id = "An id."\n',
        "fields_of.nots: unknown key, expected models, notes",
    ),
    Case(Namespaces, "[namespaces]\n>[namespace]\n", "namespace: unknown key, expected namespaces"),
    Case(
        Parameters,
        "plain = []\n[parameters]\n[parameters_of]\n>[parameter]\n",
        "parameter: unknown key, expected plain, parameters, parameters_of",
    ),
    Case(
        Capabilities,
        "modules = []\n>[mounts]\n[mount]\n[by_hand]\n",
        "mounts: unknown key, expected modules, mount, by_hand",
    ),
    Case(
        Corrections,
        '[[correction]]\nat = "#/a"\nreason = "R."\n>undeclard = ["b"]\nremove = ["c"]\n',
        "correction.undeclard: unknown key, expected at, reason, of, when, remove, set, undeclared",
    ),
    Case(
        Enums,
        'apart = []\n[[one]]\nname = "State"\nenums = ["State", "Mode"]\nreason = "R."\n>enum = "Kind"\n',
        "one.enum: unknown key, expected name, enums, reason",
    ),
    Case(Modules, '[modules]\na = "A"\n>[modles]\nb = "B"\n', "modles: unknown key, expected modules"),
    Case(Notes, "[replaced_by]\n[notes]\n[returns]\n>[note]\n", "note: unknown key, expected replaced_by, notes, returns"),
    Case(
        Pagers,
        '[pagers."things.list"]\nstyle = "growing"\ncursor = "start_id"\n>itmes = "things"\n',
        "pagers.things.list.itmes: unknown key, expected style, cursor, key, items, page_size",
    ),
    Case(
        Patches,
        f'{LISTS}[unpatched]\n[patched]\n>things = {{ reed = "list" }}\n',
        "patched.things.reed: unknown key, expected read, into",
    ),
    Case(Phrases, "[methods]\n[calls]\n[things]\n>[call]\n", "call: unknown key, expected methods, calls, things"),
    Case(Repeatable, "[repeatable]\n>[repeatible]\n", "repeatible: unknown key, expected repeatable"),
    Case(SchemaNames, "[names]\n>[name]\n", "name: unknown key, expected names"),
    Case(
        StreamPaths,
        '[names]\n[frames]\n[paths."/a"]\nrequired = []\n>optionl = ["b"]\n',
        "paths./a.optionl: unknown key, expected required, optional, frame",
    ),
    Case(
        Secrets,
        'shown = []\ntext = []\n[[hidden]]\nattributes = ["token"]\nreason = "R."\n>flg = "x"\n',
        "hidden.flg: unknown key, expected attributes, reason, models, flag",
    ),
]  # fmt: skip

WRONG = [
    Case(Fields, "[[fields_of]]\nmodels = []\nnotes = {}\n[fields]\n>cpu = 5\n", "fields.cpu: expected str, got 5"),
    Case(Namespaces, "[namespaces]\n>things = 5\n", "namespaces.things: expected str, got 5"),
    Case(Parameters, ">plain = 5\n[parameters]\n[parameters_of]\n", "plain: expected list, got 5"),
    Case(
        Phrases,
        '>[methods]\n[calls]\n[things]\nrockets = ["a rocket"]\n',
        "expected two strings, singular and plural, for rockets",
    ),
    Case(Capabilities, '>modules = "a"\n[mount]\n[by_hand]\n', "modules: expected list, got 'a'"),
    Case(
        Corrections,
        '[[correction]]\nat = "#/a"\nreason = "R."\n>remove = "b"\n',
        "correction.remove: expected list, got 'b'",
    ),
    Case(
        Corrections,
        '>[[correction]]\nat = "#/a"\nreason = "R."\n',
        "correction: changes nothing: say what to `remove`, to `set` or what is `undeclared`",
    ),
    Case(
        Enums,
        'apart = []\n>[[one]]\nname = "A"\nenums = ["A"]\nreason = "R."\n',
        "one: Length of 'enums' must be >= 2: 1",
    ),
    Case(
        Enums,
        '>apart = []\n[[one]]\nname = "A"\nenums = ["A", "B", "B"]\nreason = "R."\n',
        "more than one row has the enum B",
    ),
    Case(
        Modules,
        '[modules]\n>a = "(A"\n',
        "modules.a: missing ), unterminated subpattern at position 0",
    ),
    Case(Notes, '[returns]\n[replaced_by]\n[notes]\n>"things.list" = 5\n', "notes.things.list: expected str, got 5"),
    Case(Pagers, '>[pagers."things.list"]\nstyle = "growing"\n', "pagers.things.list.cursor: missing"),
    Case(
        Pagers,
        '[pagers."things.list"]\n>style = "growin"\ncursor = "start_id"\n',
        "pagers.things.list.style: growin not in literal typing.Literal['after_last', 'growing', 'next_token']",
    ),
    Case(
        Patches,
        f'{LISTS}[unpatched]\n[patched]\n>things = {{ read = "look" }}\n',
        "patched.things.read: look not in literal typing.Literal['get', 'list']",
    ),
    Case(Phrases, ">[things]\n[methods]\n", "calls: missing"),
    Case(
        Phrases,
        '[things]\n[methods]\n[calls]\n>things.list = "List things"\n',
        "calls.things: expected str, got {'list': 'List things'}",
    ),
    Case(Repeatable, '[repeatable]\n>"things.check" = true\n', "repeatable.things.check: expected str, got True"),
    Case(
        SchemaNames,
        '>[names]\nA = "Thing"\nB = "Thing"\n',
        "several schemas have the name Thing",
    ),
    Case(
        Secrets,
        'hidden = []\nshown = []\n[[text]]\ncalls = ["things.read"]\n>hidden = "yes"\nreason = "R."\n',
        "text.hidden: expected bool, got 'yes'",
    ),
    Case(StreamPaths, '[names]\n[paths]\n[frames]\n>"/a" = 5\n', "frames./a: expected str, got 5"),
    Case(Names, f"{NAMES}>listThings,things.list,GET\n", "rows.path: missing"),
    Case(
        Names,
        f"{NAMES}>listThings,things.list,GET,/thing,x\n",
        "rows.column 5: unknown key, expected operation_id, call, http_method, path",
    ),
    Case(
        Names,
        f"{NAMES}>listThings,things.list,FETCH,/thing\n",
        "rows: 'http_method' must be in ('GET', 'POST', 'PUT', 'PATCH', 'DELETE') (got 'FETCH')",
    ),
    Case(
        Names,
        f">{NAMES}listThings,things.list,GET,/thing\ncheckThing,things.list,POST,/thing/check\n",
        "more than one row has the call things.list",
    ),
]  # fmt: skip


class TestATable:
    @by_table(MISSPELT + WRONG)
    def test_is_not_read_with_what_it_does_not_understand(self, case: Case, tmp_path: Path) -> None:
        with pytest.raises(TableError) as caught:
            loader.load(case.written(tmp_path), case.table)
        assert caught.value.problems == [case.expected]

    def test_says_everything_at_once(self, tmp_path: Path) -> None:
        file = tmp_path / "pagers.toml"
        file.write_text('[pagers.a]\nstil = "growing"\n[pagers.b]\ncursor = 5\n', encoding="utf-8")
        with pytest.raises(TableError) as caught:
            loader.load(file, Pagers)
        assert str(caught.value).splitlines() == [
            "codegen/decisions/pagers.toml:1: pagers.a.cursor: missing",
            "codegen/decisions/pagers.toml:1: pagers.a.style: missing",
            "codegen/decisions/pagers.toml:2: pagers.a.stil: unknown key, expected style, cursor, key, items, page_size",
            "codegen/decisions/pagers.toml:3: pagers.b.style: missing",
            "codegen/decisions/pagers.toml:4: pagers.b.cursor: expected str, got 5",
        ]

    def test_that_is_no_toml_is_refused(self, tmp_path: Path) -> None:
        file = tmp_path / "pagers.toml"
        file.write_text('[pagers."things.list"\n', encoding="utf-8")
        with pytest.raises(TableError, match=r"^codegen/decisions/pagers.toml: .*line 1"):
            loader.load(file, Pagers)

    def test_of_names_has_its_columns(self, tmp_path: Path) -> None:
        file = tmp_path / "names.csv"
        file.write_text("id,call,http_method,path\n", encoding="utf-8")
        with pytest.raises(TableError, match=r"names.csv: the columns are id,call,.*, expected operation_id,call,"):
            loader.load(file, Names)


class TestTheFolder:
    def test_holds_no_table_that_nobody_reads(self) -> None:
        found = {file.name for file in tables.FOLDER.iterdir() if file.suffix in (".toml", ".csv")}
        assert found == {case.file for case in [*MISSPELT, *WRONG]} == {file.name for _, file, _ in tables.files()}

    def test_is_told_of_as_a_whole(self, tmp_path: Path) -> None:
        folder = with_misspelt(tmp_path, "pagers.toml", "style =", "stile =")
        repeatable = folder / "repeatable.toml"
        repeatable.write_text(repeatable.read_text(encoding="utf-8").replace("[repeatable]", "[again]"), "utf-8")
        with pytest.raises(TableError) as caught:
            tables.read(folder)
        assert {line.partition(":")[0] for line in caught.value.problems} == {
            "codegen/decisions/pagers.toml",
            "codegen/decisions/repeatable.toml",
        }

    def test_with_one_misspelt_key_generates_nothing(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        folder = with_misspelt(tmp_path, "pagers.toml", "items =", "itmes =")
        monkeypatch.setattr(tables, "read", partial(tables.read, folder))
        monkeypatch.setattr("sys.argv", ["codegen", "generate", "--check"])
        assert command.main() == 1
        assert "events.list.itmes: unknown key" in capsys.readouterr().err

    def test_with_one_dead_row_generates_nothing(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        folder = with_misspelt(tmp_path, "repeatable.toml", "git.list_directories", "git.list_directory")
        monkeypatch.setattr(tables, "read", partial(tables.read, folder))
        assert command.generate(facts.read(), check=True) == 1
        (line,) = capsys.readouterr().err.splitlines()
        assert line.endswith("the API has no operation 'git.list_directory', is 'git.list_directories' meant?")


def with_misspelt(folder: Path, file: str, right: str, wrong: str) -> Path:
    """A copy of all tables, one of them with a typing error."""
    copied = Path(shutil.copytree(tables.FOLDER, folder / "decisions"))
    text = (copied / file).read_text(encoding="utf-8")
    assert right in text
    (copied / file).write_text(text.replace(right, wrong), encoding="utf-8")
    return copied
