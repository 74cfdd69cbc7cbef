"""Does every table say which of its rows match nothing: an unknown operation, schema or parameter, a dead row?"""

from __future__ import annotations

from pathlib import Path

import attrs

from codegen.decisions import loader
from codegen.decisions.capabilities import Capabilities
from codegen.decisions.enums import Enums
from codegen.decisions.loader import NamespaceName, ParameterName, Table
from codegen.decisions.naming import Names
from codegen.decisions.secrecy import Secrets
from codegen.decisions.tables import Corrections, Modules, Pagers, Repeatable, SchemaNames
from codegen.decisions.words import Fields, Namespaces, Notes, Parameters, Phrases
from tests.support.table_cases import API, Case, by_table

NAMES = "operation_id,call,http_method,path\n"
UNKNOWN = [
    Case(
        Fields,
        'fields_of = []\n[fields]\n>colour = "Red."\n',
        "fields.colour: no model has this field",
    ),
    Case(
        Fields,
        '[fields]\n[[fields_of]]\n>models = ["Thingy"]\nnotes.id = "An id."\n',
        "fields_of.models: the API has no schema 'Thingy', is 'Thing' meant?",
    ),
    Case(
        Fields,
        '[fields]\n[[fields_of]]\nmodels = ["Thing"]\n>notes.colour = "Red."\n',
        "fields_of.notes.colour: Thing has no such field, or the general note is the same",
    ),
    Case(
        Fields,
        'fields_of = []\n[fields]\n[units]\n>"*_mib" = "MiB."\n',
        "units.*_mib: matches no field that is a number and has no note",
    ),
    Case(Namespaces, ">[namespaces]\n", "namespaces: the line for things is missing"),
    Case(
        Namespaces,
        '[namespaces]\nthings = "Things."\n>rockets = "Rockets."\n',
        "namespaces.rockets: the API has no namespace 'rockets'",
    ),
    Case(
        Parameters,
        'plain = []\n[parameters]\n>stat_id = "S."\n[parameters_of]\n',
        "parameters.stat_id: no operation has this parameter",
    ),
    Case(
        Parameters,
        '>plain = ["stat_id"]\n[parameters]\n[parameters_of]\n',
        "plain: stat_id is no query parameter without a note",
    ),
    Case(
        Parameters,
        'plain = []\n[parameters]\n[parameters_of."things.list"]\n>stat_id = "S."\n',
        "parameters_of.things.list.stat_id: things.list has no such parameter, or the general note is the same",
    ),
    Case(
        Parameters,
        'plain = []\n[parameters]\n>[parameters_of."things.lst"]\nstart_id = "S."\n',
        "parameters_of.things.lst: the API has no operation 'things.lst', is 'things.list' meant?",
    ),
    Case(
        Notes,
        '[replaced_by]\n[notes]\n[returns]\n>"*.fly" = "Air."\n',
        "returns.*.fly: the API has no operation '*.fly'",
    ),
    Case(
        Phrases,
        '[methods]\n[calls]\n[things]\n>rockets = ["a rocket", "rockets"]\n',
        "things.rockets: changes no sentence",
    ),
    Case(
        Capabilities,
        '>modules = ["qovery_async.nowhere"]\n[mount]\n[by_hand]\n',
        "modules: there is no module qovery_async.nowhere",
    ),
    Case(
        Capabilities,
        'modules = []\n[mount]\n>fleet = "qovery_async.client.Fleet"\n[by_hand]\n',
        "mount.fleet: there is no class qovery_async.client.Fleet",
    ),
    Case(
        Notes,
        '[returns]\n[replaced_by]\n>"things.check" = "things.lst"\n[notes]\n',
        "replaced_by.things.check: the API has no operation 'things.lst', is 'things.list' meant?",
    ),
    Case(
        Notes,
        '[returns]\n[replaced_by]\n[notes]\n"things.list" = """\nTwo\nlines."""\n>"things.chek" = "Note."\n',
        "notes.things.chek: the API has no operation 'things.chek'",
    ),
    Case(
        Pagers,
        '>[pagers."things.lst"]\nstyle = "growing"\ncursor = "start_id"\n',
        "pagers.things.lst: the API has no operation 'things.lst', is 'things.list' meant?",
    ),
    Case(
        Pagers,
        '[pagers."things.list"]\nstyle = "growing"\n>cursor = "start"\n',
        "pagers.things.list.cursor: things.list has no parameter 'start'",
    ),
    Case(
        Pagers,
        '[single]\n>"things.lst" = "The last 100."\n',
        "single.things.lst: the API has no operation 'things.lst', is 'things.list' meant?",
    ),
    Case(
        Phrases,
        '[things]\n[methods]\n[calls]\n>"rockets.launch" = "Launch a rocket"\n',
        "calls.rockets.launch: the API has no operation 'rockets.launch'",
    ),
    Case(
        Repeatable,
        '[repeatable]\n>"things.chek" = "R."\n',
        "repeatable.things.chek: the API has no operation 'things.chek', is 'things.check' meant?",
    ),
    Case(
        SchemaNames,
        '[names]\n>ThingListReslt = "Thingy"\n',
        "names.ThingListReslt: the API has no schema 'ThingListReslt'",
    ),
    Case(
        Secrets,
        'shown = []\ntext = []\n[[hidden]]\nattributes = ["token"]\n>models = ["Thing", "Thingy"]\nreason = "R."\n',
        "hidden.models: the API has no schema 'Thingy', is 'Thing' meant?",
    ),
    Case(
        Secrets,
        'hidden = []\nshown = []\n[[text]]\n>calls = ["things.raed"]\nhidden = true\nreason = "R."\n',
        "text.calls: the API has no operation 'things.raed', is 'things.read' meant?",
    ),
]  # fmt: skip

DEAD = [
    Case(
        Corrections,
        '[[correction]]\nat = "#/components/schemas/Thing"\nremove = ["a"]\nreason = "R."\n\n'
        '# About a part.\n>[[correction]]\nat = "#/components/schemas/Part"\nremove = ["a"]\nreason = "R."\n',
        "correction: nothing to correct at #/components/schemas/Part, as of the last import",
    ),
    Case(
        Enums,
        'apart = []\n[[one]]\nname = "Thing"\n>enums = ["Thing", "State"]\nreason = "R."\n',
        "one.enums: the API has no enum 'Thing', or another schema is called Thing",
    ),
    Case(
        Enums,
        'one = []\n[[apart]]\n>enums = ["Mode", "State"]\nreason = "R."\n',
        "apart.enums: Mode, State no longer have the same values",
    ),
    Case(
        Modules,
        '[modules]\na = "Thing|Part"\n>b = "Part"\n',
        "modules.b: matches no schema",
    ),
    Case(
        Names,
        f"{NAMES}listThings,things.list,GET,/thing\ncheckThing,things.check,POST,/thing/check\n"
        "readThing,things.read,GET,/thing/text\n>dropThing,things.drop,DELETE,/thing\n",
        "rows: the API has no operation 'dropThing', no DELETE /thing",
    ),
    Case(
        Pagers,
        '[pagers."things.list"]\nstyle = "after_last"\ncursor = "start_id"\n>key = "identifier"\n',
        "pagers.things.list.key: Thing has no attribute 'identifier'",
    ),
    Case(
        Pagers,
        '[pagers."things.list"]\nstyle = "next_token"\ncursor = "start_id"\n>items = "things"\n',
        "pagers.things.list.items: Thing has no attribute 'things'",
    ),
    Case(
        Pagers,
        '[pagers."things.list"]\nstyle = "after_last"\ncursor = "start_id"\n[single]\n>"things.list" = "All."\n',
        "single.things.list: has a pager",
    ),
    Case(
        Pagers,
        '[pagers."things.read"]\n>style = "growing"\ncursor = "start_id"\n',
        "pagers.things.read.style: things.read returns no list",
    ),
    Case(
        Phrases,
        '[things]\n[methods]\n>launch = "Launch {a_thing}"\n[calls]\n',
        "methods.launch: changes no sentence",
    ),
    Case(
        Repeatable,
        '[repeatable]\n>"things.list" = "R."\n',
        "repeatable.things.list: a GET may be repeated without an entry",
    ),
    Case(
        SchemaNames,
        '[names]\nThingListResult = "Thing"\n>Other = "Part"\n',
        "names.Other: Part is taken",
    ),
    Case(
        Secrets,
        'shown = []\ntext = []\n[[hidden]]\n>attributes = ["token", "tokne"]\nreason = "R."\n',
        "hidden.attributes: tokne is no attribute there that can hold a secret",
    ),
    Case(
        Secrets,
        'shown = []\ntext = []\n[[hidden]]\nattributes = ["token"]\n>models = ["Part", "Thing"]\nreason = "R."\n',
        "hidden.models: Part has none of the attributes",
    ),
    Case(
        Secrets,
        'hidden = []\nshown = []\n[[text]]\n>calls = ["things.list"]\nhidden = true\nreason = "R."\n',
        "text.calls: things.list does not return a string",
    ),
]  # fmt: skip


class TestATable:
    @by_table(UNKNOWN + DEAD)
    def test_says_which_rows_match_nothing(self, case: Case, tmp_path: Path) -> None:
        file = case.written(tmp_path)
        assert loader.dead(file, loader.load(file, case.table), API) == [case.expected]

    def test_may_speak_of_namespaces_and_parameters(self, tmp_path: Path) -> None:
        @attrs.frozen
        class Map(Table):
            about: dict[NamespaceName, str]
            plain: list[ParameterName]

        file = tmp_path / "map.toml"
        file.write_text(
            'plain = ["start_id", "start"]\n[about]\nthings = "Things."\nthing = "A thing."\n', encoding="utf-8"
        )
        assert loader.dead(file, loader.load(file, Map), API) == [
            "codegen/decisions/map.toml:1: plain: the API has no parameter 'start', is 'start_id' meant?",
            "codegen/decisions/map.toml:4: about.thing: the API has no namespace 'thing', is 'things' meant?",
        ]
